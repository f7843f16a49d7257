import { ArgumentError } from '@mcore/errors';
import type { Random } from '@mcore/random';
import { assertFrames } from './frames.js';
import { type FrameSize, resampleFrames } from './resample.js';
import type { Frames } from './types.js';

/** How decoded frames become the network's input: resize, then cut a smaller rectangle. */
export interface FrameTransform {
  readonly resize: FrameSize;
  readonly crop: FrameSize;
}

/** Drawn once per clip: whether it is mirrored, and where its crop begins in the resized frame. */
export interface Augmentation {
  readonly flip: boolean;
  readonly top: number;
  readonly left: number;
}

/**
 * The two ways to make 112 x 112 pixels.
 *
 * - `paper`: 200 wide and 112 high, as in the methods the paper builds on (CoRe, TSA); the crop moves sideways.
 * - `released`: 112 wide and 200 high. The released code asks for (200, 112), and the version of torch_videovision it pins
 *   swaps the pair, so divers are squeezed, the crop moves up and down, and the test crop is rows 44 .. 155.
 */
export const frameTransforms: { readonly paper: FrameTransform; readonly released: FrameTransform } = {
  paper: { resize: { height: 112, width: 200 }, crop: { height: 112, width: 112 } },
  released: { resize: { height: 200, width: 112 }, crop: { height: 112, width: 112 } },
};

/**
 * A preset's transform at another size, for smaller and faster models. The resized frame keeps the preset's proportions.
 *
 * @param size - Height and width of the crop in pixels, at least 1.
 * @param preset - `'paper'`: size x 200/112 wide; `'released'`: size x 200/112 high.
 * @throws {@link ArgumentError} if `size` is not a whole number of at least 1.
 */
export function transformOfSize(size: number, preset: 'paper' | 'released' = 'paper'): FrameTransform {
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new ArgumentError(`transformOfSize: size must be a whole number of at least 1, got ${size}.`);
  }
  const long = Math.round((size * 200) / 112);
  const resize = preset === 'paper' ? { height: size, width: long } : { height: long, width: size };
  return { resize, crop: { height: size, width: size } };
}

/**
 * Draws a clip's augmentation: mirrored with probability 1/2, and a uniformly random position of the crop.
 *
 * @param random - Always consumes three numbers.
 */
export function chooseAugmentation(transform: FrameTransform, random: Random): Augmentation {
  assertTransform('chooseAugmentation', transform);
  const flip = random.chance(0.5);
  const top = random.integer(transform.resize.height - transform.crop.height + 1);
  const left = random.integer(transform.resize.width - transform.crop.width + 1);
  return { flip, top, left };
}

/** The crop used at test: the middle, unmirrored; halves round to even, as Python's `round` does. */
export function centerCrop(transform: FrameTransform): Augmentation {
  assertTransform('centerCrop', transform);
  return {
    flip: false,
    top: halfToEven(transform.resize.height - transform.crop.height),
    left: halfToEven(transform.resize.width - transform.crop.width),
  };
}

/**
 * Mirrors, resizes and crops frames. Resizing is byte-identical to Pillow's bilinear filter with antialiasing; only the pixels inside the
 * crop are computed.
 *
 * @param frames - `[count, height, width, 3]` of any size; not changed.
 * @param transform - From {@link frameTransforms} or {@link transformOfSize}, or your own.
 * @param choice - {@link chooseAugmentation} for training, `'center'` for testing.
 * @returns New frames of the crop's size.
 * @throws {@link ShapeError} if the data does not fit the frames' sizes; {@link ArgumentError} if the crop does not fit.
 */
export function transformFrames(frames: Frames, transform: FrameTransform, choice: Augmentation | 'center'): Frames {
  assertFrames('transformFrames', frames);
  assertTransform('transformFrames', transform);
  const { flip, top, left } = choice === 'center' ? centerCrop(transform) : choice;
  assertInside('top', top, transform.resize.height - transform.crop.height);
  assertInside('left', left, transform.resize.width - transform.crop.width);
  return resampleFrames(frames, transform.resize, { top, left, ...transform.crop }, flip);
}

/**
 * Resizes frames byte for byte as Pillow's `Image.resize((width, height), Image.BILINEAR)` does.
 *
 * @param frames - `[count, height, width, 3]`; not changed.
 * @param size - Height and width in pixels, at least 1 each.
 * @throws {@link ShapeError} if the data does not fit the frames' sizes; {@link ArgumentError} if the size is invalid.
 */
export function resizeFrames(frames: Frames, size: FrameSize): Frames {
  assertFrames('resizeFrames', frames);
  assertTransform('resizeFrames', { resize: size, crop: size });
  return resampleFrames(frames, size, { top: 0, left: 0, height: size.height, width: size.width }, false);
}

function assertTransform(caller: string, { resize, crop }: FrameTransform): void {
  const sizes = [resize.height, resize.width, crop.height, crop.width];
  if (!sizes.every((size) => Number.isSafeInteger(size) && size >= 1)) {
    throw new ArgumentError(`${caller}: sizes must be whole numbers of at least 1, got [${sizes.join(', ')}].`);
  }
  if (crop.height > resize.height || crop.width > resize.width) {
    throw new ArgumentError(
      `${caller}: the crop must fit into the resized frame, ${resize.width} x ${resize.height} pixels, got ` +
        `${crop.width} x ${crop.height}.`,
    );
  }
}

function assertInside(name: string, value: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < 0 || value > most) {
    throw new ArgumentError(`transformFrames: ${name} must be a whole number in 0 .. ${most}, got ${value}.`);
  }
}

function halfToEven(twice: number): number {
  const half = Math.floor(twice / 2);
  return twice % 2 === 0 ? half : half + (half % 2);
}
