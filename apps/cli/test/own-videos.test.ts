import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RenderedDives } from '@mcore/rendered-dives';
import { nodeCanvas, writeFineDivingLayout } from '@mcore/rendered-dives/node';
import { runMcore } from '@mcore/testing/run-mcore';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'mcore-own-'));
const engine = ['--engine', 'wasm', '--workers', '1'];
const dives = new RenderedDives({ canvas: nodeCanvas, seed: 2, height: 48 });
// three classes that aren't dive numbers, of different lengths and scores
const clips = ['107b', '405b', '5253b'].flatMap((number) =>
  dives.clips.filter(({ diveNumber }) => diveNumber === number).slice(0, 4),
);

beforeAll(async () => {
  await writeFineDivingLayout(join(folder, 'clips'), { clips, seed: 2, height: 48, videos: true, workers: 1 });
  const rows = clips.map(({ id, score, diveNumber, transitions }, index) =>
    [
      `${id.replace(/__(\d+)$/, '/$1')}.mp4`,
      (score / 100).toFixed(4),
      `Class ${diveNumber[0]}`,
      [...transitions, Math.max(...transitions)].join(' '),
      index % 4 === 0 ? 'test' : 'train',
    ].join(';'),
  );
  writeFileSync(join(folder, 'clips', 'videos.csv'), `path;score;class;transitions;split\n${rows.join('\n')}\n`);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a list of own videos, four stages, classes that are no dive numbers, points of 0 to 1', () => {
  it('is checked, trained on, evaluated and scored against', { timeout: 300_000 }, async () => {
    const checked = await runMcore(['data', 'check', 'clips/videos.csv', '--json'], folder);
    expect(checked.status).toBe(0);
    expect(JSON.parse(checked.stdout)).toMatchObject({
      problems: [],
      counts: { clips: 12, train: 9, test: 3, classes: 3, stages: 4, decoded: 36, unusable: 0 },
    });

    const data = ['--data', 'clips/videos.csv', '--cache', 'cache'];
    const training = ['train', ...data, ...engine, '--steps', '1', '--batch', '1', '--out', 'run'];
    const trained = await runMcore(training, folder);
    expect(trained.stderr).toContain('7 training and 2 validation clips of 12 clips of clips/videos.csv.');
    expect(trained.status).toBe(0);

    const weights = ['--weights', 'run/best.safetensors'];
    const evaluated = await runMcore(['eval', ...data, ...engine, ...weights, '--csv', 'out.csv', '--json'], folder);
    expect(evaluated.status).toBe(0);
    const evaluation = JSON.parse(evaluated.stdout);
    expect(evaluation).toMatchObject({ clips: 3, part: 'test', data: '12 clips of clips/videos.csv' });
    // hits among 3 clips
    const hits = (evaluation.aiou50 * 3) / 100;
    expect(hits).toBeCloseTo(Math.round(hits), 9);
    const [, first] = readFileSync(join(folder, 'out.csv'), 'utf8').split('\n');
    expect(first!.split(',')[1]).toBe('class 1');
    expect(first!.split(',')[5]!.split(' ')).toHaveLength(3);

    const video = join('clips', `${clips[0]!.id.replace(/__(\d+)$/, '/$1')}.mp4`);
    const scored = await runMcore(['score', video, '--class', 'Class 1', ...weights, ...engine, '--json'], folder);
    expect(scored.status).toBe(0);
    const [score] = JSON.parse(scored.stdout);
    expect(score.transitions).toHaveLength(3);
    expect(score.exemplars[0].stageDeltas).toHaveLength(4);
    // points of 0 to 1: the scale follows the training scores
    expect(score.score).toBeGreaterThan(-1);
    expect(score.score).toBeLessThan(2);

    const stages = await runMcore(['eval', '--data', 'rendered', ...weights, ...engine, '--limit', '2'], folder);
    expect(stages.stderr).toContain('expected clips of 4 stages, which the weights were trained on, got 3 stages in');
    expect(stages.status).toBe(1);
  });

  it('says which line is wrong, in one line', async () => {
    writeFileSync(join(folder, 'broken.mp4'), 'not a video');
    writeFileSync(join(folder, 'bad.csv'), 'path,score\nbroken.mp4,1\n../elsewhere.mp4,2\n');
    const outside = await runMcore(['train', '--data', 'bad.csv', ...engine, '--out', 'no'], folder);
    expect([outside.status, outside.stderr]).toEqual([
      1,
      expect.stringContaining(
        'expected a path below the manifest\'s folder in line 3 (absolutePaths, --absolute-paths, allows others), got "../elsewhere.mp4"',
      ),
    ]);
    writeFileSync(join(folder, 'bad.csv'), 'path,score\nbroken.mp4,1\n');
    appendFileSync(join(folder, 'bad.csv'), `clips/${clips[0]!.id.replace(/__(\d+)$/, '/$1')}.mp4,2\n`);
    const checked = await runMcore(['data', 'check', 'bad.csv'], folder);
    expect(checked.status).toBe(1);
    expect(checked.stdout).toMatch(/^error broken: line 2: expected a video/);
    expect(checked.stdout).toContain("1 clips can't be used");
  });
});
