import type { Clip } from '@mcore/clips';
import { Random } from '@mcore/random';

/** A labelled clip as the renderer takes it. */
export interface RenderableClip extends Clip {
  /** First frame and name of each sub-action, ascending, where they are known; twists are rendered where the labels have them. */
  readonly subActions?: readonly { readonly frame: number; readonly name: string }[];
}

/** Frames at which things can be seen to happen, a few off the labels, as with people who label. */
export interface VisibleEvents {
  /** First frame in the air; may lie before the clip. */
  readonly takeOff: number;
  /** First frame in which hands (or feet) touch the water. */
  readonly entry: number;
}

/** Frames of a dive whose labels have no flight: the median of the 3,000 labels. */
const usualFlight = 37;

/** Two kinds of labels: most are careful, some are not. Deviations in frames for a flight of the usual length. */
export const labelNoise = { careful: 1.3, careless: 6.3, carelessShare: 0.16 } as const;

/**
 * Where the dive is seen to leave the board and to enter the water.
 *
 * @returns Whole frames; the entry at least six after the take-off and three before the clip's end.
 */
export function visibleEvents(clip: RenderableClip, seed: number | string): VisibleEvents {
  const [flight, entry] = labelledFlight(clip);
  const random = Random.for(seed, 'events', clip.id);
  const unit = Math.max(0.4, (entry - flight) / usualFlight);
  const offset = () => {
    const deviation = random.chance(labelNoise.carelessShare) ? labelNoise.careless : labelNoise.careful;
    return Math.round(random.normal(0, deviation) * Math.min(unit, 1.3));
  };
  const takeOff = flight + offset();
  const seenEntry = Math.min(clip.frameCount - 3, Math.max(takeOff + 6, entry + offset()));
  return { takeOff: Math.min(takeOff, seenEntry - 6), entry: seenEntry };
}

/** First frames of flight and entry as labelled; a clip without a flight is given one of usual length. */
export function labelledFlight(clip: RenderableClip): [number, number] {
  const entry = clip.transitions.at(-1) ?? Math.round(clip.frameCount / 2);
  const first = clip.transitions[0] ?? entry;
  return [first < entry ? first : entry - usualFlight, entry];
}
