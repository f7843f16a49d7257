import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMcore } from '@mcore/testing/run-mcore';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'mcore-usage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('mcore, as a process', () => {
  it.each([
    ['quickstart'],
    ['data', 'render'],
    ['data', 'check'],
    ['pretrain'],
    ['train'],
    ['eval'],
    ['compare'],
    ['report'],
    ['score'],
    ['merge'],
    ['queue', 'add'],
    ['queue', 'work'],
    ['bank'],
    ['benchmark'],
    ['import'],
    ['export'],
    ['doctor'],
    ['bench'],
  ])('%s %s --help ends with 0 and shows an example', async (...words) => {
    const { status, stdout } = await runMcore([...words.filter((word) => typeof word === 'string'), '--help'], folder);
    expect(status).toBe(0);
    expect(stdout).toContain('Examples:\n  $ mcore');
  });

  it.each([
    [['trian'], "error: unknown command 'trian'"],
    [['train', '--stepz', '3'], "error: unknown option '--stepz'"],
    [
      ['train', '--steps', 'many'],
      "option '--steps <n>' argument 'many' is invalid. Expected a whole number of at least 1.",
    ],
    [['train', '--preset', 'tiny'], "argument 'tiny' is invalid. Allowed choices are paper, released, laptop."],
    [
      ['train', '--engine', 'onnx'],
      "argument 'onnx' is invalid. Allowed choices are auto, tensorflow, webgpu, native, wasm, cpu.",
    ],
    [['bench', '--work', 'sing'], 'Expected names of score, train, forward, gradient, gru, got sing.'],
    [
      ['bench', '--engines', 'wasm:0'],
      'Expected engines of tensorflow, webgpu, native, wasm, cpu, onnx, such as wasm or wasm:2, got wasm:0.',
    ],
    [['eval'], "error: required option '--weights <file...>' not specified"],
    [['score', 'x.mp4', '--weights', 'w', '--dive', '107Z'], "option '--dive <number>' argument '107Z' is invalid."],
  ])('wrong usage (%j) ends with 2 and says what was expected', async (args, message) => {
    const { status, stdout, stderr } = await runMcore(args, folder);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
  });

  it('a failure ends with 1 and one line', async () => {
    writeFileSync(join(folder, 'text.safetensors'), 'not a checkpoint');
    const missing = await runMcore(['eval', '--weights', 'none.safetensors'], folder);
    expect(missing).toMatchObject({ status: 1, stdout: '' });
    expect(missing.stderr).toBe(
      'Failed: expected a checkpoint in none.safetensors, got no such file. (ERR_MCORE_DATA)\n',
    );
    const broken = await runMcore(['eval', '--weights', 'text.safetensors'], folder);
    expect(broken.status).toBe(1);
    expect(broken.stderr).toMatch(/^Failed: .*\(ERR_MCORE_DATA\)\n$/);
  });

  it('further renderings need rendered data', async () => {
    const args = ['train', '--data', 'FineDiving', '--render-variants', '2'];
    const { status, stderr } = await runMcore(args, folder);
    expect(status).toBe(2);
    expect(stderr).toContain(
      '--render-variants: expected --data rendered to draw 2 times, got finediving clips. (ERR_MCORE_ARGUMENT)',
    );
  });

  it('doctor says which engines work, and why the others do not', async () => {
    const { status, stdout } = await runMcore(['doctor', '--json'], folder);
    expect(status).toBe(0);
    const { engines, best } = JSON.parse(stdout) as { engines: { name: string; works: boolean }[]; best: string };
    const working = engines.filter(({ works }) => works).map(({ name }) => name);
    expect(working).toEqual(expect.arrayContaining(['wasm', 'cpu']));
    expect(working).toContain(best);
  });
});
