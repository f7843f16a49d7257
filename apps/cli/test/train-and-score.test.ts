import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { writeVideo } from '@mcore/rendered-dives/node';
import { runMcore } from '@mcore/testing/run-mcore';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'mcore-train-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const STEPS = 6;
const training = (out: string, ...more: string[]) => [
  'train',
  ...['--steps', String(STEPS), '--batch', '2', '--train-clips', '12', '--validation-clips', '20'],
  ...['--render-height', '72', '--checkpoint-every', '2', '--validate-every', '3'],
  ...['--engine', 'wasm', '--workers', '2', '--cache', 'cache', '--out', out, ...more],
];

/** Spearman's: Pearson's correlation of ranks, which ties share. */
function rankCorrelation(pairs: readonly [number, number][]): number {
  const [a, b] = [0, 1].map((side) =>
    pairs.map((pair) => {
      const below = pairs.filter((other) => other[side]! < pair[side]!).length;
      const equal = pairs.filter((other) => other[side] === pair[side]).length;
      return below + (equal - 1) / 2 - (pairs.length - 1) / 2;
    }),
  );
  const product = (x: number[], y: number[]) => x.reduce((sum, value, index) => sum + value * y[index]!, 0);
  return product(a!, b!) / Math.sqrt(product(a!, a!) * product(b!, b!));
}

describe('training, evaluating and scoring as processes', () => {
  beforeAll(async () => {
    const { status, stderr } = await runMcore(training('unbroken'), folder);
    expect(stderr).toContain('rendered dives');
    expect(status).toBe(0);
  }, 300_000);

  it('leaves weights, a bank, a log and its settings', () => {
    expect(readdirSync(join(folder, 'unbroken')).sort()).toEqual([
      'bank.safetensors',
      'best.safetensors',
      'config.json',
      'last.safetensors',
      'log.jsonl',
      'report.html',
      'run.json',
      'tensorboard',
      'times.jsonl',
    ]);
    const log = readFileSync(join(folder, 'unbroken', 'log.jsonl'), 'utf8')
      .trim()
      .split('\n');
    const steps = log.map((line) => JSON.parse(line)).filter(({ kind }) => kind === 'step');
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const { total, regression, segmentation, contrastive } of steps) {
      expect(total).toBeCloseTo(regression + segmentation + contrastive, 4);
    }
  });

  it('resumes with the settings it keeps, and with no others', async () => {
    const settings = JSON.parse(readFileSync(join(folder, 'unbroken', 'config.json'), 'utf8'));
    expect(settings).toMatchObject({ preset: 'laptop', optimiser: { batchSize: 2 }, run: { steps: STEPS, seed: 0 } });
    const args = ['train', '--resume', '--out', 'unbroken', '--seed', '3', '--set', 'loss.contrastive.weight=0'];
    const { status, stderr } = await runMcore(args, folder);
    expect(status).toBe(1);
    expect(stderr).toContain(
      'was begun with, got config.loss.contrastive.weight 0 instead of 1, seed 3 instead of 0, data.split.seed 3 instead of 0,',
    );
  }, 60_000);

  it('gives the same weights whatever the number of threads', async () => {
    const { status } = await runMcore([...training('single'), '--workers', '1'], folder);
    expect(status).toBe(0);
    const [one, two] = ['unbroken', 'single'].map((out) => readFileSync(join(folder, out, 'last.safetensors')));
    expect(one!.equals(two!)).toBe(true);
  }, 300_000);

  it('eval prints every figure with the label-only baselines', async () => {
    const args = ['eval', '--weights', 'unbroken/best.safetensors', '--limit', '12', '--render-height', '72'];
    const more = ['--draws', '3', '--by', 'dive-number', 'cue', '--report', 'evaluation.html', '--csv', 'clips.csv'];
    const { status, stdout } = await runMcore([...args, '--cache', 'cache', ...more, '--json'], folder);
    expect(status).toBe(0);
    const evaluation = JSON.parse(stdout);
    expect(evaluation).toMatchObject({ clips: 12, part: 'test', data: expect.stringContaining('rendered dives') });
    // hits among 12 clips
    for (const key of ['aiou50', 'aiou75'])
      expect((evaluation[key] * 12) / 100).toBeCloseTo(Math.round((evaluation[key] * 12) / 100), 9);
    expect(evaluation.srccInterval[0]).toBeLessThanOrEqual(evaluation.srcc);
    expect(evaluation.srccInterval[1]).toBeGreaterThanOrEqual(evaluation.srcc);
    const ofMedians = (evaluation.baselines.medianTransitionsOfDiveNumber.aiou75 * 12) / 100;
    expect(ofMedians).toBeCloseTo(Math.round(ofMedians), 9);
    const rows = readFileSync(join(folder, 'clips.csv'), 'utf8').trim().split('\n');
    expect(rows).toHaveLength(13);
    const scores = rows.slice(1).map((row) => row.split(',').slice(2, 4).map(Number) as [number, number]);
    const errors = scores.map(([actual, predicted]) => Math.abs(actual - predicted));
    expect(evaluation.srcc).toBeCloseTo(rankCorrelation(scores), 6);
    const cellsOf = rows.slice(1).map((row) => row.split(','));
    const ofLabels = cellsOf.map((cells) => [Number(cells[2]), Number(cells[7])] as [number, number]);
    expect(evaluation.baselines.meanScoreOfDiveNumber.srcc).toBeCloseTo(rankCorrelation(ofLabels), 6);
    const actual = scores.map(([score]) => score);
    const range = Math.max(...actual) - Math.min(...actual);
    const squares = errors.reduce((sum, error) => sum + (error / range) ** 2, 0);
    expect(evaluation.rl2x100).toBeCloseTo((100 * squares) / 12, 3);
    expect(errors.reduce((sum, error) => sum + error, 0) / 12).toBeCloseTo(evaluation.meanAbsoluteError, 3);
    const { overDraws, byDiveNumber, byCue, coverage } = evaluation;
    for (const reading of [byCue.model, byCue.judges])
      expect(Object.values(reading.cues).every(Number.isFinite)).toBe(true);
    expect(byCue.model).not.toEqual(byCue.judges);
    expect(overDraws.srcc.values).toHaveLength(3);
    expect(overDraws.srcc.values[0]).toBe(evaluation.srcc);
    // other exemplars give other scores, and the same transitions
    expect(overDraws.meanAbsoluteError.deviation).toBeGreaterThan(0);
    expect(overDraws.aiou50.deviation).toBe(0);
    expect(byDiveNumber.reduce((sum: number, { clips }: { clips: number }) => sum + clips, 0)).toBe(12);
    const held = errors.filter((error) => error <= coverage.halfWidth).length;
    expect(coverage).toMatchObject({ level: 0.9, calibrationClips: 10, clips: 12, share: { value: held / 12 } });
    const page = readFileSync(join(folder, 'evaluation.html'), 'utf8');
    expect(page).toContain('Mean of 3 draws of exemplars');
    expect(page.match(/data:image\/jpeg/g)!.length).toBeGreaterThan(24);
    expect(readFileSync(join(folder, 'unbroken', 'report.html'), 'utf8')).toContain('no test clip had a part in them');
  }, 300_000);

  it('eval gives mean and deviation over weights, and compare finds two alike or not the same clips', async () => {
    const args = ['eval', '--limit', '12', '--render-height', '72', '--cache', 'cache', '--csv', 'last.csv'];
    const weights = ['unbroken/last.safetensors', 'unbroken/best.safetensors'];
    const { stdout } = await runMcore([...args, '--against', 'clips.csv', '--json', '--weights', ...weights], folder);
    const { overWeights, against, srcc } = JSON.parse(stdout);
    expect(overWeights.srcc.values).toHaveLength(2);
    expect(overWeights.files).toEqual(weights);
    expect(against.comparison.srcc.a).toBe(srcc);
    const compared = await runMcore(['compare', 'last.csv', 'clips.csv', '--json'], folder);
    expect(JSON.parse(compared.stdout).comparison.aiou75).toEqual(against.comparison.aiou75);
    const self = await runMcore(['compare', 'clips.csv', 'clips.csv'], folder);
    expect(self.stdout).toMatch(/SRCC +(\S+) +\1 +\+0\.000 +\[\+0\.000, \+0\.000\] +1\.000\n/);
    writeFileSync(
      join(folder, 'part.csv'),
      readFileSync(join(folder, 'clips.csv'), 'utf8').split('\n').slice(0, 5).join('\n'),
    );
    const part = await runMcore(['compare', 'clips.csv', 'part.csv'], folder);
    expect(part).toMatchObject({ status: 1, stdout: '' });
    expect(part.stderr).toContain('Failed: expected the same clips twice, at least two, got 12 and 4');
  }, 300_000);

  it('score takes good videos, names broken ones and ends with 1', async () => {
    const clip = fineDivingLabels[0]!;
    await writeVideo(join(folder, 'dive.mp4'), clip, { height: 72 });
    writeFileSync(join(folder, 'text.mp4'), 'this is no video');
    writeFileSync(join(folder, 'cut.mp4'), readFileSync(join(folder, 'dive.mp4')).subarray(0, 2000));
    const args = ['score', 'dive.mp4', 'text.mp4', 'cut.mp4', 'none.mp4', '--weights', 'unbroken/best.safetensors'];
    const { status, stdout, stderr } = await runMcore(
      [...args, '--dive', clip.diveNumber.toUpperCase(), '--json'],
      folder,
    );
    expect(status).toBe(1);
    const [good, ...bad] = JSON.parse(stdout);
    expect(good.video).toBe('dive.mp4');
    expect(good.frames).toBe(clip.frameCount);
    expect(good.interval[0]).toBeLessThan(good.score);
    const votes: { score: number; delta: number; stageDeltas: number[] }[] = good.exemplars;
    expect(good.score).toBeCloseTo(votes.reduce((sum, vote) => sum + vote.score + vote.delta, 0) / votes.length, 6);
    for (const vote of votes) expect(vote.stageDeltas.reduce((sum, part) => sum + part, 0)).toBeCloseTo(vote.delta, 6);
    expect(good.transitions).toHaveLength(2);
    good.transitions.forEach((frame: number, index: number) => {
      expect(good.transitionSeconds[index]).toBeCloseTo(frame / 25, 3);
    });
    expect(bad.map(({ video }: { video: string }) => video)).toEqual(['text.mp4', 'cut.mp4', 'none.mp4']);
    for (const { error } of bad) expect(error.code).toBe('ERR_MCORE_DATA');
    expect(stderr).toContain('none.mp4: Failed: ');
  }, 300_000);

  it('ablations: exemplar-free on uncut clips, from a file of settings to a score without a bank', async () => {
    const settings = [
      'regression: exemplar-free',
      'stagewise: false',
      'backbone: { gateShift: false }',
      'loss: { contrastive: { weight: 0 }, segmentation: paper }',
      'optimiser: { batchSize: 1 }',
      'run: { steps: 2, validateEvery: 2, trainClips: 12, validationClips: 10, renderHeight: 72, cache: cache }',
    ];
    writeFileSync(join(folder, 'ablation.yaml'), settings.join('\n'));
    const trained = await runMcore(['train', '--config', 'ablation.yaml', '--out', 'free', '--json'], folder);
    expect(trained.status).toBe(0);
    expect(JSON.parse(trained.stdout)).not.toHaveProperty('bank');
    const [first] = readFileSync(join(folder, 'free', 'log.jsonl'), 'utf8').split('\n');
    const { contrastive, regression } = JSON.parse(first!);
    expect(contrastive).toBe(0);
    // it starts from the mean score: errors are those of scores around it, not of scores around 0
    expect(regression).toBeLessThan(2 * (40 / 15) ** 2);
    const scored = await runMcore(['score', 'dive.mp4', '--weights', 'free/best.safetensors', '--json'], folder);
    expect(scored.status).toBe(0);
    const [{ score, exemplars, match }] = JSON.parse(scored.stdout);
    expect({ exemplars, match }).toEqual({ exemplars: [], match: 'none needed' });
    expect(score).toBeGreaterThan(40);
    expect(score).toBeLessThan(100);
    const bank = await runMcore(['bank', '--weights', 'free/best.safetensors', '--out', 'b.safetensors'], folder);
    expect(bank.stderr).toContain('expected weights that compare with exemplars, got exemplar-free ones');
  }, 300_000);

  it('score refuses a bank that was made with other weights', async () => {
    const args = ['score', 'dive.mp4', '--weights', 'unbroken/last.safetensors'];
    const { status, stderr } = await runMcore(args, folder);
    expect(status).toBe(1);
    expect(stderr).toContain('expected an exemplar bank computed with these weights');
  }, 120_000);
});
