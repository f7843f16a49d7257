import { readImage } from '@mcore/video/node';

/** Names of folders with masks, such as those of FineDiving-HM. */
const MASK_NAME = /mask|(^|[-_. ])hm$/i;

/** Whether a folder's name says that it holds masks. */
export function isNamedMasks(name: string): boolean {
  return MASK_NAME.test(name);
}

/** How far from black or white a pixel of a mask may be, since JPEG smears edges, and how many pixels may be farther. */
const NEAR = 24;
const MOST_FAR = 0.05;

/**
 * Whether images are masks of the diver instead of frames: nearly all pixels are black or white, and one image has both.
 *
 * @param paths - Some images of one clip; none are no masks.
 */
export async function areMasks(paths: readonly string[]): Promise<boolean> {
  let both = false;
  for (const path of paths) {
    const image = await readImage(path).catch(() => undefined);
    if (image === undefined) return false;
    const { data } = image;
    let [black, white] = [0, 0];
    for (const value of data) {
      if (value <= NEAR) black++;
      else if (value >= 255 - NEAR) white++;
    }
    if (black + white < (1 - MOST_FAR) * data.length) return false;
    both ||= Math.min(black, white) > 0.001 * data.length;
  }
  return both;
}
