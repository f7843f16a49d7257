import type { Frames } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import type { VideoSample } from 'mediabunny';
import { videoLimits } from './types.js';
import { uprightFrame } from './upright.js';

/**
 * The pixels of a decoded frame, upright, in its coded size (not stretched to square pixels).
 *
 * @returns `[1, height, width, 3]`.
 */
export async function rgbaOf(sample: VideoSample): Promise<Frames> {
  const { width, height } = sample.visibleRect;
  if (width * height > videoLimits.pixels) {
    throw new DataError(`readFrames: wanted frames of at most ${videoLimits.pixels} pixels, got ${width} x ${height}.`);
  }
  try {
    const rgba = new Uint8Array(sample.allocationSize({ format: 'RGBA' }));
    const [plane] = await sample.copyTo(rgba, { format: 'RGBA' });
    return uprightFrame(rgba.subarray(plane!.offset), plane!.stride, width, height, sample);
  } catch (error) {
    // some browsers do not convert colours when they copy, but all of them do when they draw
    if (typeof OffscreenCanvas === 'undefined') throw error;
    return drawn(sample);
  }
}

function drawn(sample: VideoSample): Frames {
  const { displayWidth: width, displayHeight: height } = sample;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new DataError('readFrames: wanted a 2d canvas to convert colours with, got none.');
  sample.draw(context, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return uprightFrame(bytes, width * 4, width, height, { rotation: 0, flip: false });
}
