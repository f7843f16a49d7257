import { readSafetensors, type SafeTensor, toFloat32, writeSafetensors } from '@mcore/safetensors';
import { fixtureBytes } from '@mcore/testing/fixtures';
import { describe, expect, it } from 'vitest';
import { isPickledArray, type NumericArray, type PickleValue, readTorchCheckpoint } from './index.js';

const torchNames = {
  F64: 'torch.float64',
  F32: 'torch.float32',
  F16: 'torch.float16',
  BF16: 'torch.bfloat16',
  I64: 'torch.int64',
  I32: 'torch.int32',
  I16: 'torch.int16',
  I8: 'torch.int8',
  U8: 'torch.uint8',
  BOOL: 'torch.bool',
} as const;

/** As `describe` of goldens/pickle-files.py writes values. */
function describeValue(value: PickleValue): unknown {
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, item]) => [String(key), describeValue(item)]));
  if (Array.isArray(value)) return value.map(describeValue);
  if (typeof value !== 'object' || value === null || !isPickledArray(value)) return value;
  const { dtype, shape, data } = value as SafeTensor;
  const exact =
    dtype === 'F64' || dtype === 'I64' ? Array.from(data as Float64Array, Number) : [...toFloat32(value as SafeTensor)];
  return [torchNames[dtype as keyof typeof torchNames], shape, exact];
}

function golden(name: string): unknown {
  return JSON.parse(new TextDecoder().decode(fixtureBytes('pickle', `${name}.json`))).content;
}

function get(value: PickleValue, ...path: PickleValue[]): PickleValue {
  return path.reduce((inner, key) => (inner as Map<PickleValue, PickleValue>).get(key)!, value);
}

describe('readTorchCheckpoint: what torch.save wrote, tolerance 0', () => {
  it.each([
    ['released', 'zip'],
    ['released', 'legacy'],
    ['strides', 'zip'],
    ['strides', 'legacy'],
    ['strides', 'deflated'],
  ])('%s, %s', (name, format) => {
    const value = readTorchCheckpoint(fixtureBytes('pickle', `${name}-${format}.pth`));
    expect(describeValue(value)).toEqual(golden(name));
  });

  it('keeps the order of keys, their types and the optimizer', () => {
    const value = readTorchCheckpoint(fixtureBytes('pickle', 'released-legacy.pth'));
    expect([...(value as Map<string, unknown>).keys()]).toEqual([
      'base_model',
      'psnet_model',
      'decoder',
      'regressor_delta',
      'optimizer',
      'epoch',
      'epoch_best_aqa',
      'rho_best',
      'L2_min',
    ]);
    expect(get(value, 'rho_best')).toBe(0.9232);
    expect([...(get(value, 'decoder') as Map<string, unknown>).keys()]).toEqual(['module.weight']);
    const moment = get(value, 'optimizer', 'state', 0, 'exp_avg') as NumericArray<'F32'>;
    expect(moment.shape).toEqual([2, 3, 1, 1]);
    const [group] = get(value, 'optimizer', 'param_groups') as PickleValue[];
    expect(get(group!, 'betas')).toEqual([0.9, 0.999]);
  });

  it('tensors that are views of one storage share memory', () => {
    const value = readTorchCheckpoint(fixtureBytes('pickle', 'strides-zip.pth'));
    const base = get(value, 'base') as NumericArray<'F32'>;
    const offset = get(value, 'offset') as NumericArray<'F32'>;
    offset.data[0] = -1;
    expect(base.data[16]).toBe(-1);
    const transposed = get(value, 'transposed') as NumericArray<'F32'>;
    transposed.data[0] = -2;
    expect(base.data[0]).toBe(0);
  });

  it('a state dict can be written as safetensors as it is', () => {
    const state = get(readTorchCheckpoint(fixtureBytes('pickle', 'released-zip.pth')), 'psnet_model') as Map<
      string,
      SafeTensor
    >;
    const { tensors } = readSafetensors(writeSafetensors(state));
    expect(Object.fromEntries(tensors)).toEqual(Object.fromEntries(state));
  });
});
