/** Sizes of a gate-shift. */
interface GateShift {
  readonly batch: number;
  readonly time: number;
  /** Positions in a frame, height times width. */
  readonly positions: number;
  /** Divisible by 4. */
  readonly channels: number;
}

/**
 * Gate-shift in plain JavaScript and float64, element by element from its definition: the first half of the channels
 * sends `gate * x` one frame back, the second half one frame forward, `x - gate * x` stays; then each half's channels,
 * seen as `(2, channels / 4)`, are transposed.
 *
 * Source: Sudhakaran et al., "Gate-Shift Networks for Video Action Recognition", CVPR 2020, section 3.
 *
 * @param x - `[batch, time, positions, channels]`.
 * @param gate - `[batch, time, positions, 2]`.
 * @returns Shaped like `x`.
 */
export function gateShift(x: ArrayLike<number>, gate: ArrayLike<number>, size: GateShift): Float64Array {
  const { batch, time, positions, channels } = size;
  const half = channels / 2;
  const quarter = channels / 4;
  const result = new Float64Array(x.length);
  /** `gate * x`, zero outside the clip. */
  const gated = (clip: number, frame: number, position: number, channel: number) => {
    if (frame < 0 || frame >= time) return 0;
    const at = (clip * time + frame) * positions + position;
    return gate[at * 2 + Math.floor(channel / half)]! * x[at * channels + channel]!;
  };
  for (let clip = 0; clip < batch; clip++)
    for (let frame = 0; frame < time; frame++)
      for (let position = 0; position < positions; position++)
        for (let channel = 0; channel < channels; channel++) {
          const at = ((clip * time + frame) * positions + position) * channels;
          const first = channel < half;
          const stays = x[at + channel]! - gated(clip, frame, position, channel);
          const comes = gated(clip, first ? frame + 1 : frame - 1, position, channel);
          const inHalf = channel % half;
          const target = (first ? 0 : half) + (inHalf % quarter) * 2 + Math.floor(inHalf / quarter);
          result[at + target] = stays + comes;
        }
  return result;
}
