import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeCheckpoint } from '@mcore/model';
import { readSafetensors, type SafeTensor, writeSafetensors } from '@mcore/safetensors';
import { fixturePath } from '@mcore/testing/fixtures';
import { runMcore } from '@mcore/testing/run-mcore';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'mcore-import-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Shapes = Record<string, number[]>;
// names and shapes at full size, from PyTorch and timm; goldens/model.py
const { released, timm } = JSON.parse(readFileSync(fixturePath('model', 'state-dicts.json'), 'utf8')) as {
  released: Record<string, Shapes>;
  timm: Shapes;
};

/** Tensors of the given shapes; all values of one are alike, and no two tensors have the same. */
function tensorsOf(shapes: Shapes): Map<string, SafeTensor> {
  return new Map(
    Object.entries(shapes).map(([name, shape], index): [string, SafeTensor] => {
      const size = shape.reduce((product, length) => product * length, 1);
      return name.endsWith('num_batches_tracked')
        ? [name, { dtype: 'I64', shape, data: new BigInt64Array(size).fill(7n) }]
        : [name, { dtype: 'F32', shape, data: new Float32Array(size).fill(1 + index / 1000) }];
    }),
  );
}

describe('mcore import', () => {
  it("takes timm's regnety_002: a table of what went where, statistics kept, a checkpoint that opens", async () => {
    const file = tensorsOf(timm);
    writeFileSync(join(folder, 'regnety_002.safetensors'), writeSafetensors(file, { format: 'pt' }));
    const { status, stdout, stderr } = await runMcore(
      ['import', 'regnety_002.safetensors', '--out', 'start.safetensors', '--preset', 'paper'],
      folder,
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.not.stringContaining('Failed') });
    expect(stdout).toMatch(/^from +to +shape\n/);
    expect(stdout).toMatch(
      /\ns1\.b1\.conv1\.bn\.running_mean +base_model\._features\.s1\.b1\.conv1\.net\.bn\.running_mean +\[24\]\n/,
    );
    const rows = Object.keys(timm).filter((name) => !/^head\.|num_batches_tracked$/.test(name)).length;
    expect(stdout).toContain(`${rows} tensors of a timm regnety_002.\n`);
    expect(stdout).toMatch(/\nNot needed: head\.fc\.(weight|bias), head\.fc\.(weight|bias)\.\n/);

    const { info, tensors } = decodeCheckpoint(readFileSync(join(folder, 'start.safetensors')));
    expect(info.config.preset).toBe('paper');
    expect(info.trainedOn).toBe('images, the backbone alone (regnety_002.safetensors)');
    for (const [from, to] of [
      ['stem.bn.running_var', 'stem.bn.running_var'],
      ['s3.b2.conv1.conv.weight', 's3.b2.conv1.net.conv.weight'],
      ['s4.b7.se.fc2.bias', 's4.b7.se.fc2.bias'],
    ] as const) {
      expect(tensors.get(`base_model._features.${to}`)!.data, to).toEqual(file.get(from)!.data);
    }
  });

  it('takes a whole state dict under the released names, as JSON for machines', async () => {
    const shapes = Object.entries(released).flatMap(([part, tensors]) =>
      Object.entries(tensors).map(([name, shape]) => [`${part}.module.${name}`, shape] as const),
    );
    const file = tensorsOf(Object.fromEntries(shapes));
    writeFileSync(join(folder, 'whole.safetensors'), writeSafetensors(file));
    const { status, stdout } = await runMcore(
      ['import', 'whole.safetensors', '--out', 'whole-out.safetensors', '--json'],
      folder,
    );
    expect(status).toBe(0);
    const result = JSON.parse(stdout) as { kind: string; preset: string; rows: unknown[]; initial: unknown[] };
    expect(result).toMatchObject({ kind: 'state dict', preset: 'released', initial: [], ignored: [], facts: {} });
    expect(result.rows).toHaveLength([...file.keys()].filter((name) => !name.endsWith('num_batches_tracked')).length);
    const { tensors } = readSafetensors(readFileSync(join(folder, 'whole-out.safetensors')));
    expect(tensors.get('decoder.model.2.attn.proj.bias')).toEqual(file.get('decoder.module.model.2.attn.proj.bias'));
  });

  it('names what is missing, extra or misshapen, ends with 1 and writes nothing', async () => {
    const file = tensorsOf(timm);
    file.delete('s2.b1.se.fc1.bias');
    file.set('s5.b1.conv1.conv.weight', { dtype: 'F32', shape: [1], data: new Float32Array(1) });
    file.set('stem.bn.bias', { dtype: 'F32', shape: [31], data: new Float32Array(31) });
    writeFileSync(join(folder, 'broken.safetensors'), writeSafetensors(file));
    const { status, stdout, stderr } = await runMcore(
      ['import', 'broken.safetensors', '--out', 'never.safetensors'],
      folder,
    );
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(
      'Failed: expected the 411 tensors of the model in broken.safetensors, got 1 missing (base_model._features.s2.b1.se.fc1.bias); 1 extra (s5.b1.conv1.conv.weight); 1 misshapen (stem.bn.bias must be [32], got [31]). (ERR_MCORE_WEIGHTS)',
    );
    expect(readdirSync(folder).filter((name) => name.startsWith('never'))).toEqual([]);
  });

  it('refuses files of other kinds with 1, wrong usage with 2', async () => {
    writeFileSync(join(folder, 'notes.pth'), 'not a checkpoint');
    const other = await runMcore(['import', 'notes.pth', '--out', 'never.safetensors'], folder);
    expect(other).toMatchObject({ status: 1, stdout: '' });
    expect(other.stderr).toMatch(/Failed: expected .*\(ERR_MCORE_DATA\)\n$/);
    const absent = await runMcore(['import', 'none.pth', '--out', 'never.safetensors'], folder);
    expect(absent).toMatchObject({
      status: 1,
      stderr: 'Failed: expected PyTorch weights in none.pth, got no such file. (ERR_MCORE_DATA)\n',
    });
    const usage = await runMcore(['import', 'notes.pth', '--out', 'x', '--preset', 'laptop'], folder);
    expect(usage.status).toBe(2);
    expect(usage.stderr).toContain("argument 'laptop' is invalid. Allowed choices are paper, released.");
    expect((await runMcore(['import', 'notes.pth'], folder)).status).toBe(2);
  });
});
