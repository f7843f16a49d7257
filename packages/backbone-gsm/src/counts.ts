import { ArgumentError } from '@mcore/errors';
import { blockSizes } from './block-sizes.js';
import { completeConfig, type GsmRegNetYConfig } from './config.js';
import { weightSpecs } from './weight-specs.js';

/**
 * Trainable parameters: all weights but the running statistics. 2,815,598 for the paper's backbone,
 * 2,793,996 without gate shifts.
 */
export function parameterCount(config: Partial<GsmRegNetYConfig>): number {
  return Object.values(weightSpecs(completeConfig(config)))
    .filter(({ trainable = true }) => trainable)
    .reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
}

/**
 * Multiplications (each with an addition) of all convolutions in one forward pass; twice as many floating-point
 * operations. As usual, batch normalisation, activations, pooling and the shifts themselves are not counted.
 *
 * @param frames - Total frames: clips x frames per clip.
 * @param height - Height of a frame in pixels.
 * @param width - Width of a frame in pixels.
 * @returns 5,666,967,552 for the paper's backbone and one clip of 96 frames of 112x112; 5,534,340,096 without gate
 * shifts.
 * @throws {@link ArgumentError} if a size is not a positive whole number.
 */
export function multiplyAdds(config: Partial<GsmRegNetYConfig>, frames: number, height: number, width: number): number {
  const sizes = { frames, height, width };
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isInteger(size) || size < 1) {
      throw new ArgumentError(`multiplyAdds: ${name} must be a positive whole number, got ${size}.`);
    }
  }
  const complete = completeConfig(config);
  let [rows, columns] = [halved(height), halved(width)];
  let total = rows * columns * 3 * 3 * 3 * complete.stemWidth;
  for (const block of blockSizes(complete)) {
    const { inputs, outputs, stride, groups, squeezed, fold } = block;
    const before = rows * columns;
    [rows, columns] = stride === 2 ? [halved(rows), halved(columns)] : [rows, columns];
    const after = rows * columns;
    total += before * 27 * fold; // two gates, each from half of the channels
    total += before * inputs * outputs;
    total += after * 9 * (outputs / groups) * outputs;
    total += 2 * outputs * squeezed;
    total += after * outputs * outputs;
    total += block.projected ? after * inputs * outputs : 0;
  }
  return frames * total;
}

/** Size after a stride of 2 with padding 1 under a 3x3 kernel. */
function halved(size: number): number {
  return Math.ceil(size / 2);
}
