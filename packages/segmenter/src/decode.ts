import { type Logits, logitValues } from './logit-values.js';

/**
 * The most likely frame of every transition inside its own window, as in the authors' code. The clip is divided into K equal windows, one
 * per transition (for 96 frames and 2 transitions: frames 0 .. 47 and 48 .. 95).
 *
 * A transition outside its window is never found; 5.5 % of FineDiving's test clips have one. See {@link decodeOrdered}.
 * If the number of frames T is not a multiple of K, window k ends at the rounded k T / K.
 *
 * @param logits - `[batch, time, transitions]`, a tensor (read synchronously, which webgpu can't do in Node) or
 *   `await logits.array()`; time at least the number of transitions.
 * @returns Frame indices, `[batch][transitions]`, ascending; the earliest of equally likely frames.
 * @throws {@link ShapeError} if the shape is invalid; {@link ArgumentError} if a value is NaN or Infinity.
 */
export function decodeWindowed(logits: Logits): number[][] {
  return logitValues('decodeWindowed', logits).map((clip) => {
    const count = clip[0]!.length;
    const border = (window: number) => Math.round((window * clip.length) / count);
    return clip[0]!.map((_, transition) => {
      let best = border(transition);
      for (let frame = best + 1; frame < border(transition + 1); frame++) {
        if (clip[frame]![transition]! > clip[best]![transition]!) best = frame;
      }
      return best;
    });
  });
}

/**
 * The most likely frames t1 < t2 < ... of all transitions together. Maximises the sum of their log-probabilities under a softmax over
 * frames, by dynamic programming in time x transitions steps.
 *
 * The softmax divides every frame of a transition by the same sum, so the sum of logits has the same maximum. With `'paper'` logits (one
 * sigmoid per frame) this maximises the product of the odds.
 *
 * @param logits - `[batch, time, transitions]`, a tensor (read synchronously, which webgpu can't do in Node) or
 *   `await logits.array()`; time at least the number of transitions.
 * @returns Frame indices, `[batch][transitions]`, strictly ascending. Ties go to the choice whose first transition is earliest, then the
 * second, and so on.
 * @throws {@link ShapeError} if the shape is invalid; {@link ArgumentError} if a value is NaN or Infinity.
 */
export function decodeOrdered(logits: Logits): number[][] {
  return logitValues('decodeOrdered', logits).map(decodeClip);
}

function decodeClip(clip: readonly (readonly number[])[]): number[] {
  const [time, count] = [clip.length, clip[0]!.length];
  // best[t]: largest sum for transitions k, k + 1, ... when k lies at t or later; choice[k][t]: that k's frame
  let best = new Float64Array(time + 1);
  const choice = Array.from({ length: count }, () => new Int32Array(time + 1));
  for (let transition = count - 1; transition >= 0; transition--) {
    const after = best;
    const latest = time - (count - transition); // leaves a frame for each that follows
    best = new Float64Array(time + 1).fill(Number.NEGATIVE_INFINITY);
    for (let frame = latest; frame >= 0; frame--) {
      const sum = clip[frame]![transition]! + after[frame + 1]!;
      const better = frame === latest || sum >= best[frame + 1]!; // on a tie the earlier frame
      best[frame] = better ? sum : best[frame + 1]!;
      choice[transition]![frame] = better ? frame : choice[transition]![frame + 1]!;
    }
  }
  const frames: number[] = [];
  for (const row of choice) frames.push(row[(frames.at(-1) ?? -1) + 1]!);
  return frames;
}
