import { drawBar, drawBox, drawRailing } from './box.js';
import type { Viewpoint } from './camera.js';
import type { PictureMap } from './diver.js';
import type { DrawingContext } from './surface.js';
import type { Vector } from './vector.js';
import { blend, css, type Venue } from './venue.js';

/** Metres to both sides of the middle at which two partners dive. */
export const partnerOffset = { springboard: 1.1, platform: 0.85 } as const;

const halfWidth = 1.5;

/** Where the pool ends below the boards, metres along x. */
export const poolEdge = -1.5;

/** Everything of concrete, drawn once: platforms, their column, the stands of springboards. */
export function drawTower(
  context: DrawingContext,
  view: Viewpoint,
  map: PictureMap,
  venue: Venue,
  springboard: boolean,
): void {
  const { concrete } = venue;
  const near = view.position[2] >= 0 ? 1 : -1;
  const rail = css([206, 212, 218], 0.9);
  // the pool ends below the boards
  drawBox(context, view, map, { from: [-16, -0.3, -9], to: [poolEdge, 0.12, 9] }, blend(venue.deck, venue.wall, 0.25));
  const platform = (height: number, side: number, edge: number, wide: number) => {
    drawBox(context, view, map, { from: [-7, height - 0.3, side - wide], to: [edge, height, side + wide] }, concrete);
    drawRailing(context, view, map, [-6.8, height, side - near * wide], [edge - 0.9, height, side - near * wide], rail);
  };
  if (springboard) {
    drawBox(context, view, map, { from: [-9, 0.1, -2.6], to: [-4.6, 0.5, 2.6] }, venue.deck);
    for (const side of [-1, 1].sort((a, b) => a * near - b * near)) {
      const z = side * partnerOffset.springboard;
      drawBox(context, view, map, { from: [-4.9, 0, z - 0.3], to: [-4.1, 2.6, z + 0.3] }, concrete);
      drawBox(context, view, map, { from: [-2.6, 0, z - 0.24], to: [-2.2, 2.74, z + 0.24] }, concrete);
      drawRailing(context, view, map, [-4.9, 2.9, z - near * 0.4], [-2.6, 2.9, z - near * 0.4], rail);
    }
    return;
  }
  // the lower platforms stand aside, as no two may lie above each other
  const sides: readonly [height: number, side: number, edge: number][] = [
    [7.5, -near * 3.6, -0.8],
    [5, near * 3.4, -1.4],
  ];
  const lower = ([height, side, edge]: (typeof sides)[number], wide: number) => {
    drawBox(context, view, map, { from: [-6.4, 0, side - 0.35], to: [-5.2, height - 0.3, side + 0.35] }, concrete);
    platform(height, side, edge, wide);
  };
  lower(sides[0]!, 1.1);
  drawBox(context, view, map, { from: [-6.6, 0, -0.9], to: [-4.4, 9.7, 0.9] }, concrete);
  platform(10, 0, 0, halfWidth);
  lower(sides[1]!, 0.9);
}

/** The platform once more, over the diver: from below it hides the feet of who stands on it. */
export function drawPlatformEdge(context: DrawingContext, view: Viewpoint, map: PictureMap, venue: Venue): void {
  const side = (view.position[2] >= 0 ? 1 : -1) * halfWidth;
  drawBox(context, view, map, { from: [-7, 9.7, -halfWidth], to: [0, 10, halfWidth] }, venue.concrete);
  drawRailing(context, view, map, [-6.8, 10, side], [-0.9, 10, side], css([206, 212, 218], 0.9));
}

/** A springboard, bent down at its tip by `press` metres. */
export function drawSpringboard(
  context: DrawingContext,
  view: Viewpoint,
  map: PictureMap,
  side: number,
  press: number,
  venue: Venue,
): void {
  const parts = map.unit > 22 ? 7 : 4;
  for (let part = 0; part < parts; part++) {
    const point = (index: number): Vector => {
      const share = index / parts;
      return [-4.8 + 4.8 * share, 2.96 - press * share * share, side];
    };
    drawBar(context, view, map, point(part), point(part + 1), 0.1, css([116, 170, 186], 0.75));
    const [a, b] = [point(part), point(part + 1)];
    drawBar(context, view, map, [a[0], a[1] + 0.03, side], [b[0], b[1] + 0.03, side], 0.035, css(venue.deck, 1.1));
  }
}
