import { GraphBuilder } from './graph-builder.js';
import { WeightReader, type Weights } from './weights.js';

/** Options of all three exports. */
export interface OnnxOptions {
  /** Metadata of the file, strings by name, such as what it was trained on. */
  metadata?: Readonly<Record<string, string>>;
}

/** timm's epsilon of batch normalisation, which the released code keeps. */
const EPSILON = { float: 1e-5 };

/**
 * RegNet-Y as an ONNX file, with gate shifts if the weights have any.
 *
 * Input `frames`, normalised as ImageNet's are, `[batch, time, height, width, 3]`; output `features`,
 * `[batch, time, channels]`. Batch, time, height and width may be any. Batch normalisation uses running statistics; runtimes
 * fold it into the convolutions when they load the file.
 *
 * Sources: Radosavovic et al., "Designing Network Design Spaces", CVPR 2020; Sudhakaran et al., "Gate-Shift Networks for
 * Video Action Recognition", CVPR 2020.
 *
 * @param weights - Of the backbone alone under timm's names (`stem.conv.weight`, `s1.b1.conv1.gsm.bn.weight`, ...). Widths,
 *   depths and groups follow from them.
 * @returns The file's bytes.
 * @throws {@link WeightsError} naming a weight that is missing, is not the backbone's, or has the wrong number of values.
 */
export function backboneOnnx(weights: Weights, options: OnnxOptions = {}): Uint8Array {
  const reader = new WeightReader('backboneOnnx', weights);
  const network = new Backbone(reader);
  const channels = network.write();
  reader.assertAllUsed();
  return network.graph.encode({
    name: 'backbone',
    about: 'RegNet-Y with gate shifts: features of every frame of a clip',
    inputs: [
      {
        name: 'frames',
        shape: ['batch', 'time', 'height', 'width', 3],
        about: 'RGB in 0 .. 1, less (0.485, 0.456, 0.406), divided by (0.229, 0.224, 0.225)',
      },
    ],
    outputs: [{ name: 'features', shape: ['batch', 'time', channels], about: 'one vector a frame' }],
    metadata: options.metadata ?? {},
  });
}

class Backbone {
  readonly graph: GraphBuilder;
  readonly #weights: WeightReader;
  /** Frames of a clip, a vector of one number. */
  #time = '';

  constructor(weights: WeightReader) {
    this.#weights = weights;
    this.graph = new GraphBuilder(weights);
  }

  /** Writes the whole network; returns the number of channels of a feature. */
  write(): number {
    const { graph } = this;
    this.#time = graph.add('Shape', ['frames'], { start: 1, end: 2 });
    const rest = graph.add('Shape', ['frames'], { start: 2, end: 5 });
    const flat = graph.add('Reshape', ['frames', graph.add('Concat', [graph.integers(-1), rest], { axis: 0 })]);
    let x = graph.add('Transpose', [flat], { perm: [0, 3, 1, 2] }); // [B T, 3, H, W]
    x = this.#convolution('stem', x, { stride: 2, pad: 1 });
    const blocks = this.#blocks();
    for (const { name, isFirst } of blocks) x = this.#block(name, x, isFirst ? 2 : 1);
    const channels = this.#weights.shape(`${blocks.at(-1)?.name ?? 's1.b1'}.conv3.conv.weight`)[0]!;
    const pooled = graph.add('GlobalAveragePool', [x]); // [B T, C, 1, 1]
    const shape = graph.add('Concat', [graph.integers(-1), this.#time, graph.integers(channels)], { axis: 0 });
    graph.name(graph.add('Reshape', [pooled, shape]), 'features');
    return channels;
  }

  /** `s1.b1`, `s2.b1`, ... in the order they run, and which of them begin a stage. */
  #blocks(): { name: string; isFirst: boolean }[] {
    const blocks: { name: string; isFirst: boolean }[] = [];
    for (let stage = 1; this.#hasBlock(`s${stage}.b1`); stage++) {
      for (let block = 1; this.#hasBlock(`s${stage}.b${block}`); block++) {
        blocks.push({ name: `s${stage}.b${block}`, isFirst: block === 1 });
      }
    }
    return blocks;
  }

  #hasBlock(name: string): boolean {
    return this.#weights.has(`${name}.conv3.conv.weight`);
  }

  #block(name: string, x: string, stride: number): string {
    const { graph } = this;
    const shifts = this.#weights.has(`${name}.conv1.gsm.conv3D.weight`);
    let y = shifts ? this.#gateShift(`${name}.conv1.gsm`, x, this.#inputsOf(`${name}.conv1.net`)) : x;
    y = this.#convolution(`${name}.conv1${shifts ? '.net' : ''}`, y, {});
    y = this.#convolution(`${name}.conv2`, y, { stride, pad: 1 });
    y = this.#squeezeAndExcite(`${name}.se`, y);
    y = this.#convolution(`${name}.conv3`, y, { relu: false });
    const projects = this.#weights.has(`${name}.downsample.conv.weight`);
    const shortcut = projects ? this.#convolution(`${name}.downsample`, x, { stride, relu: false }) : x;
    return graph.add('Relu', [graph.add('Add', [y, shortcut])]);
  }

  #inputsOf(name: string): number {
    return this.#weights.shape(`${name}.conv.weight`)[1]!;
  }

  /** Convolution, normalisation, ReLU; the number of groups follows from the filter's input channels. */
  #convolution(name: string, x: string, { stride = 1, pad = 0, relu = true }): string {
    const { graph } = this;
    const [outputs, perGroup, size] = this.#weights.shape(`${name}.conv.weight`) as [number, number, number, number];
    // the one in the middle of a block is grouped: its filter has the channels of one group
    const group = name.endsWith('conv2') ? outputs / perGroup : 1;
    const convolved = graph.add('Conv', [x, graph.weight(`${name}.conv.weight`)], {
      kernel_shape: [size, size],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
      group,
    });
    const normalised = this.#normalise(`${name}.bn`, convolved);
    return relu ? graph.add('Relu', [normalised]) : normalised;
  }

  #normalise(name: string, x: string): string {
    const parts = ['weight', 'bias', 'running_mean', 'running_var'].map((part) => this.graph.weight(`${name}.${part}`));
    return this.graph.add('BatchNormalization', [x, ...parts], { epsilon: EPSILON });
  }

  #squeezeAndExcite(name: string, x: string): string {
    const { graph } = this;
    const dense = (layer: string, input: string) =>
      graph.add('Conv', [input, graph.weight(`${name}.${layer}.weight`), graph.weight(`${name}.${layer}.bias`)], {
        kernel_shape: [1, 1],
      });
    const squeezed = graph.add('Relu', [dense('fc1', graph.add('GlobalAveragePool', [x]))]);
    return graph.add('Mul', [x, graph.add('Sigmoid', [dense('fc2', squeezed)])]);
  }

  /** The first channels of `[B T, C, H, W]` send gated parts one frame back and forth; the others pass unchanged. */
  #gateShift(name: string, x: string, channels: number): string {
    const { graph } = this;
    const fold = this.#weights.shape(`${name}.bn.weight`)[0]!;
    const size = graph.add('Shape', [x], { start: 2, end: 4 });
    const [first, others] =
      fold < channels
        ? graph.addSeveral('Split', [x, graph.integers(fold, channels - fold)], 2, { axis: 1 })
        : [x, undefined];
    const clipShape = graph.add('Concat', [graph.integers(-1), this.#time, graph.integers(fold), size], { axis: 0 });
    const clips = graph.add('Transpose', [graph.add('Reshape', [first!, clipShape])], { perm: [0, 2, 1, 3, 4] }); // [B, F, T, H, W]
    const seen = graph.add('Relu', [this.#normalise(`${name}.bn`, clips)]);
    const gates = graph.add('Tanh', [
      graph.add('Conv', [seen, graph.weight(`${name}.conv3D.weight`), graph.weight(`${name}.conv3D.bias`)], {
        kernel_shape: [3, 3, 3],
        pads: [1, 1, 1, 1, 1, 1],
        group: 2,
      }),
    ]); // [B, 2, T, H, W]
    const halves = graph.addSeveral('Split', [clips], 2, { axis: 1 });
    const halfGates = graph.addSeveral('Split', [gates], 2, { axis: 1 });
    const fused = halves.map((half, index) => {
      const moving = graph.add('Mul', [half, halfGates[index]!]);
      const staying = graph.add('Sub', [half, moving]);
      return graph.add('Add', [index === 0 ? this.#back(moving) : this.#forth(moving), staying]);
    });
    const joined = graph.add('Concat', fused, { axis: 1 });
    const mixed = graph.add('Gather', [joined, graph.integers(...interleaved(fold))], { axis: 1 });
    const frames = graph.add('Transpose', [mixed], { perm: [0, 2, 1, 3, 4] }); // [B, T, F, H, W]
    const frameShape = graph.add('Concat', [graph.integers(-1, fold), size], { axis: 0 });
    const shifted = graph.add('Reshape', [frames, frameShape]);
    return others === undefined ? shifted : graph.add('Concat', [shifted, others], { axis: 1 });
  }

  /** Frame t takes t + 1, the last one zeros. */
  #back(x: string): string {
    const { graph } = this;
    const cut = graph.add('Slice', [x, graph.integers(1), graph.integers(Number.MAX_SAFE_INTEGER), graph.integers(2)]);
    return graph.add('Pad', [cut, graph.integers(0, 0, 0, 0, 0, 0, 0, 1, 0, 0)]);
  }

  /** Frame t takes t - 1, the first one zeros. */
  #forth(x: string): string {
    const { graph } = this;
    const cut = graph.add('Slice', [x, graph.integers(0), graph.integers(-1), graph.integers(2)]);
    return graph.add('Pad', [cut, graph.integers(0, 0, 1, 0, 0, 0, 0, 0, 0, 0)]);
  }
}

/** Source of each channel when the channels of either half, reshaped to (2, fold / 4), are transposed. */
function interleaved(fold: number): number[] {
  const quarter = fold / 4;
  return Array.from({ length: fold }, (_, channel) => {
    const half = Math.floor(channel / (2 * quarter));
    const inside = channel % (2 * quarter);
    return half * 2 * quarter + (inside % 2) * quarter + Math.floor(inside / 2);
  });
}
