import { project, type Viewpoint } from './camera.js';
import { drawDiver, type PictureMap } from './diver.js';
import type { Motion } from './motion.js';
import type { Surface } from './surface.js';
import { clamp } from './vector.js';
import type { Look } from './venue.js';

/** Share of a frame's time for which the picture is exposed; sports are filmed with short ones. */
const shutter = 0.3;

/**
 * The diver with the blur of the exposure, clear above the surface and faint below it (the other way round for a camera under water).
 *
 * @param seconds - Since the take-off.
 */
export function drawExposedDiver(
  { context, width, height }: Surface,
  view: Viewpoint,
  map: PictureMap,
  motion: Motion,
  look: Look,
  seconds: number,
): void {
  const wet = seconds - motion.flightSeconds;
  if (wet > 2.2) {
    return;
  }
  const body = motion.body(seconds);
  const blurred = seconds > 0 && wet < 0.2 ? (map.unit > 25 ? [-0.5, 0.5] : [-0.5]) : [];
  const ghosts = blurred.map((share) => motion.body(seconds + share * shutter * motion.frameSeconds));
  const detail = map.unit > 22 ? 2 : 1;
  const draw = (alpha: number) => {
    for (const ghost of ghosts) {
      context.globalAlpha = 0.36 * alpha;
      drawDiver(context, view, map, ghost, look, 1);
    }
    context.globalAlpha = alpha;
    drawDiver(context, view, map, body, look, detail);
    context.globalAlpha = 1;
  };
  if (wet < -0.3) {
    draw(view.kind === 'underwater' ? 0.12 : 1);
    return;
  }
  const surface = clamp(map.y(project(view, motion.entryPoint).v), 0, height);
  const under = view.kind === 'underwater';
  const faint = under ? 0.12 : 0.34 * clamp(1 - wet / 0.9, 0, 1);
  const bands = [
    { from: 0, to: surface, alpha: under ? faint : 1 },
    { from: surface, to: height, alpha: under ? 0.95 : faint },
  ];
  for (const { from, to, alpha } of bands) {
    if (to > from && alpha > 0.02) {
      context.save();
      context.beginPath();
      context.rect(0, from, width, to - from);
      context.clip();
      draw(alpha);
      context.restore();
    }
  }
}
