/** What films differ in and rendered recordings do not: light, colour, sharpness, zoom. One choice for a whole recording. */
import { Random } from '@mcore/random';
import { nodeCanvas } from '@mcore/rendered-dives/node';

/** Turns a drawn picture into RGB bytes, changed in the way that the seed draws, or not at all. */
export function picker(width, height, augmented, seed) {
  if (!augmented) return (picture) => rgb(picture.pixels());
  const random = Random.for(seed, 'augment');
  const target = nodeCanvas(width, height);
  const zoom = random.chance(0.6) ? random.uniform(0.62, 1.25) : 1;
  const [across, down] = [random.uniform(), random.uniform()];
  const flip = random.chance(0.5);
  const blur = random.chance(0.4) ? random.uniform(0.25, 0.7) : 1;
  const small = blur < 1 ? nodeCanvas(Math.round(width * blur), Math.round(height * blur)) : null;
  const gain = random.uniform(0.55, 1.35);
  const lift = random.uniform(-30, 30);
  const gamma = Math.exp(random.normal(0, 0.25));
  const tint = [0, 1, 2].map(() => Math.exp(random.normal(0, 0.1)));
  const saturation = random.uniform(0.2, 1.5);
  const noise = random.chance(0.4) ? random.uniform(2, 14) : 0;
  const tables = tint.map((part) =>
    Uint8ClampedArray.from({ length: 256 }, (_, level) => 255 * (level / 255) ** gamma * gain * part + lift),
  );
  let state = random.bits();
  /** Uniform in [-1, 1): quick numbers, of which a picture needs thousands. */
  const quick = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  return (picture) => {
    const { context } = target;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = 'black';
    context.fillRect(0, 0, width, height);
    if (flip) context.setTransform(-1, 0, 0, 1, width, 0);
    let from = picture;
    if (small) {
      small.context.drawImage(picture.image, 0, 0, small.width, small.height);
      from = small;
    }
    // below 1 a part fills the frame, above 1 bars are around it
    const [wide, tall] = [width / zoom, height / zoom];
    context.drawImage(
      from.image,
      0,
      0,
      from.width,
      from.height,
      (width - wide) * across,
      (height - tall) * down,
      wide,
      tall,
    );
    const data = rgb(target.pixels());
    for (let at = 0; at < data.length; at += 3) {
      const [r, g, b] = [data[at], data[at + 1], data[at + 2]];
      const grey = 0.3 * r + 0.59 * g + 0.11 * b;
      const grain = noise ? quick() * noise : 0;
      for (let part = 0; part < 3; part++) {
        const value = grey + ([r, g, b][part] - grey) * saturation + grain;
        data[at + part] = tables[part][Math.min(255, Math.max(0, Math.round(value)))];
      }
    }
    return data;
  };
}

function rgb(pixels) {
  const data = new Uint8Array((pixels.length / 4) * 3);
  for (let from = 0, to = 0; from < pixels.length; from += 4) {
    data[to++] = pixels[from];
    data[to++] = pixels[from + 1];
    data[to++] = pixels[from + 2];
  }
  return data;
}
