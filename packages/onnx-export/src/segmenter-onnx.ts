import type { OnnxOptions } from './backbone-onnx.js';
import { GraphBuilder } from './graph-builder.js';
import { WeightReader, type Weights } from './weights.js';

/**
 * The bidirectional GRU that scores every frame as every transition, as an ONNX file.
 *
 * Input `features`, `[batch, time, channels]`; output `logits`, `[batch, time, transitions]`, before any softmax. Batch and
 * time may be any. Dropout is left out, as at inference.
 *
 * @param weights - Of the segmenter alone under PyTorch's names (`_gru.weight_ih_l0`, ..., `_fc_out._fc_out.weight`).
 * @returns The file's bytes.
 * @throws {@link WeightsError} naming a weight that is missing, is not the segmenter's, or has the wrong number of values.
 */
export function segmenterOnnx(weights: Weights, options: OnnxOptions = {}): Uint8Array {
  const reader = new WeightReader('segmenterOnnx', weights);
  const graph = new GraphBuilder(reader);
  const [gates, channels] = reader.shape('_gru.weight_ih_l0') as [number, number];
  const hidden = gates / 3;
  const both = (part: string) => ['', '_reverse'].map((suffix) => reordered(reader.data(`_gru.${part}_l0${suffix}`)));
  const input = graph.tensor('_gru.weight_ih', [2, gates, channels], joined(both('weight_ih')));
  const recurrent = graph.tensor('_gru.weight_hh', [2, gates, hidden], joined(both('weight_hh')));
  const [inputBias, hiddenBias] = [both('bias_ih'), both('bias_hh')];
  const biases = [0, 1].map((direction) => joined([inputBias[direction]!, hiddenBias[direction]!]));
  const bias = graph.tensor('_gru.bias', [2, 2 * gates], joined(biases));
  const byTime = graph.add('Transpose', ['features'], { perm: [1, 0, 2] }); // [T, B, C]
  const states = graph.add('GRU', [byTime, input, recurrent, bias], {
    direction: 'bidirectional',
    hidden_size: hidden,
    // the reset gate acts on the hidden side's product with its bias, as in PyTorch
    linear_before_reset: 1,
  }); // [T, 2, B, H]
  const turned = graph.add('Transpose', [states], { perm: [2, 0, 1, 3] }); // [B, T, 2, H]
  const flat = graph.add('Reshape', [turned, graph.integers(0, 0, -1)]); // [B, T, 2 H]
  graph.name(graph.linear('_fc_out._fc_out', flat), 'logits');
  reader.assertAllUsed();
  return graph.encode({
    name: 'segmenter',
    about: 'Bidirectional GRU: scores of every frame for being a transition',
    inputs: [{ name: 'features', shape: ['batch', 'time', channels], about: "the backbone's, one vector a frame" }],
    outputs: [
      {
        name: 'logits',
        shape: ['batch', 'time', reader.shape('_fc_out._fc_out.weight')[0]!],
        about: 'the higher, the likelier that a stage begins here',
      },
    ],
    metadata: options.metadata ?? {},
  });
}

/** PyTorch's gates r, z, n in ONNX's order z, r, n; each is a third of the numbers. */
function reordered(data: Float32Array): Float32Array {
  const third = data.length / 3;
  return joined([data.subarray(third, 2 * third), data.subarray(0, third), data.subarray(2 * third)]);
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    all.set(part, position);
    position += part.length;
  }
  return all;
}
