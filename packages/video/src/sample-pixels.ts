import type { FrameSize, Frames } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import type { VideoSample } from 'mediabunny';
import { withoutCombs } from './combing.js';
import type { FileColors } from './file-colors.js';
import { videoLimits } from './types.js';
import { uprightFrame } from './upright.js';
import { yuvLayout, yuvToRgb } from './yuv-to-rgb.js';

/** What is known of a file's pictures. */
export interface PictureFacts extends FileColors {
  /** Whether a picture may hold two fields, see `mayBeInterlaced`. */
  readonly interlaced: boolean;
}

/**
 * The pixels of a decoded frame, upright, in its coded size (not stretched to square pixels).
 *
 * @param facts - Colours as the file names them; `full` is what the decoder says where the file says nothing. Combs are removed from interlaced
 *   pictures.
 * @param leastSize - Lets one of several pixels be taken, as long as at least twice this size is left.
 * @returns `[1, height, width, 3]`.
 */
export async function pixelsOf(sample: VideoSample, facts: PictureFacts, leastSize?: FrameSize): Promise<Frames> {
  const { width, height } = sample.visibleRect;
  if (width * height > videoLimits.pixels) {
    throw new DataError(
      `readFrames: expected frames of at most ${videoLimits.pixels} pixels, got ${width} x ${height}.`,
    );
  }
  const layout = yuvLayout(sample.format ?? 'none');
  if (layout) {
    const bytes = new Uint8Array(sample.allocationSize());
    const planes = await sample.copyTo(bytes);
    const full = facts.full ?? sample.colorSpace.fullRange === true;
    const colors = { matrix: facts.matrix, full };
    // of an interlaced picture every second line is of another moment
    const step = leastSize && !facts.interlaced ? stepTo(leastSize, width, height) : 1;
    const coded = yuvToRgb({ bytes, planes, layout, width, height, colors }, step);
    const frame = facts.interlaced ? withoutCombs(coded) : coded;
    const isUpright = sample.rotation === 0 && !sample.flip;
    return isUpright
      ? frame
      : uprightFrame(frame.data, { stride: frame.width * 3, size: 3 }, frame.width, frame.height, sample);
  }
  return convertedElsewhere(sample, width, height);
}

/** The side of blocks of which one pixel each leaves at least twice this size, whichever way the picture is turned. */
function stepTo({ height: tall, width: wide }: FrameSize, width: number, height: number): number {
  return Math.max(1, Math.floor(Math.min(width, height) / (2 * Math.max(tall, wide))));
}

/** RGB already, or an unknown layout: the decoder converts it. */
async function convertedElsewhere(sample: VideoSample, width: number, height: number): Promise<Frames> {
  try {
    const rgba = new Uint8Array(sample.allocationSize({ format: 'RGBA' }));
    const [plane] = await sample.copyTo(rgba, { format: 'RGBA' });
    return uprightFrame(rgba.subarray(plane!.offset), { stride: plane!.stride, size: 4 }, width, height, sample);
  } catch (error) {
    // some browsers do not convert colours when they copy, but all of them do when they draw
    if (typeof OffscreenCanvas === 'undefined') throw error;
    return drawn(sample);
  }
}

function drawn(sample: VideoSample): Frames {
  const { displayWidth: width, displayHeight: height } = sample;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new DataError('readFrames: expected a 2d canvas to convert colours with, got none.');
  sample.draw(context, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return uprightFrame(bytes, { stride: width * 4, size: 4 }, width, height, { rotation: 0, flip: false });
}
