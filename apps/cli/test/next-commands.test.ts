import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeCheckpoint } from '@mcore/model';
import { runMcore } from '@mcore/testing/run-mcore';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** What commands print as the next one must not test, or validate, on clips that made the weights. */
const folder = mkdtempSync(join(tmpdir(), 'mcore-next-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ENGINE = ['--engine', 'wasm', '--workers', '2', '--cache', 'cache'];
const SMALL = ['--steps', '1', '--train-clips', '8', '--validation-clips', '8', ...ENGINE];
const training = (out: string, ...more: string[]) => ['train', '--batch', '1', ...SMALL, '--out', out, ...more];
const infoOf = (out: string, file = 'best') =>
  decodeCheckpoint(readFileSync(join(folder, out, `${file}.safetensors`))).info;

/** Runs a command that has to succeed, and gives the words of the one that it prints as the next. */
async function nextOf(args: readonly string[]): Promise<string[]> {
  const { status, stdout, stderr } = await runMcore(args, folder);
  if (status !== 0) throw new Error(stderr);
  const [, command] = /^Next: mcore (.+)$/m.exec(stdout) ?? [];
  if (command === undefined) throw new Error(`no next command in ${stdout}`);
  return command.split(' ');
}

describe('after mcore train --split held-out-events', () => {
  let next: string[];
  beforeAll(async () => {
    next = await nextOf(training('held-out', '--split', 'held-out-events', '--render-height', '72'));
  }, 300_000);

  it('the printed mcore eval tests events that had no part in training', { timeout: 300_000 }, async () => {
    expect(next).toEqual(['eval', '--weights', join('held-out', 'best.safetensors')]);
    const { status, stdout } = await runMcore([...next, ...ENGINE, '--limit', '3', '--csv', 'out.csv'], folder);
    expect([status, stdout.split('\n')[0]]).toEqual([
      0,
      expect.stringMatching(/^3 test clips of rendered dives .*228|x72/),
    ]);
    const { trained, selecting, calibrating } = infoOf('held-out').data!.clips;
    expect([trained, selecting, calibrating].every((packed) => packed.length > 0)).toBe(true);
  });

  it('the official split is refused, since some of its test clips were trained on, unless told otherwise', async () => {
    const refused = await runMcore([...next, ...ENGINE, '--split', 'official'], folder);
    expect([refused.status, refused.stderr]).toEqual([
      1,
      expect.stringMatching(
        /expected clips that had no part in making the weights, got others: \d+ of \d+ test clips were trained on.* split held-out-events of seed 0; .*--allow-seen-clips.*\(ERR_MCORE_SEEN_CLIPS\)/,
      ),
    ]);
    const allowed = ['--split', 'official', '--allow-seen-clips', '--limit', '3'];
    expect((await runMcore([...next, ...ENGINE, ...allowed], folder)).status).toBe(0);
  }, 300_000);
});

describe('after mcore pretrain --seed 5', () => {
  let next: string[];
  beforeAll(async () => {
    const args = ['--seed', '5', '--batch', '2', '--window', '4', '--render-height', '72'];
    next = await nextOf(['pretrain', ...SMALL, ...args, '--out', 'pretrained']);
  }, 300_000);

  it('the printed mcore train with another seed validates on the clips that seed 5 held back', {
    timeout: 300_000,
  }, async () => {
    expect(next).toEqual(['train', '--preset', 'laptop', '--init', join('pretrained', 'last.safetensors')]);
    const more = ['--seed', '6', '--batch', '1', ...SMALL, '--out', 'trained'];
    expect(await nextOf([...next, ...more])).toEqual(['eval', '--weights', join('trained', 'best.safetensors')]);
    expect(infoOf('trained').data).toMatchObject({
      split: { kind: 'official', seed: 5 },
      rendering: { height: 72 },
      before: [{ split: { seed: 5 }, clips: { trained: infoOf('pretrained', 'last').data!.clips.trained } }],
    });
  });

  it('clips that were pretrained on are refused as validation clips', async () => {
    // all training clips but those that seed 5 held back
    await nextOf([
      'pretrain',
      '--steps',
      '1',
      ...ENGINE,
      '--seed',
      '5',
      '--batch',
      '1',
      '--window',
      '2',
      '--render-height',
      '16',
      '--validation-clips',
      '8',
      '--train-clips',
      '150',
      '--out',
      'wide',
    ]);
    const init = ['--init', join('wide', 'last.safetensors'), '--split-seed', '6'];
    const { status, stderr } = await runMcore(training('refused', ...init, '--validation-clips', '200'), folder);
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(
        /expected clips that had no part in making the weights, got others: \d+ of \d+ validation clips were trained on/,
      ),
    ]);
    expect(existsSync(join(folder, 'refused', 'best.safetensors'))).toBe(false);
  }, 300_000);
});

describe("after mcore train on FineDiving's layout", () => {
  let next: string[];
  beforeAll(async () => {
    const render = ['data', 'render', '--out', 'FineDiving', '--clips', '60', '--height', '24', '--workers', '2'];
    expect((await runMcore(render, folder)).status).toBe(0);
    next = await nextOf(training('fine', '--data', 'FineDiving'));
  }, 300_000);

  it('the printed mcore eval tests clips of FineDiving; without --data it asks for them', {
    timeout: 300_000,
  }, async () => {
    expect(next).toEqual(['eval', '--weights', join('fine', 'best.safetensors'), '--data', 'FineDiving']);
    const { stdout } = await runMcore([...next, ...ENGINE, '--limit', '3', '--json'], folder);
    expect(JSON.parse(stdout)).toMatchObject({ clips: 3, part: 'test', data: expect.stringContaining('FineDiving') });
    const { status, stderr } = await runMcore([...next.slice(0, 3), ...ENGINE], folder);
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('expected --data, since the weights were trained on'),
    ]);
  });

  it('a new run in the same folder leaves nothing of the one before', { timeout: 300_000 }, async () => {
    const data = ['--data', 'FineDiving'];
    await nextOf(training('used', ...data, '--keep-every', '1', '--steps', '2'));
    expect(readdirSync(join(folder, 'used'))).toEqual(expect.arrayContaining(['bank.safetensors', 'series']));
    await nextOf(training('used', ...data, '--set', 'regression=exemplar-free', '--seed', '3'));
    const left = readdirSync(join(folder, 'used')).sort();
    expect(left).not.toContain('bank.safetensors');
    expect(left).not.toContain('series');
    expect(infoOf('used')).toMatchObject({ seed: 3, step: 1, config: { regression: 'exemplar-free' } });
    const log = readFileSync(join(folder, 'used', 'log.jsonl'), 'utf8')
      .trim()
      .split('\n');
    expect(log.map((line) => JSON.parse(line).step)).toEqual([1, 1]);
    expect(readdirSync(join(folder, 'used', 'tensorboard'))).toHaveLength(1);
  });
});
