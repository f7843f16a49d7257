import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeModel } from './onnx-model.js';

describe('encodeModel', () => {
  it('writes the same bytes as the onnx package', () => {
    // goldens/onnx-export.py
    const golden = readFileSync(new URL('__fixtures__/small.onnx', import.meta.url));
    const versions = /onnx \d+\.\d+\.\d+/.exec(golden.toString('latin1'))![0];
    const model = encodeModel({
      name: 'small',
      about: 'A graph für tests',
      nodes: [
        {
          operator: 'LayerNormalization',
          inputs: ['x', 'w'],
          outputs: ['normal'],
          attributes: { axis: { int: -1 }, epsilon: { float: 1e-5 } },
        },
        {
          operator: 'GRU',
          inputs: ['normal', '', 'shape'],
          outputs: ['y', 'last'],
          attributes: { direction: { text: 'bidirectional' } },
        },
        { operator: 'Conv', inputs: ['y', 'w'], outputs: ['out'], attributes: { pads: { ints: [0, 1, 300, -1] } } },
      ],
      tensors: [
        { name: 'w', shape: [1, 3], data: Float32Array.of(0.5, -2, 1e-3) },
        { name: 'shape', shape: [2], data: BigInt64Array.of(-1n, 2n ** 40n) },
        { name: 'scalar', shape: [], data: Float32Array.of(0.25) },
      ],
      inputs: [{ name: 'x', shape: ['batch', 3], about: 'what comes in' }],
      outputs: [{ name: 'out', shape: ['batch', 300], about: 'what goes out' }],
      metadata: { versions },
    });
    expect(Buffer.from(model).toString('hex')).toBe(golden.toString('hex'));
  });
});
