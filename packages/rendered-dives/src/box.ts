import { project, type Viewpoint } from './camera.js';
import type { PictureMap } from './diver.js';
import type { DrawingContext } from './surface.js';
import { add, dot, subtract, type Vector } from './vector.js';
import { type Color, css } from './venue.js';

/** A solid with sides along x, y and z, from its lowest to its highest corner, in metres. */
export interface Box {
  readonly from: Vector;
  readonly to: Vector;
}

const faces: readonly { normal: Vector; corners: readonly (readonly [0 | 1, 0 | 1, 0 | 1])[]; light: number }[] = [
  {
    normal: [0, 1, 0],
    corners: [
      [0, 1, 0],
      [1, 1, 0],
      [1, 1, 1],
      [0, 1, 1],
    ],
    light: 1.12,
  },
  {
    normal: [0, -1, 0],
    corners: [
      [0, 0, 0],
      [1, 0, 0],
      [1, 0, 1],
      [0, 0, 1],
    ],
    light: 0.5,
  },
  {
    normal: [1, 0, 0],
    corners: [
      [1, 0, 0],
      [1, 1, 0],
      [1, 1, 1],
      [1, 0, 1],
    ],
    light: 0.92,
  },
  {
    normal: [-1, 0, 0],
    corners: [
      [0, 0, 0],
      [0, 1, 0],
      [0, 1, 1],
      [0, 0, 1],
    ],
    light: 0.62,
  },
  {
    normal: [0, 0, 1],
    corners: [
      [0, 0, 1],
      [1, 0, 1],
      [1, 1, 1],
      [0, 1, 1],
    ],
    light: 0.8,
  },
  {
    normal: [0, 0, -1],
    corners: [
      [0, 0, 0],
      [1, 0, 0],
      [1, 1, 0],
      [0, 1, 0],
    ],
    light: 0.74,
  },
];

/** Draws the sides of a box that can be seen. */
export function drawBox(
  context: DrawingContext,
  view: Viewpoint,
  map: PictureMap,
  { from, to }: Box,
  color: Color,
): void {
  const ends = [from, to] as const;
  for (const { normal, corners, light } of faces) {
    const points = corners.map(([i, j, k]): Vector => [ends[i][0], ends[j][1], ends[k][2]]);
    if (dot(normal, subtract(points[0]!, view.position)) < 0) {
      drawPolygon(context, view, map, points, css(color, light));
    }
  }
}

/** Fills a flat shape. */
export function drawPolygon(
  context: DrawingContext,
  view: Viewpoint,
  map: PictureMap,
  points: readonly Vector[],
  fill: string,
): void {
  context.fillStyle = fill;
  context.beginPath();
  points.forEach((point, index) => {
    const { u, v } = project(view, point);
    index === 0 ? context.moveTo(map.x(u), map.y(v)) : context.lineTo(map.x(u), map.y(v));
  });
  context.closePath();
  context.fill();
}

/** A bar of `wide` metres between two points. */
export function drawBar(
  context: DrawingContext,
  view: Viewpoint,
  map: PictureMap,
  from: Vector,
  to: Vector,
  wide: number,
  stroke: string,
): void {
  const [a, b] = [project(view, from), project(view, to)];
  context.strokeStyle = stroke;
  context.lineWidth = Math.max(0.4, wide * map.unit * a.scale);
  context.lineCap = 'butt';
  context.beginPath();
  context.moveTo(map.x(a.u), map.y(a.v));
  context.lineTo(map.x(b.u), map.y(b.v));
  context.stroke();
}

/** Posts and two rails along a side of a platform. */
export function drawRailing(
  context: DrawingContext,
  view: Viewpoint,
  map: PictureMap,
  from: Vector,
  to: Vector,
  stroke: string,
): void {
  const along = subtract(to, from);
  for (let post = 0; post <= 4; post++) {
    const foot = add(from, [(along[0] * post) / 4, 0, (along[2] * post) / 4]);
    drawBar(context, view, map, foot, add(foot, [0, 1, 0]), 0.045, stroke);
  }
  for (const height of [0.55, 1]) {
    drawBar(context, view, map, add(from, [0, height, 0]), add(to, [0, height, 0]), 0.045, stroke);
  }
}
