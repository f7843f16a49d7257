import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMcore } from '@mcore/testing/run-mcore';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'mcore-benchmark-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const benchmark = (...more: string[]) => [
  'benchmark',
  ...['--rows', 'exemplar-free,complete', '--seeds', '1', '--steps', '2', '--train-clips', '10'],
  ...['--validation-clips', '10', '--test-clips', '12', '--render-height', '72'],
  ...['--engine', 'wasm', '--workers', '2', '--cache', 'cache', ...more],
];

describe('mcore benchmark, as a process', () => {
  it('trains and tests rows in shards, and merges them into one table and page', async () => {
    const half = await runMcore(benchmark('--shard', '1/2', '--json'), folder);
    expect(half.status).toBe(0);
    expect(half.stderr).toContain('2 trainings of 2 steps, 1 of them here.');
    expect(JSON.parse(half.stdout)).toMatchObject({ kind: 'benchmark', done: 1, count: 2 });

    expect((await runMcore(benchmark('--shard', '2/2'), folder)).status).toBe(0);
    const { status, stdout } = await runMcore(
      ['merge', 'runs/benchmark/results', '--page', 'benchmark.md', '--json'],
      folder,
    );
    expect(status).toBe(0);
    const { rows, settings } = JSON.parse(stdout);
    expect(settings).toMatchObject({ preset: 'laptop', steps: 2, testClips: 12 });
    expect(rows.map(({ id, decoding }: { id: string; decoding: string }) => [id, decoding])).toEqual([
      ['labels', null],
      ['exemplar-free', 'ordered'],
      ['complete', 'ordered'],
      ['complete', 'windowed'],
    ]);
    for (const { figures } of rows) {
      expect(figures.srcc.mean).toBeGreaterThanOrEqual(-1);
      expect(figures.aiou50.mean).toBeLessThanOrEqual(100);
    }
    const page = readFileSync(join(folder, 'benchmark.md'), 'utf8');
    expect(page).toContain('12 test clips of rendered dives');
    expect(page).toContain('| MCoRe, losses as released | windowed |');
  }, 400_000);

  it('does nothing again that is done', async () => {
    const weights = join(folder, 'runs', 'benchmark', 'trainings', 'complete-seed-0', 'best.safetensors');
    expect(existsSync(weights)).toBe(true);
    const before = statSync(weights).mtimeMs;
    const { status, stderr } = await runMcore(benchmark('--shard', '2/2'), folder);
    expect(status).toBe(0);
    expect(stderr).toContain('1 of 1 trainings done.');
    expect(statSync(weights).mtimeMs).toBe(before);
  }, 200_000);
});
