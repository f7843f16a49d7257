import { float32ToFloat16, type SafeTensor } from '@mcore/safetensors';
import { fixtureBytes, readFixture } from '@mcore/testing/fixtures';
import { describe, expect, it } from 'vitest';
import { pytorchStateDict, pytorchStateDicts } from './index.js';

const { tensors } = readFixture('model', 'released');

describe('pytorchStateDict', () => {
  it('adds a batch counter to every pair of running statistics, and changes nothing else', () => {
    const state = pytorchStateDict(tensors);
    for (const [name, tensor] of tensors) expect(state.get(name), name).toEqual(tensor);
    const added = [...state.keys()].filter((name) => !tensors.has(name));
    const variances = [...tensors.keys()].filter((name) => name.endsWith('running_var'));
    expect(added).toEqual(variances.map((name) => name.replace('running_var', 'num_batches_tracked')));
    expect(state.get(added[0]!)).toEqual({ dtype: 'I64', shape: [], data: BigInt64Array.of(0n) });
  });

  it('widens half precision', () => {
    const half: SafeTensor = { dtype: 'F16', shape: [2], data: float32ToFloat16(Float32Array.of(0.5, -2)) };
    expect(pytorchStateDict(new Map([['x', half]])).get('x')).toEqual({
      dtype: 'F32',
      shape: [2],
      data: Float32Array.of(0.5, -2),
    });
  });
});

describe('pytorchStateDicts', () => {
  it('has exactly the names and shapes of PyTorch at full size, batch counters included', () => {
    const { released } = JSON.parse(new TextDecoder().decode(fixtureBytes('model', 'state-dicts.json'))) as {
      released: Record<string, Record<string, number[]>>;
    };
    const all = Object.entries(released).flatMap(([part, shapes]) =>
      Object.entries(shapes)
        .filter(([name]) => !name.endsWith('num_batches_tracked'))
        .map(([name, shape]): [string, SafeTensor] => {
          const size = shape.reduce((product, length) => product * length, 1);
          return [`${part}.${name}`, { dtype: 'F32', shape, data: new Float32Array(size) }];
        }),
    );
    const parts = pytorchStateDicts(new Map(all));
    const shapes = (state: Map<string, SafeTensor>) =>
      Object.fromEntries([...state].map(([name, { shape }]) => [name, shape]));
    expect(Object.fromEntries([...parts].map(([part, state]) => [part, shapes(state)]))).toEqual(released);
  });
});
