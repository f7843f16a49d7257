/**
 * A first day with the command line, as somebody with videos would spend it: odd films, lists as spreadsheets write them, few videos,
 * interrupted runs, mistakes. What is checked is what a person reads. Further tests of the same things, from closer by:
 *
 * | what went wrong on a first day | tests |
 * | --- | --- |
 * | full-size training ran out of memory | packages/training/src/fit/full-size.test.ts |
 * | weights could not be loaded in a page without configuration | test/judge-page.test.ts, scripts/try-pages.mjs |
 * | wrong number or size of frames was scored | packages/judge/src/scorer.test.ts |
 * | few clips chose the weights by a NaN | below (small data); packages/training/src/fit/fit.test.ts, training-needs.test.ts; clips/src/clip-folds.test.ts |
 * | two stages, equal scores, no transitions | packages/training/src/predictions/compare.test.ts, evaluate-predictions.test.ts |
 * | misspelt classes were scored | below (scores); packages/judge/src/judge.test.ts |
 * | digits and words of diving in other scores | apps/cli/src/terminal/score-text.test.ts, apps/cli/test/own-videos.test.ts |
 * | data check passed what train refused; clips that are missing | below (lists); training-needs.test.ts, clips/src/part-of-source.test.ts, problem-lines.test.ts |
 * | any folder was FineDiving | below (lists); packages/finediving-loader/src/open-finediving.test.ts, manifest-loader/src/draft-manifest.test.ts |
 * | lists with semicolons, decimal commas, UTF-16, brackets, absolute paths | below (lists); packages/manifest-loader/src/parse-manifest.test.ts, dataset.test.ts |
 * | one video under two names had two scores | below (scores); packages/judge/src/scorer.test.ts |
 * | a changed file kept its score; replaced images kept their result | below (scores); packages/tasks/src/run-tasks.test.ts; apps/cli/test/faults.test.ts |
 * | seeds were averaged over different test clips | below (runs) |
 * | a run could not be extended, stopped or resumed elsewhere | below (runs); packages/training/src/run/run-settings.test.ts, config/train-settings.test.ts |
 * | the log had SRCC alone; several seeds; other losses and optimizers | below (runs); fit.test.ts, optimizer/*.test.ts, model/src/average-checkpoints.test.ts |
 * | prepared clips filled the disk | packages/training/src/node/frame-store.test.ts |
 * | a frozen backbone made the contrastive loss a constant | fit.test.ts |
 * | scores drowned in notes; errors in --json; exit statuses; help | below (words); apps/cli/test/usage.test.ts |
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frames } from '@mcore/clips';
import { RenderedDives } from '@mcore/rendered-dives';
import { nodeCanvas } from '@mcore/rendered-dives/node';
import { fixturePath } from '@mcore/testing/fixtures';
import { runMcore, startMcore } from '@mcore/testing/run-mcore';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFilm } from './support/films.js';

const folder = mkdtempSync(join(tmpdir(), 'mcore-day-'));
const engine = ['--engine', 'wasm', '--workers', '1'];
const dives = new RenderedDives({ canvas: nodeCanvas, seed: 0, height: 128 });
const clip = dives.clips.find(({ id }) => id === '01__97')!;
const whole = Array.from({ length: clip.frameCount }, (_, index) => index);
const mcore = (...args: string[]) => runMcore(args, folder);
/** Nothing that libraries say of themselves. */
const LIBRARIES = /Dawn|TensorFlow|tfjs-node|libav|swscaler|ExperimentalWarning|deprecat/i;

let frames: Frames;
beforeAll(async () => {
  mkdirSync(join(folder, 'films'));
  frames = await dives.readFrames(clip.id, whole);
  await writeFilm(join(folder, 'films', 'h264.mp4'), frames);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('films as cameras write them', () => {
  const film = (name: string, options: Parameters<typeof writeFilm>[2] = {}) =>
    writeFilm(join(folder, 'films', name), frames, options);

  it('are scored alike, whatever their codec, rotation and frame times', { timeout: 240_000 }, async () => {
    await film('hevc.mp4', { codec: 'hevc' });
    await film('av1.mp4', { codec: 'av1' });
    await film('vp9.mp4', { codec: 'vp9' });
    await film('sideways.mp4', { rotation: 90 });
    await film('uneven.mp4', { secondOf: (index) => index / 25 + (index % 3) * 0.01 });
    const names = readdirSync(join(folder, 'films')).sort();
    const { status, stdout, stderr } = await mcore(
      ...['score', ...names.map((name) => `films/${name}`), '--dive', clip.diveNumber, ...engine, '--json'],
    );
    expect([status, stderr.match(LIBRARIES)]).toEqual([0, null]);
    const scores = new Map(
      (JSON.parse(stdout) as { video: string; score: number }[]).map((each) => [each.video, each]),
    );
    const { score } = scores.get('films/h264.mp4')!;
    // codecs change pixels a little; a film on its side or out of order would be many points off
    for (const { video, score: other } of scores.values()) expect(Math.abs(other - score), video).toBeLessThan(2);
    expect(scores.size).toBe(names.length);
  });

  it('of one frame, of a minute, upright as phones film and in 10 bit have a row each', {
    timeout: 240_000,
  }, async () => {
    await film('one-frame.mp4', { count: 1 });
    await film('minute.mp4', { count: 1500 });
    await film('portrait.mp4', { crop: 72 });
    cpSync(fixturePath('video', 'h264-ten-bits.mp4'), join(folder, 'films', 'ten-bits.mp4'));
    const odd = ['one-frame', 'minute', 'portrait', 'ten-bits'].map((name) => `films/${name}.mp4`);
    const { status, stdout, stderr } = await mcore('score', ...odd, ...engine);
    expect([status, stderr.match(LIBRARIES)]).toEqual([0, null]);
    const [header, line, ...rows] = stdout.trim().split('\n');
    // weights that know rendered dives only give film no interval, so the column has no level either
    expect(header).toMatch(/^video +score +interval +take-off +entry +exemplars +known$/);
    expect(line).toMatch(/^-+ /);
    expect(rows.slice(0, odd.length).map((row) => row.split(/\s+/)[0])).toEqual(odd);
    // below the table, what its marks mean
    expect(rows.slice(odd.length)).toEqual([
      'no judge of real dives: these weights know rendered ones only',
      '? an uncertain transition',
    ]);
    // a minute is read to its end
    expect(rows[1]).toMatch(/\d+\.\d\d s/);
  });
});

describe('scores', () => {
  it('of one video are one line, the same under another name', { timeout: 120_000 }, async () => {
    cpSync(join(folder, 'films', 'h264.mp4'), join(folder, 'again.mp4'));
    const lines = await Promise.all(
      ['films/h264.mp4', 'again.mp4'].map(async (path) => {
        const { stdout, stderr, status } = await mcore('score', path, '--dive', clip.diveNumber, ...engine);
        expect([status, stderr.split('\n').length]).toEqual([0, 2]);
        return stdout.trim().replace(path, 'FILM');
      }),
    );
    const warning = 'no judge of real dives: these weights know rendered ones only';
    expect(lines[0]).toMatch(
      new RegExp(`^FILM: score \\d+\\.\\d \\(${warning}\\), no interval; take-off .*exemplars?, same dive number$`),
    );
    expect(lines[1]).toBe(lines[0]);
  });

  it('are refused for a class that no exemplar has, with the nearest names', async () => {
    const { status, stderr, stdout } = await mcore('score', 'again.mp4', '--class', 'vualt', ...engine, '--json');
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /again\.mp4: Failed: expected a class that the exemplars have, got "vualt"\. Nearest names: /,
    );
    expect(JSON.parse(stdout)[0].error.code).toBe('ERR_MCORE_UNKNOWN_CLASS');
    const any = await mcore('score', 'again.mp4', '--class', 'vualt', '--any-class', ...engine);
    expect([any.status, any.stdout]).toEqual([0, expect.stringContaining('nearest by features')]);
  });

  it('that were kept are made again where the file behind a name has changed', { timeout: 120_000 }, async () => {
    const kept = ['score', 'again.mp4', 'films/h264.mp4', '--results', 'scores', ...engine, '--json'];
    const first = JSON.parse((await mcore(...kept)).stdout) as { score: number }[];
    cpSync(join(folder, 'films', 'portrait.mp4'), join(folder, 'again.mp4'));
    const second = JSON.parse((await mcore(...kept)).stdout) as { score: number }[];
    expect(second[1]).toEqual(first[1]);
    expect(second[0]!.score).not.toBe(first[0]!.score);
    expect(
      readFileSync(join(folder, 'scores', 'results-0001-of-0001.jsonl'), 'utf8')
        .trim()
        .split('\n'),
    ).toHaveLength(4);
  });
});

describe('lists of videos', () => {
  it('begin with what is in a folder', { timeout: 60_000 }, async () => {
    const videos = join(folder, 'videos');
    for (const name of ['vault', 'beam']) mkdirSync(join(videos, name), { recursive: true });
    for (let index = 0; index < 6; index++) {
      cpSync(join(folder, 'films', 'h264.mp4'), join(videos, index % 2 ? 'vault' : 'beam', `${index}.mp4`));
    }
    const unlisted = await mcore('train', '--data', 'videos', ...engine);
    expect(unlisted.status).toBe(1);
    expect(unlisted.stderr).toContain('got 2 folders (beam, vault)');
    expect(unlisted.stderr).toContain('mcore data init videos writes one to fill in');
    const { stdout } = await mcore('data', 'init', 'videos');
    expect(stdout).toMatch(/^6 videos listed in videos\/videos\.csv, of the classes beam, vault\./);
    const unfilled = await mcore('data', 'check', 'videos/videos.csv');
    expect(unfilled.stderr).toMatch(/^Failed: expected a column score with values, got "the columns path, class"/);
  });

  it.each([
    ['semicolons and decimal commas', Buffer.from('sep=;\r\npath;score;class;split\r\n{rows}'), ';', ','],
    ['UTF-16', Buffer.from('\uFEFFpath\tscore\tclass\tsplit\r\n{rows}', 'utf16le'), '\t', ','],
    ['commas', Buffer.from('path,score,class,split\n{rows}'), ',', '.'],
  ])('with %s are read, and it is said what training would need', async (_, form, separator, point) => {
    const rows = Array.from({ length: 6 }, (_, index) =>
      [
        `${index % 2 ? 'vault' : 'beam'}/${index}.mp4`,
        `7${point}5`,
        index % 2 ? 'vault' : 'beam',
        index < 2 ? 'Test' : 'Train',
      ].join(separator),
    ).join('\r\n');
    const encoding = form[0] === 0xff ? 'utf16le' : 'utf8';
    writeFileSync(join(folder, 'videos', 'list.csv'), form.toString(encoding).replace('{rows}', rows), encoding);
    const { status, stdout } = await mcore('data', 'check', 'videos/list.csv');
    expect(status).toBe(0);
    expect(stdout).toContain('6 clips (4 train, 2 test) of 2 classes, 3 stages');
    expect(stdout).toContain('mcore train needs at least 2 clips for validation');
    expect(stdout).toContain('mcore train needs training clips of different scores, got 3 of 7.5');
  });

  it('leave out what is missing where that is asked for, and say of which classes', { timeout: 120_000 }, async () => {
    const rows = Array.from(
      { length: 30 },
      (_, index) => `beam/${index % 3 ? index : 0}.mp4,${index},c${index % 2},b${index}`,
    );
    writeFileSync(join(folder, 'videos', 'gaps.csv'), `path,score,class,id\n${rows.join('\n')}\n`);
    const checked = await mcore('data', 'check', 'videos/gaps.csv');
    expect(checked.status).toBe(1);
    // 18 files are missing, and said in one line
    expect(checked.stdout.split('\n').filter((text) => text.startsWith('error'))).toHaveLength(1);
    expect(checked.stdout).toMatch(/^error 18 clips: such as line 3: expected a video .* got no such file \(b1, /);
    const refused = await mcore('train', '--data', 'videos/gaps.csv', ...engine, '--out', 'gaps');
    expect(refused.stderr).toContain('and 17 more clips. Leave such clips out with unreadable (--missing leave-out).');
    const json = await mcore('data', 'check', 'videos/nothing.csv', '--json');
    expect(JSON.parse(json.stdout).error.message).toMatch(/^expected UTF-8 text at videos\/nothing\.csv/);
  });
});

describe('small data and long work', () => {
  const learning = ['--steps', '2', '--batch', '1', ...engine, '--cache', 'cache'];

  beforeAll(async () => {
    const { status, stdout } = await mcore(
      ...['data', 'render', '--out', 'drawn', '--clips', '48', '--height', '48', '--mp4', '--workers', '1'],
    );
    expect([status, stdout]).toEqual([0, expect.stringContaining('Next: mcore data check drawn/videos.csv')]);
  }, 120_000);

  it('six videos are tested by folds, each by weights that never saw it', { timeout: 240_000 }, async () => {
    const six = readFileSync(join(folder, 'drawn', 'videos.csv'), 'utf8')
      .split('\n')
      .slice(0, 7);
    writeFileSync(join(folder, 'drawn', 'six.csv'), `${six.join('\n')}\n`);
    const data = ['--data', 'drawn/six.csv', '--steps', '1', '--batch', '1', ...engine, '--cache', 'cache'];
    const folds = await mcore('train', ...data, '--folds', '2', '--out', 'folds', '--json');
    expect(folds.status).toBe(0);
    expect(folds.stderr).toContain('Fold 2 of 2: too few clips for validation, so its last weights are tested');
    expect(JSON.parse(folds.stdout)).toMatchObject({ clips: 6, folds: 2, part: 'held-out' });
    const table = readFileSync(join(folder, 'folds', 'clips.csv'), 'utf8')
      .trim()
      .split('\n');
    expect(table).toHaveLength(7);
    // nothing to compare with itself
    const same = await mcore('compare', 'folds/clips.csv', 'folds/cl*.csv');
    expect([same.status, same.stdout]).toEqual([0, expect.stringContaining('Paired bootstrap over 6 clips')]);
  });

  it('a run is stopped, resumed from another folder and extended', { timeout: 240_000 }, async () => {
    const long = ['--data', 'drawn/videos.csv', '--steps', '500', '--batch', '1', ...engine, '--cache', 'cache'];
    const run = startMcore(['train', ...long, '--out', 'run', '--validate-every', '1'], folder);
    let said = '';
    run.process.stderr!.on('data', (text) => {
      const before = said;
      said += text;
      // once: a second one would end it at once
      if (said.includes('Validation at step 2') && !before.includes('Validation at step 2')) run.process.kill('SIGINT');
    });
    const stopped = await run.finished;
    expect(stopped.status).toBe(130);
    expect(stopped.stderr.trim().split('\n').at(-1)).toBe('Stopped. Go on with: mcore train --out run --resume');
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    const fewer = await runMcore(['train', '--out', '../run', '--resume', '--steps', '4'], elsewhere);
    expect(fewer.stderr).toContain('got steps 4 instead of 500');
    const lines = (name: string) =>
      readFileSync(join(folder, 'run', `${name}.jsonl`), 'utf8')
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text));
    expect(lines('log').find(({ kind }) => kind === 'validation')).toMatchObject({
      ...{ rl2x100: expect.any(Number), meanAbsoluteError: expect.any(Number) },
      ...{ regression: expect.any(Number), segmentation: expect.any(Number) },
    });
    expect(lines('times').find(({ kind }) => kind === 'validation')).toMatchObject({
      ...{ seconds: expect.any(Number), time: expect.any(Number) },
    });
    const short = await mcore('train', '--data', 'drawn/videos.csv', ...learning, '--out', 'short');
    expect(short.status).toBe(0);
    const more = await runMcore(['train', '--out', '../short', '--resume', '--steps', '3'], elsewhere);
    expect(more.stderr).toContain('Note: Extended from 2 to 3 steps; the learning rate now follows 3 steps.');
    expect([more.status, more.stdout]).toEqual([
      0,
      expect.stringMatching(/^Trained 3 steps; best on validation at step/),
    ]);
    const both = await mcore('train', '--steps', '3', '--epochs', '2');
    expect([both.status, both.stderr]).toEqual([
      2,
      expect.stringContaining("'--epochs <n>' cannot be used with option '--steps"),
    ]);
  });

  it('seeds have one summary and the same test clips', { timeout: 240_000 }, async () => {
    const data = ['--data', 'drawn/videos.csv', ...learning];
    const seeds = await mcore('train', ...data, '--seeds', '2', '--split', 'held-out-events', '--out', 'seeds');
    expect(seeds.status).toBe(0);
    expect(seeds.stdout).toMatch(/\nmean +\S/);
    const weights = ['seeds/seed-0/best.safetensors', 'seeds/seed-1/best.safetensors'];
    const together = await mcore(
      'eval',
      '--weights',
      ...weights,
      ...data.slice(0, 2),
      ...engine,
      '--cache',
      'cache',
      '--csv',
      'seeds.csv',
    );
    expect([together.status, together.stdout]).toEqual([0, expect.stringContaining('mean of 2 weights')]);
    expect(together.stderr).toMatch(/Features of \d+ exemplars are taken from seeds\/seed-0\/bank\.safetensors\./);
    const other = await mcore('train', ...data, '--seed', '7', '--split', 'held-out-events', '--out', 'other');
    expect(other.status).toBe(0);
    const mixed = await mcore(
      'eval',
      '--weights',
      weights[0]!,
      'other/best.safetensors',
      ...data.slice(0, 2),
      ...engine,
    );
    expect([mixed.status, mixed.stderr]).toEqual([
      2,
      expect.stringContaining('got the splits held-out-events of seed 0, held-out-events of seed 7'),
    ]);
    const exported = await mcore('export', '--weights', weights[0]!, '--out', 'torch.safetensors');
    expect(exported.stdout).toContain('  model_state = load_file("torch.safetensors")');
  });
});

describe('words', () => {
  it('the help begins with the quickstart and names no path of the machine that built it', async () => {
    const { stdout } = await mcore('--help');
    expect(stdout.indexOf('quickstart')).toBeLessThan(stdout.indexOf('score [options]'));
    for (const name of ['score', 'train', 'eval', 'bank', 'bench']) {
      const help = (await mcore(name, '--help')).stdout;
      expect(help).not.toMatch(/\/(work|home|root|tmp)\//);
      // no option has two defaults
      for (const option of help.replace(/\n {6,}/g, ' ').split('\n')) {
        expect((option.match(/default/g) ?? []).length, option).toBeLessThanOrEqual(1);
      }
    }
  });

  it.each([
    [['score'], 'expected videos, or a file with --list, got neither'],
    [['score', 'x.mp4', '--shard', '1/2'], 'expected --results <dir> beside --shard, got none'],
    [['eval', '--weights', 'w', '--shard', '1/2'], 'expected --results <dir> beside --shard, got none'],
    [
      ['eval', '--weights', 'w', '--data', 'videos', '--by', 'cue'],
      'expected --data rendered beside --by cue, got videos',
    ],
  ])('wrong usage (%j) ends with 2, in JSON too', async (args, message) => {
    const { status, stdout } = await mcore(...args, '--json');
    expect([status, JSON.parse(stdout).error.message]).toEqual([2, expect.stringContaining(message)]);
  });

  it('errors are at most a screen, in the words of the command, and name the damaged file', async () => {
    writeFileSync(
      join(folder, 'half.safetensors'),
      readFileSync(join(folder, 'seeds/seed-0/best.safetensors')).subarray(0, 5000),
    );
    const half = await mcore('eval', '--weights', 'half.safetensors');
    expect(half.stderr).toMatch(/^Failed: expected a whole safetensors file in half\.safetensors, got another: /);
    const init = ['--init', 'seeds/seed-0/best.safetensors', '--preset', 'paper', '--data', 'drawn/videos.csv'];
    const other = await mcore(
      'train',
      ...init,
      '--allow-seen-clips',
      '--train-clips',
      '4',
      '--cache',
      'cache',
      ...engine,
      '--out',
      'never',
    );
    expect(other.status).toBe(1);
    expect(other.stderr).toMatch(
      /Failed: expected init to be weights of the configured model \(preset paper, 3 stages, \d+ parameters\), got/,
    );
  });
});
