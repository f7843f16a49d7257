import type { Frames } from '@mcore/clips';
import type { Random } from '@mcore/random';

/**
 * Changes light and colours of a clip in place: from a dark arena to glare (gain 0.5 to 1.6, gamma 0.6 to 1.6, lifted blacks), hue turned, colours
 * strengthened or nearly taken away, a cast of the light, and exposure that drifts over the clip.
 */
export function changeLight({ data, count }: Frames, random: Random): void {
  const gamma = 2 ** random.uniform(-0.7, 0.7);
  const gain = 2 ** random.uniform(-1, 0.7);
  const lift = random.chance(0.3) ? random.uniform(0, 50) : random.uniform(-12, 12);
  const cast = [0, 1, 2].map(() => 1 + random.normal(0, 0.1));
  const tables = cast.map((factor) =>
    Float32Array.from({ length: 256 }, (_, value) => 255 * factor * gain * (value / 255) ** gamma + lift),
  );
  const mix = colorMatrix(
    random.chance(0.75) ? random.normal(0, 0.3) : random.uniform(-Math.PI, Math.PI),
    random.uniform(0.1, 1.6),
  );
  const drift = random.chance(0.3) ? random.uniform(-0.35, 0.35) : 0;
  const area = data.length / count;
  for (let frame = 0; frame < count; frame++) {
    const exposure = 1 + drift * (frame / count - 0.5);
    for (let at = frame * area; at < (frame + 1) * area; at += 3) {
      const red = tables[0]![data[at]!]! * exposure;
      const green = tables[1]![data[at + 1]!]! * exposure;
      const blue = tables[2]![data[at + 2]!]! * exposure;
      data[at] = byte(mix[0]! * red + mix[1]! * green + mix[2]! * blue);
      data[at + 1] = byte(mix[3]! * red + mix[4]! * green + mix[5]! * blue);
      data[at + 2] = byte(mix[6]! * red + mix[7]! * green + mix[8]! * blue);
    }
  }
}

/** Turns hue around the grey axis by an angle and scales saturation; grey stays grey. */
export function colorMatrix(angle: number, saturation: number): number[] {
  const [sin, cos] = [Math.sin(angle) * saturation, Math.cos(angle) * saturation];
  const [third, root] = [1 / 3, Math.sqrt(1 / 3)];
  // rotation about (1, 1, 1), its part across the axis scaled
  const same = third + cos * (1 - third);
  const one = third - cos * third - sin * root;
  const other = third - cos * third + sin * root;
  return [same, one, other, other, same, one, one, other, same];
}

/** Rounds into 0 .. 255. */
export function byte(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
}
