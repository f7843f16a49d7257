import { Random } from '@mcore/random';
import type { Surface, SurfaceFactory } from './surface.js';

/** Edge of the noise tile in pixels. */
const noiseSize = 256;

/**
 * A tile of video noise: light and dark grains of about one pixel. Drawn over the picture at a place that changes with the frame.
 */
export function noiseTile(factory: SurfaceFactory): Surface {
  const surface = factory(noiseSize, noiseSize);
  const random = new Random('noise');
  const { context } = surface;
  // coarse grains first: compression leaves blotches, sensors single points
  for (const [size, count, alpha] of [
    [4, 900, 0.25],
    [2, 3200, 0.5],
    [1, 7000, 0.8],
  ] as const) {
    for (const color of ['255,255,255', '0,0,0']) {
      context.fillStyle = `rgba(${color},${alpha})`;
      context.beginPath();
      for (let grain = 0; grain < count; grain++) {
        context.rect(random.integer(noiseSize), random.integer(noiseSize), size, size);
      }
      context.fill();
    }
  }
  return surface;
}

/** Glints and troughs of moving water, 256 x 96, that repeat to the side. */
export function rippleTile(factory: SurfaceFactory): Surface {
  const surface = factory(256, 96);
  const random = new Random('ripples');
  const { context } = surface;
  for (let ripple = 0; ripple < 190; ripple++) {
    const y = random.uniform() ** 0.8 * 96;
    const near = 0.35 + y / 96;
    const x = random.uniform(0, 256);
    context.fillStyle = random.chance(0.62) ? 'rgba(255,255,255,0.5)' : 'rgba(0,30,60,0.45)';
    const [wide, tall] = [random.uniform(3, 15) * near, random.uniform(0.5, 1.3) * near];
    for (const shift of [-256, 0, 256]) {
      context.beginPath();
      context.ellipse(x + shift, y, wide, tall, 0, 0, 2 * Math.PI);
      context.fill();
    }
  }
  return surface;
}
