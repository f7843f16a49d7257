import { project, type Viewpoint } from './camera.js';
import type { PictureMap } from './diver.js';
import { drawSurface, type Surface } from './surface.js';
import { poolEdge } from './tower.js';

/** Width of the tile of ripples in metres of the diver's plane. */
const tileMetres = 6.5;

/** Where the water begins in the picture (height of its far edge), the picture's left edge, both metres in the diver's plane, and the time. */
export interface RippleState {
  readonly waterline: number;
  readonly left: number;
  readonly seconds: number;
}

/** Two layers of glints that drift against each other over the water, and not over the deck below the boards. */
export function drawRipples(
  { context, width, height }: Surface,
  tile: Surface,
  view: Viewpoint,
  map: PictureMap,
  { waterline, left, seconds }: RippleState,
): void {
  const top = map.y(waterline);
  if (top >= height) {
    return;
  }
  const tileWidth = tileMetres * map.unit;
  const tileHeight = Math.max(2.2 * map.unit, height - top);
  const ends = [-9, 9].map((z) => project(view, [poolEdge, 0, z])).sort((a, b) => b.v - a.v);
  const beyond = view.right[0] > 0 ? 9 * width : -9 * width;
  context.save();
  context.beginPath();
  context.moveTo(map.x(ends[0]!.u), top);
  context.lineTo(map.x(ends[1]!.u), Math.max(height, map.y(ends[1]!.v)));
  context.lineTo(beyond, Math.max(height, map.y(ends[1]!.v)));
  context.lineTo(beyond, top);
  context.clip();
  context.globalAlpha = 0.34;
  for (const [speed, from] of [
    [0.55, 0],
    [-0.4, 3.1],
  ] as const) {
    const shift = (((speed * seconds + from - left) % tileMetres) + tileMetres) % tileMetres;
    for (let x = shift * map.unit - tileWidth; x < width; x += tileWidth) {
      drawSurface(context, tile, [0, 0, 256, 96], [x, top, tileWidth, tileHeight]);
    }
  }
  context.restore();
}
