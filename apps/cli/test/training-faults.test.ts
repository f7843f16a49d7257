import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { decodeCheckpoint } from '@mcore/model';
import { Random } from '@mcore/random';
import { readSafetensors } from '@mcore/safetensors';
import { runMcore, startMcore } from '@mcore/testing/run-mcore';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'mcore-faults-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
/** Seeds of the moments it is killed at; MCORE_FAULT_SEEDS=1,2,3 and more for a campaign. */
const SEEDS = (process.env.MCORE_FAULT_SEEDS ?? '1').split(',').map(Number);
const STEPS = 9;
const training = (out: string, ...more: string[]) => [
  'train',
  ...['--steps', String(STEPS), '--batch', '1', '--train-clips', '12', '--validation-clips', '20'],
  ...['--render-height', '72', '--checkpoint-every', '2', '--validate-every', '3', '--keep-every', '4'],
  ...[
    '--set',
    'exemplars=2',
    '--engine',
    'wasm',
    '--workers',
    '1',
    '--cache',
    join(folder, 'cache'),
    '--out',
    out,
    ...more,
  ],
];
const FILES = [
  'last.safetensors',
  'best.safetensors',
  'bank.safetensors',
  'log.jsonl',
  'series/step-000004.safetensors',
  'series/step-000008.safetensors',
];

function expectSame(out: string): void {
  for (const file of FILES) {
    const [one, other] = ['unbroken', out].map((name) => readFileSync(join(folder, name, file)));
    expect(one!.equals(other!), file).toBe(true);
  }
}

const inTmpfs = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
const noTmpfs = inTmpfs.status === 0 ? '' : ': skipped, no file system of a limited size can be mounted here';

describe('training that is broken off', () => {
  beforeAll(async () => {
    const { status, stderr } = await runMcore(training('unbroken'), folder);
    expect(stderr).toContain(`Training: ${STEPS}/${STEPS} steps`);
    expect(stderr).toMatch(/[\d.]+ pairs\/s/);
    expect(status).toBe(0);
  }, 300_000);

  it.each(SEEDS)(
    'killed at random moments (seed %i) and resumed, it ends with the same bytes',
    async (seed) => {
      const random = new Random(`moments ${seed}`);
      const out = `killed-${seed}`;
      const log = join(folder, out, 'log.jsonl');
      const lines = () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').length - 1 : 0);
      let [kills, resume] = [0, false];
      for (; kills < 3; kills++) {
        const { process: child, finished } = startMcore(training(out, ...(resume ? ['--resume'] : [])), folder);
        // after some more lines of the log than there are, and then some milliseconds into whatever comes
        const expected = lines() + random.integer(4);
        while (lines() < expected && child.exitCode === null) await wait(5);
        await wait(random.integer(700));
        child.kill('SIGKILL');
        await finished;
        resume = existsSync(join(folder, out, 'config.json'));
      }
      const { status } = await runMcore(training(out, ...(resume ? ['--resume'] : [])), folder);
      expect(status).toBe(0);
      expectSame(out);
      expect(readdirSync(join(folder, out), { recursive: true }).filter((name) => `${name}`.endsWith('.tmp'))).toEqual(
        [],
      );
    },
    300_000,
  );

  it.skipIf(noTmpfs !== '')(
    `a disk that is full ends it with one line, what was written is complete, and it resumes${noTmpfs}`,
    () => {
      const disk = join(folder, 'disk');
      mkdirSync(disk);
      mkdirSync(join(folder, 'full'));
      const last = join(folder, 'unbroken', 'last.safetensors');
      // room for a checkpoint to resume from, and not for a second one beside it
      const room = Math.ceil(readFileSync(last).length * 1.6);
      const train = [process.execPath, MAIN, ...training(disk)].map((word) => `'${word}'`).join(' ');
      const script = [
        `mount -t tmpfs -o size=${room} tmpfs ${disk}`,
        `${train}; echo "status $?" >&2`,
        `cp -r ${disk}/. ${join(folder, 'full')}`,
        `mount -o remount,size=200m ${disk}`,
        `${train} --resume >&2; echo "status $?" >&2`,
        `mkdir ${join(folder, 'roomy')}; cp -r ${disk}/. ${join(folder, 'roomy')}`,
      ].join('\n');
      const { stderr } = spawnSync('unshare', ['-rm', 'sh', '-c', script], {
        encoding: 'utf8',
        env: { ...process.env, NO_COLOR: '1' },
      });
      expect(stderr).toMatch(
        /^Failed: the disk is full, nothing more can be written.*; what was written before is whole\. \(ENOSPC\)\nstatus 1$/m,
      );
      expect(stderr).toMatch(/status 0\n$/);
      const names = readdirSync(join(folder, 'full'), { recursive: true }).map(String);
      expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
      const checkpoint = decodeCheckpoint(readFileSync(join(folder, 'full', 'last.safetensors')));
      expect(checkpoint.info.step).toBe(2);
      expectSame('roomy');
    },
    300_000,
  );

  it('numbers that are not finite stop it, naming step and pair, and what it saw is saved', async () => {
    const wild = ['--set', 'optimiser.learningRate=1000', '--set', 'optimiser.backboneLearningRate=1000'];
    const args = training('wild', ...wild, '--set', 'optimiser.warmupSteps=0', '--batch', '2');
    const { status, stderr } = await runMcore(args, folder);
    expect(status).toBe(1);
    const [, step, query, exemplar] =
      /expected finite losses and gradients at step (\d+), got total .* from input \d of 2 \(query (\S+), exemplar (\S+)\)/.exec(
        stderr,
      )!;
    const seen = join('wild', `not-finite-step-${step}.safetensors`);
    expect(stderr).toContain(
      `The pair is in ${seen}, the weights from before the step in ${join('wild', 'last.safetensors')}.`,
    );
    const { tensors, metadata } = readSafetensors(readFileSync(join(folder, seen)));
    expect(metadata.pair).toBe(`query ${query}, exemplar ${exemplar}`);
    expect(tensors.get('query')).toMatchObject({ dtype: 'U8', shape: [32, 80, 80, 3] });
    const pairs = JSON.parse(metadata.pairs!);
    expect(pairs).toHaveLength(2);
    expect(
      Number.isFinite(Number(pairs.find(({ name }: { name: string }) => name === metadata.pair).losses.total)),
    ).toBe(false);
    const before = decodeCheckpoint(readFileSync(join(folder, 'wild', 'last.safetensors')));
    expect(before.info.step).toBe(Number(step) - 1);
    for (const { data } of before.tensors.values()) expect((data as Float32Array).every(Number.isFinite)).toBe(true);
  }, 300_000);

  it('patience ends it after that many evaluations without a better one, and resuming changes nothing', async () => {
    // weights that do not move never become better
    const still = ['--set', 'optimiser.learningRate=0', '--set', 'optimiser.backboneLearningRate=0', '--patience', '2'];
    const { status, stdout } = await runMcore(training('still', ...still, '--steps', '40', '--json'), folder);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ steps: 9, stoppedEarly: true, bestStep: 3 });
    const last = readFileSync(join(folder, 'still', 'last.safetensors'));
    const again = await runMcore(['train', '--resume', '--out', 'still', '--json'], folder);
    expect(JSON.parse(again.stdout)).toMatchObject({ steps: 9, stoppedEarly: true, bestStep: 3 });
    expect(readFileSync(join(folder, 'still', 'last.safetensors')).equals(last)).toBe(true);
  }, 300_000);
});
