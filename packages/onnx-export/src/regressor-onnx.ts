import { ArgumentError } from '@mcore/errors';
import type { OnnxOptions } from './backbone-onnx.js';
import { GraphBuilder } from './graph-builder.js';
import { WeightReader, type Weights } from './weights.js';

/** Options of {@link regressorOnnx}. */
export interface RegressorOnnxOptions extends OnnxOptions {
  /** Attention heads, which can't be read from the weights. Default 8, as in the released code. */
  heads: number;
}

/** PyTorch's epsilon of layer normalisation. */
const EPSILON = { float: 1e-5 };

/**
 * The cross-attention regressor as an ONNX file: how much better the query was than the exemplar.
 *
 * Inputs `query` and `exemplar`, `[batch, stages, steps, channels]`, stage features; the query's batch may be 1 for any number of
 * exemplars. Outputs `relative_score`, `[batch]`, and `stage_scores`, `[batch, stages]`, whose mean over stages it is. All sizes
 * but channels may be any. A predicted score is the mean over exemplars of the exemplar's score plus `relative_score` (times
 * the model's `scoreScale`, where that is not 1).
 *
 * @param weights - Of the regressor alone under the released names (`decoder.model.0.norm_q.weight`, ...,
 *   `regressor_delta.layer1.weight`, ...).
 * @returns The file's bytes.
 * @throws {@link WeightsError} naming a weight that is missing, is not the regressor's, or has the wrong number of values;
 *   {@link ArgumentError} if the heads do not divide the channels.
 */
export function regressorOnnx(weights: Weights, options: RegressorOnnxOptions): Uint8Array {
  const reader = new WeightReader('regressorOnnx', weights);
  const graph = new GraphBuilder(reader);
  const channels = reader.shape('decoder.model.0.norm_q.weight')[0]!;
  const { heads } = options;
  if (!Number.isInteger(heads) || heads < 1 || channels % heads !== 0) {
    throw new ArgumentError(`regressorOnnx: heads must divide the ${channels} channels, got ${heads}.`);
  }
  let x = 'query';
  for (let block = 0; reader.has(`decoder.model.${block}.norm_q.weight`); block++) {
    x = decoderBlock(graph, `decoder.model.${block}`, x, { heads, perHead: channels / heads });
  }
  for (let layer = 1; reader.has(`regressor_delta.layer${layer}.weight`); layer++) {
    x = graph.linear(`regressor_delta.layer${layer}`, x);
    if (reader.has(`regressor_delta.layer${layer + 1}.weight`)) x = graph.add('Relu', [x]);
  }
  const perStage = graph.add('ReduceMean', [x], { axes: [2, 3], keepdims: 0 }); // [B, S, L, 1] -> [B, S]
  graph.name(perStage, 'stage_scores');
  graph.name(graph.add('ReduceMean', [perStage], { axes: [1], keepdims: 0 }), 'relative_score');
  reader.assertAllUsed();
  return graph.encode({
    name: 'regressor',
    about: "Cross-attention between a query's and an exemplar's stages: the difference of their scores",
    inputs: [
      { name: 'query', shape: ['queries', 'stages', 'steps', channels], about: "the query's stage features" },
      { name: 'exemplar', shape: ['batch', 'stages', 'steps', channels], about: "the exemplars' stage features" },
    ],
    outputs: [
      { name: 'relative_score', shape: ['batch'], about: "the query's score less the exemplar's" },
      {
        name: 'stage_scores',
        shape: ['batch', 'stages'],
        about: 'the same of every stage; relative_score is their mean',
      },
    ],
    metadata: options.metadata ?? {},
  });
}

/** `q += proj(attention(norm_q(q), norm_v(v)))`, then `q += fc2(GELU(fc1(norm2(q))))`; all `[B, S, L, C]`. */
function decoderBlock(
  graph: GraphBuilder,
  name: string,
  q: string,
  { heads, perHead }: { heads: number; perHead: number },
) {
  const norm = (layer: string, x: string) =>
    graph.add(
      'LayerNormalization',
      [x, graph.weight(`${name}.${layer}.weight`), graph.weight(`${name}.${layer}.bias`)],
      {
        axis: -1,
        epsilon: EPSILON,
      },
    );
  const byHead = (map: string, x: string, perm: number[]) => {
    const projected = graph.linear(`${name}.attn.${map}`, x, { bias: false });
    const split = graph.add('Reshape', [projected, graph.integers(0, 0, 0, heads, perHead)]); // [B, S, L, heads, C / heads]
    return graph.add('Transpose', [split], { perm });
  };
  const source = norm('norm_v', 'exemplar');
  const queries = byHead('q_map', norm('norm_q', q), [0, 1, 3, 2, 4]); // [B, S, heads, L, C / heads]
  const keys = byHead('k_map', source, [0, 1, 3, 4, 2]); // [B, S, heads, C / heads, L]
  const values = byHead('v_map', source, [0, 1, 3, 2, 4]);
  const scores = graph.add('Mul', [graph.add('MatMul', [queries, keys]), graph.scalar(1 / Math.sqrt(perHead))]);
  const mixed = graph.add('MatMul', [graph.add('Softmax', [scores], { axis: -1 }), values]);
  const joined = graph.add('Transpose', [mixed], { perm: [0, 1, 3, 2, 4] });
  const flat = graph.add('Reshape', [joined, graph.integers(0, 0, 0, -1)]);
  const attended = graph.add('Add', [q, graph.linear(`${name}.attn.proj`, flat)]);
  const inner = gelu(graph, graph.linear(`${name}.mlp.fc1`, norm('norm2', attended)));
  return graph.add('Add', [attended, graph.linear(`${name}.mlp.fc2`, inner)]);
}

/** `x (1 + erf(x / sqrt 2)) / 2`; ONNX has an operator for it only since version 20. */
function gelu(graph: GraphBuilder, x: string): string {
  const share = graph.add('Add', [
    graph.add('Erf', [graph.add('Mul', [x, graph.scalar(Math.SQRT1_2)])]),
    graph.scalar(1),
  ]);
  return graph.add('Mul', [graph.add('Mul', [x, share]), graph.scalar(0.5)]);
}
