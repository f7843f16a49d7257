import { expect, it } from 'vitest';
import { readSafetensors, writeSafetensors } from './index.js';

it('smoke', () => {
  const bytes = writeSafetensors(
    {
      b: { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) },
      a: { dtype: 'I64', shape: [], data: BigInt64Array.of(-1n) },
    },
    { k: 'v' },
  );
  expect(readSafetensors(bytes).tensors).toEqual(
    new Map<string, unknown>([
      ['a', { dtype: 'I64', shape: [], data: BigInt64Array.of(-1n) }],
      ['b', { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) }],
    ]),
  );
});
