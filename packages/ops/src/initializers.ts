import type { Random } from '@mcore/random';

/** Draws the values of a tensor of the given shape, row-major. */
export type Initializer = (shape: readonly number[], random: Random) => Float32Array;

/** One value for all elements. */
export function constant(value: number): Initializer {
  return (shape) => new Float32Array(sizeOf(shape)).fill(value);
}

/** Uniform in [-bound, bound). */
export function uniform(bound: number): Initializer {
  return (shape, random) => draw(shape, () => random.uniform(-bound, bound));
}

/** Normal with mean 0. */
export function normal(deviation: number): Initializer {
  return (shape, random) => draw(shape, () => random.normal(0, deviation));
}

/**
 * PyTorch's default for the weights of linear and convolution layers, `kaiming_uniform_(a=sqrt(5))`: uniform within
 * `1 / sqrt(fan in)`. Shapes are PyTorch's, `[out, in, ...kernel]`.
 */
export const kaimingUniform: Initializer = (shape, random) => uniform(1 / Math.sqrt(fanIn(shape)))(shape, random);

/** PyTorch's default for a bias: uniform within `1 / sqrt(fan in)`, with the fan in of its weight. */
export function biasUniform(weightShape: readonly number[]): Initializer {
  return uniform(1 / Math.sqrt(fanIn(weightShape)));
}

/** timm's RegNet: normal with deviation `sqrt(2 / fan out)`, where fan out is `kernel size * outputs / groups`. */
export function normalFanOut(groups = 1): Initializer {
  return (shape, random) => {
    const [outputs, , ...kernel] = shape;
    return normal(Math.sqrt((2 * groups) / (sizeOf(kernel) * outputs!)))(shape, random);
  };
}

function fanIn(shape: readonly number[]): number {
  return sizeOf(shape.slice(1));
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function draw(shape: readonly number[], next: () => number): Float32Array {
  return Float32Array.from({ length: sizeOf(shape) }, next);
}
