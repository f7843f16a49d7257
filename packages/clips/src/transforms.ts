import { ArgumentError } from '@mcore/errors';
import type { Random } from '@mcore/random';
import { assertFrames } from './frames.js';
import { type FrameSize, resampleFrames } from './resample.js';
import type { Frames } from './types.js';

/** How decoded frames become the network's input: resized to one size, of which a smaller rectangle is cut. */
export interface FrameTransform {
  readonly resize: FrameSize;
  readonly crop: FrameSize;
}

/** What is drawn once for a whole clip: whether it is mirrored, and where its crop begins in the resized frame. */
export interface Augmentation {
  readonly flip: boolean;
  readonly top: number;
  readonly left: number;
}

/**
 * The two ways to make 112 x 112 pixels.
 *
 * - `paper`: 200 wide and 112 high, as the paper's lineage (CoRe, TSA) means it; the crop moves sideways.
 * - `released`: 112 wide and 200 high. The released code asks for (200, 112), and the version of torch_videovision it pins
 *   swaps the pair, so its divers are squeezed, its crop moves up and down, and its test crop is rows 44 .. 155.
 */
export const frameTransforms: { readonly paper: FrameTransform; readonly released: FrameTransform } = {
  paper: { resize: { height: 112, width: 200 }, crop: { height: 112, width: 112 } },
  released: { resize: { height: 200, width: 112 }, crop: { height: 112, width: 112 } },
};

/**
 * A preset's transform in another size, for smaller and faster models: the resized frame keeps the preset's proportions.
 *
 * @param size - Height and width of the crop in pixels, at least 1.
 * @param preset - `'paper'`: size x 200/112 wide; `'released'`: as much high.
 * @throws {@link ArgumentError} if `size` is not such a whole number.
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
 * Draws a clip's augmentation: mirrored or not with even chances, and any place of the crop, each equally likely.
 *
 * @param random - Its next three numbers are used, always three.
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
 * Mirrors, resizes and crops frames. The resizing equals Pillow's bilinear one with antialiasing to the byte; only the pixels
 * inside the crop are computed.
 *
 * @param frames - Of any size, `[count, height, width, 3]`; not changed.
 * @param transform - One of {@link frameTransforms}, of {@link transformOfSize}, or your own.
 * @param choice - {@link chooseAugmentation} for training, `'center'` for testing.
 * @returns New frames of the crop's size.
 * @throws {@link ShapeError} if the frames do not have the bytes they say; {@link ArgumentError} if the crop does not fit.
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
 * Resizes frames as Pillow's `Image.resize((width, height), Image.BILINEAR)` does, to the byte.
 *
 * @param frames - `[count, height, width, 3]`; not changed.
 * @param size - In pixels, at least 1 each way.
 * @throws {@link ShapeError} if the frames do not have the bytes they say; {@link ArgumentError} if the size is no size.
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
