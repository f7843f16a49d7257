import { type Attribute, encodeModel, type OnnxNode, type OnnxTensor, type OnnxValue } from './onnx-model.js';
import type { WeightReader } from './weights.js';

/** Values of an attribute: plain numbers are integers, `{ float }` is a float. */
type AttributeValue = number | string | readonly number[] | { float: number };

/** Collects operations. Every method that adds one returns the name of its result. */
export class GraphBuilder {
  readonly #weights: WeightReader;
  readonly #nodes: OnnxNode[] = [];
  readonly #tensors = new Map<string, OnnxTensor>();

  /** @param weights - What {@link weight} takes tensors from. */
  constructor(weights: WeightReader) {
    this.#weights = weights;
  }

  /**
   * Adds an operation with one result.
   *
   * @param operator - Its name in ONNX.
   * @param inputs - Names of tensors; an empty one is an optional input left out.
   * @returns The result's name.
   */
  add(operator: string, inputs: readonly string[], attributes: Readonly<Record<string, AttributeValue>> = {}): string {
    return this.addSeveral(operator, inputs, 1, attributes)[0]!;
  }

  /** Adds an operation with several results. */
  addSeveral(
    operator: string,
    inputs: readonly string[],
    results: number,
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): string[] {
    const number = this.#nodes.length;
    const outputs = Array.from({ length: results }, (_, index) => `${operator}_${number}${index ? `_${index}` : ''}`);
    const encoded = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, attributeOf(value)]));
    this.#nodes.push({ operator, inputs, outputs, attributes: encoded });
    return outputs;
  }

  /** A weight under its own name, unchanged. */
  weight(name: string): string {
    return this.tensor(name, this.#weights.shape(name), this.#weights.data(name));
  }

  /** A weight of shape `[rows, columns]` turned into `[columns, rows]`: PyTorch's linear layers for ONNX's products. */
  transposed(name: string): string {
    const [rows, columns] = this.#weights.shape(name) as [number, number];
    const data = this.#weights.data(name);
    const turned = new Float32Array(data.length);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) turned[column * rows + row] = data[row * columns + column]!;
    }
    return this.tensor(`${name}.T`, [columns, rows], turned);
  }

  /** A constant tensor that is not a weight. */
  tensor(name: string, shape: readonly number[], data: Float32Array | BigInt64Array): string {
    this.#tensors.set(name, { name, shape, data });
    return name;
  }

  /** Whole numbers as a vector, for shapes, axes and indices; the same ones share a tensor. */
  integers(...values: number[]): string {
    return this.tensor(`integers ${values.join(' ')}`, [values.length], BigInt64Array.from(values, BigInt));
  }

  /** One number. */
  scalar(value: number): string {
    return this.tensor(`scalar ${value}`, [], Float32Array.of(value));
  }

  /** `x W + b` of a linear layer, on the last axis. */
  linear(name: string, x: string, { bias = true } = {}): string {
    const product = this.add('MatMul', [x, this.transposed(`${name}.weight`)]);
    return bias ? this.add('Add', [product, this.weight(`${name}.bias`)]) : product;
  }

  /** Gives a result the name that the file promises. */
  name(result: string, name: string): void {
    this.#nodes.push({ operator: 'Identity', inputs: [result], outputs: [name], attributes: {} });
  }

  /** The file. */
  encode(about: {
    name: string;
    about: string;
    inputs: readonly OnnxValue[];
    outputs: readonly OnnxValue[];
    metadata: Readonly<Record<string, string>>;
  }): Uint8Array {
    return encodeModel({ ...about, nodes: this.#nodes, tensors: [...this.#tensors.values()] });
  }
}

function attributeOf(value: AttributeValue): Attribute {
  if (typeof value === 'number') return { int: value };
  if (typeof value === 'string') return { text: value };
  return 'float' in value ? value : { ints: value };
}
