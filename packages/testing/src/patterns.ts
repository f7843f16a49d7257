import type { Frames } from '@mcore/clips';

/** The images that goldens/clips.py gives to Pillow, `[1, height, width, 3]`. */
export function pattern(kind: string, height: number, width: number): Frames {
  const data = Uint8Array.from({ length: height * width * 3 }, (_, index) => {
    const channel = index % 3;
    const x = Math.floor(index / 3) % width;
    const y = Math.floor(index / 3 / width);
    if (kind === 'noise') {
      let mixed = Math.imul(index, 2654435761) >>> 0;
      mixed = Math.imul(mixed ^ (mixed >>> 15), 2246822519) >>> 0;
      return (mixed ^ (mixed >>> 13)) >>> 24;
    }
    if (kind === 'extremes') return ((Math.floor(x / 3) + Math.floor(y / 2) + channel) % 2) * 255;
    const wave = (x * 5 + y * 3 + channel * 40 + Math.floor((x * y) / 16)) % 511;
    return Math.min(wave, 511 - wave);
  });
  return { data, count: 1, height, width };
}

/** Several images of one size as the frames of a clip. */
export function stack(images: readonly Frames[]): Frames {
  const { height, width } = images[0]!;
  const data = new Uint8Array(images.length * height * width * 3);
  for (const [index, image] of images.entries()) data.set(image.data, index * height * width * 3);
  return { data, count: images.length, height, width };
}
