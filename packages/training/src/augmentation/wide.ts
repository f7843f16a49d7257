import type { FrameSize, Frames } from '@mcore/clips';
import type { Random } from '@mcore/random';
import { drawCamera, filmed } from './camera.js';
import { changeLight } from './light.js';
import { overlay } from './overlay.js';
import { block, blur, ghost, grain, randomFilter } from './picture-quality.js';
import { textureRegions } from './texture.js';

/**
 * How clips are varied in training. `plain`: mirrored and cropped. `wide`: as if filmed elsewhere too, by {@link varyPictures}, and cut and
 * played otherwise, by `drawTimeWarp`, so that film is one more variation of rendered dives.
 */
export const augmentations = ['plain', 'wide'] as const;

/** One of {@link augmentations}. */
export type AugmentationKind = (typeof augmentations)[number];

/** Share of clips whose pictures are filmed by another camera and else as they are. */
const UNCHANGED = 0.15;

/** The changes of pictures in the order they are made, after the camera's; each with the share of clips that get it. */
export const pictureChanges: readonly {
  name: string;
  share: number;
  change: (frames: Frames, random: Random) => void;
}[] = [
  { name: 'texture', share: 0.45, change: textureRegions },
  { name: 'filter', share: 0.2, change: randomFilter },
  { name: 'light', share: 0.75, change: changeLight },
  { name: 'ghost', share: 0.15, change: ghost },
  { name: 'blur', share: 0.2, change: blur },
  { name: 'overlay', share: 0.35, change: overlay },
  { name: 'block', share: 0.25, change: block },
  { name: 'grain', share: 0.35, change: grain },
];

/**
 * Varies the pictures of a clip: another camera, then each of {@link pictureChanges} with its share. Every change is drawn once for the clip, so that
 * the clip stays one shot.
 *
 * @param frames - Resized, not yet cropped; not changed.
 * @param crop - Size of the result.
 * @returns New frames.
 */
export function varyPictures(frames: Frames, crop: FrameSize, random: Random): Frames {
  const varied = filmed(frames, drawCamera(random), crop);
  if (random.chance(UNCHANGED)) return varied;
  for (const { share, change } of pictureChanges) if (random.chance(share)) change(varied, random);
  return varied;
}
