import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPython } from '@mcore/testing/python';
import { runMcore } from '@mcore/testing/run-mcore';
import { because } from '@mcore/testing/skips';
import type { BenchResult } from '@mcore/training/bench';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'mcore-bench-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const SMALL = ['--frames', '8', '--size', '32x32', '--clips', '2', '--exemplars', '2', '--rounds', '1', '--json'];

async function bench(...args: string[]): Promise<BenchResult[]> {
  const { status, stdout, stderr } = await runMcore(['bench', ...SMALL, ...args], folder);
  expect(stderr).not.toContain('Failed');
  expect(status).toBe(0);
  return JSON.parse(stdout) as BenchResult[];
}

describe('mcore bench', () => {
  it('measures wasm and two workers of it at the same work: same score, same loss', async () => {
    const outcomes = await bench('--engines', 'wasm,wasm:2', '--work', 'score,train');
    expect(outcomes.map(({ work }) => work)).toEqual(['score', 'train']);
    for (const { results } of outcomes) {
      const values = results.map((row) => ('value' in row ? row.value : Number.NaN));
      expect(values[1]! / values[0]!).toBeCloseTo(1, 5);
      for (const row of results) {
        expect(row).toMatchObject({ milliseconds: [expect.any(Number)] });
        expect('peakMegabytes' in row && row.peakMegabytes).toBeGreaterThan(50);
      }
    }
  });
});

// what docs/performance.md compares with is the same computation
const { python, missing } = findPython(['torch', 'timm', 'safetensors', 'numpy', 'onnxruntime']);
describe.skipIf(missing !== null)(`mcore bench${because(missing)}`, () => {
  const program = fileURLToPath(new URL('../../../bench/pytorch/serve.py', import.meta.url));
  const against = (mode: string) => ['--against', `${mode}=${python} ${program} ${mode} --threads 1`];

  it('PyTorch comes to the same score, by one pass and by the released procedure, and to the same loss', async () => {
    const modes = [...against('eager'), ...against('original'), ...against('onnxruntime')];
    const outcomes = await bench('--preset', 'released', '--engines', 'wasm', '--work', 'score,train', ...modes);
    const values = outcomes.map(({ results }) =>
      Object.fromEntries(results.map((row) => [row.name, 'value' in row ? row.value : row.unsupported])),
    );
    const [score, loss] = [values[0]!.wasm as number, values[1]!.wasm as number];
    for (const mode of ['eager', 'original', 'onnxruntime']) {
      expect((values[0]![mode] as number) / score).toBeCloseTo(1, 4);
    }
    expect((values[1]!.eager as number) / loss).toBeCloseTo(1, 3);
    expect(values[1]!.onnxruntime).toBe('onnxruntime has no train');
  }, 240_000);
});
