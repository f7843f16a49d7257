import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { decodeCheckpoint } from '@mcore/model';
import { frameReadings } from '@mcore/rendered-dives';
import { runMcore, startMcore } from '@mcore/testing/run-mcore';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'mcore-pretrain-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SMALL = ['--train-clips', '8', '--validation-clips', '4', '--render-height', '72', '--engine', 'wasm'];
const CACHE = ['--workers', '2', '--cache', join(folder, 'cache')];
const pretraining = (out: string, ...more: string[]) => [
  ...['pretrain', '--steps', '6', '--batch', '10', '--window', '4', '--render-variants', '2'],
  ...['--checkpoint-every', '1', '--validate-every', '3', ...SMALL, ...CACHE, '--out', out, ...more],
];
const logOf = (out: string) =>
  readFileSync(join(folder, out, 'log.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
/** Between tensors of two checkpoints. */
const largestDifference = (one: ArrayLike<number>, other: ArrayLike<number>) =>
  Math.max(...Array.from(one, (value, at) => Math.abs(value - other[at]!)));
const bytesOf = (out: string) => readFileSync(join(folder, out, 'last.safetensors'));

describe('mcore pretrain', () => {
  beforeAll(async () => {
    const { status, stdout, stderr } = await runMcore(pretraining('unbroken', '--json'), folder);
    expect(stderr).toContain('8 training and 4 validation clips of rendered dives');
    expect(status).toBe(0);
    const { weights, last } = JSON.parse(stdout);
    expect(weights).toBe(join('unbroken', 'last.safetensors'));
    expect(Object.keys(last.readings)).toEqual([...frameReadings]);
  }, 300_000);

  it('logs every step and what is read at every look', () => {
    const log = logOf('unbroken');
    expect(log.filter(({ kind }) => kind === 'step').map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(log.filter(({ kind }) => kind === 'validation').map(({ step }) => step)).toEqual([3, 6]);
    for (const { kind, total, gradientNorm } of log) {
      if (kind === 'step') expect(Number(total) * Number(gradientNorm)).toBeGreaterThan(0);
    }
  });

  it('teaches the backbone and leaves segmenter and regressor as they were', async () => {
    const [before, after] = await Promise.all(
      [1, 6].map(async (steps) => {
        const out = steps === 6 ? 'unbroken' : 'one-step';
        if (steps === 1) await runMcore([...pretraining(out), '--steps', '1'], folder);
        return decodeCheckpoint(bytesOf(out)).tensors;
      }),
    );
    let taught = 0;
    for (const [name, { data }] of after!) {
      const difference = largestDifference(data as Float32Array, before!.get(name)!.data as Float32Array);
      if (name.startsWith('base_model.')) taught += difference > 0 ? 1 : 0;
      else expect(difference, name).toBe(0);
    }
    expect(taught).toBeGreaterThan(100);
  }, 120_000);

  it('is bit-exact after it was killed and resumed, on one thread', async () => {
    const log = join(folder, 'killed', 'log.jsonl');
    const { process: child, finished } = startMcore(pretraining('killed'), folder);
    while (child.exitCode === null && !(existsSync(log) && readFileSync(log, 'utf8').split('\n').length > 3))
      await wait(5);
    child.kill('SIGKILL');
    await finished;
    const { status, stderr } = await runMcore([...pretraining('killed', '--resume'), '--workers', '1'], folder);
    expect(stderr).toMatch(/Resuming after step [1-5]/);
    expect(status).toBe(0);
    expect(bytesOf('killed').equals(bytesOf('unbroken'))).toBe(true);
    expect(logOf('killed')).toEqual(logOf('unbroken'));
  }, 300_000);

  it('refuses to resume with other settings, and says which', async () => {
    const { status, stderr } = await runMcore([...pretraining('unbroken', '--resume'), '--steps', '7'], folder);
    expect(status).toBe(1);
    expect(stderr).toContain(
      'expected the settings that the run in unbroken was begun with, got totalSteps 7 instead of 6. Use the same, choose another folder, or start over. (ERR_MCORE_SETTINGS)',
    );
  });

  it('makes weights that training starts from', async () => {
    const { status, stderr } = await runMcore(
      [
        ...['train', '--init', join('unbroken', 'last.safetensors'), '--steps', '1', '--batch', '1'],
        ...['--set', 'exemplars=2', '--set', 'optimiser.learningRate=1e-30', '--validation-clips', '20'],
        ...['--set', 'optimiser.backboneLearningRate=1e-30', '--train-clips', '12', '--render-height', '72'],
        ...['--engine', 'wasm', ...CACHE, '--out', 'trained'],
      ],
      folder,
    );
    expect(stderr).not.toContain('Measuring normalization statistics');
    expect(status).toBe(0);
    const [taught, trained] = ['unbroken', 'trained'].map((out) => decodeCheckpoint(bytesOf(out)).tensors);
    for (const [name, { data }] of taught!) {
      const difference = largestDifference(data as Float32Array, trained!.get(name)!.data as Float32Array);
      expect(difference, name).toBeLessThan(1e-25);
    }
  }, 300_000);

  it.each([
    [
      ['--data', 'FineDiving'],
      2,
      'mcore pretrain: expected --data rendered, as only of rendered dives it is known what every frame shows, got --data FineDiving.',
    ],
    [['--window', '33'], 2, 'mcore pretrain: expected --window of at most the 32 frames of a clip, got 33.'],
    [['--init', 'none.safetensors'], 1, 'expected a checkpoint in none.safetensors, got no such file.'],
  ])('with %j ends with %i and says what was expected', async (args, expected, message) => {
    const { status, stderr } = await runMcore(['pretrain', ...args], folder);
    expect(status).toBe(expected);
    expect(stderr).toContain(message);
  });
});
