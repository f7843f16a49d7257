import { type Projected, project, type Viewpoint } from './camera.js';
import type { Skeleton } from './skeleton.js';
import type { DrawingContext } from './surface.js';
import { add, dot, scale, subtract, type Vector } from './vector.js';
import { type Color, css, type Look } from './venue.js';

/** From metres in the diver's plane to pixels. */
export interface PictureMap {
  readonly x: (u: number) => number;
  readonly y: (v: number) => number;
  /** Pixels for each metre at the diver's distance. */
  readonly unit: number;
}

interface Part {
  readonly depth: number;
  draw(): void;
}

/** Radii in metres at both ends of each limb. */
const radii = {
  upperArm: [0.055, 0.042],
  forearm: [0.042, 0.028],
  thigh: [0.088, 0.06],
  shin: [0.06, 0.036],
  foot: [0.036, 0.022],
} as const;

/**
 * Draws a body: limbs as tapered and shaded cylinders, sorted by distance.
 *
 * @param detail - 2 draws shaded and lit sides, 1 only one shade for each limb.
 */
export function drawDiver(
  context: DrawingContext,
  view: Viewpoint,
  map: PictureMap,
  body: Skeleton,
  look: Look,
  detail: 1 | 2,
): void {
  const parts: Part[] = [];
  const limb = (from: Vector, to: Vector, [wide, thin]: readonly [number, number], color: Color) => {
    const [a, b] = [project(view, from), project(view, to)];
    parts.push({ depth: a.scale + b.scale, draw: () => capsule(context, map, a, b, wide, thin, color, detail) });
  };
  for (const side of [0, 1] as const) {
    limb(body.shoulders[side], body.elbows[side], radii.upperArm, look.skin);
    limb(body.elbows[side], body.hands[side], radii.forearm, look.skin);
    limb(body.hips[side], body.knees[side], radii.thigh, look.skin);
    limb(body.knees[side], body.ankles[side], radii.shin, look.skin);
    limb(body.ankles[side], body.toes[side], radii.foot, look.skin);
  }
  const chest = project(view, body.chest);
  const pelvis = project(view, body.pelvis);
  parts.push({ depth: chest.scale + pelvis.scale, draw: () => torso(context, view, map, body, look, detail) });
  const head = project(view, body.head);
  parts.push({ depth: 2 * head.scale, draw: () => drawHead(context, view, map, body, head, look) });
  parts.sort((a, b) => a.depth - b.depth);
  for (const part of parts) {
    part.draw();
  }
}

function capsule(
  context: DrawingContext,
  map: PictureMap,
  a: Projected,
  b: Projected,
  wide: number,
  thin: number,
  color: Color,
  detail: 1 | 2,
): void {
  const [ax, ay, bx, by] = [map.x(a.u), map.y(a.v), map.x(b.u), map.y(b.v)];
  const [ra, rb] = [wide * map.unit * a.scale, thin * map.unit * b.scale];
  context.fillStyle = css(color, detail === 2 ? 0.74 : 0.9);
  tapered(context, ax, ay, bx, by, ra, rb);
  if (detail === 2) {
    // lit from above and a little from the left
    context.fillStyle = css(color, 1);
    tapered(context, ax - 0.14 * ra, ay - 0.22 * ra, bx - 0.14 * rb, by - 0.22 * rb, ra * 0.76, rb * 0.76);
  }
}

function tapered(
  context: DrawingContext,
  ax: number,
  ay: number,
  bx: number,
  by: number,
  ra: number,
  rb: number,
): void {
  const angle = Math.atan2(by - ay, bx - ax);
  context.beginPath();
  context.arc(ax, ay, ra, angle + Math.PI / 2, angle + (3 * Math.PI) / 2);
  context.arc(bx, by, rb, angle - Math.PI / 2, angle + Math.PI / 2);
  context.fill();
}

function torso(
  context: DrawingContext,
  view: Viewpoint,
  map: PictureMap,
  body: Skeleton,
  look: Look,
  detail: 1 | 2,
): void {
  const waist = scale(add(body.pelvis, body.chest), 0.5);
  const across = scale(subtract(body.hips[1], body.hips[0]), 0.72);
  const low = scale(subtract(body.chest, body.pelvis), -0.22);
  const outline = [
    body.shoulders[0],
    body.shoulders[1],
    add(waist, across),
    add(body.hips[1], low),
    add(body.hips[0], low),
    subtract(waist, across),
  ].map((point) => project(view, point));
  const facing = dot(body.front, view.into);
  const trunk = look.fullSuit ? look.suit : look.skin;
  const thick = 0.165 * map.unit * project(view, waist).scale;
  context.lineJoin = 'round';
  polygon(context, map, outline, thick, css(trunk, detail === 2 ? 0.7 : 0.85), 0, 0);
  if (detail === 2) {
    polygon(context, map, outline, thick * 0.62, css(trunk, 1), -0.2 * thick, -0.2 * thick);
  }
  // trunks, or the open back of a suit: they show which way the body is turned
  const hips = [
    add(waist, scale(across, 0.9)),
    add(body.hips[1], low),
    add(body.hips[0], low),
    subtract(waist, scale(across, 0.9)),
  ];
  if (look.fullSuit) {
    if (facing > 0.15) {
      const back = [
        body.shoulders[0],
        body.shoulders[1],
        add(waist, scale(across, 0.5)),
        subtract(waist, scale(across, 0.5)),
      ];
      const inner = back.map((point) => project(view, add(scale(point, 0.8), scale(body.chest, 0.2))));
      polygon(context, map, inner, thick * 0.35, css(look.skin, 0.92), 0, 0);
    }
  } else {
    const lower = hips.map((point, index) =>
      project(view, index === 0 || index === 3 ? add(scale(point, 0.45), scale(body.pelvis, 0.55)) : point),
    );
    polygon(context, map, lower, thick * 1.04, css(look.suit, 0.95), 0, 0);
    if (facing < -0.2 && detail === 2) {
      line(context, map, project(view, body.neck), project(view, body.pelvis), 0.02, css(look.skin, 0.78));
    }
  }
  const neck = project(view, body.neck);
  const head = project(view, body.head);
  line(context, map, neck, head, 0.1, css(look.skin, 0.82));
}

function polygon(
  context: DrawingContext,
  map: PictureMap,
  points: readonly Projected[],
  thick: number,
  color: string,
  dx: number,
  dy: number,
): void {
  context.beginPath();
  points.forEach((point, index) => {
    const [x, y] = [map.x(point.u) + dx, map.y(point.v) + dy];
    index === 0 ? context.moveTo(x, y) : context.lineTo(x, y);
  });
  context.closePath();
  context.fillStyle = color;
  context.strokeStyle = color;
  context.lineWidth = thick;
  context.fill();
  context.stroke();
}

function line(context: DrawingContext, map: PictureMap, a: Projected, b: Projected, wide: number, color: string): void {
  context.strokeStyle = color;
  context.lineCap = 'round';
  context.lineWidth = wide * map.unit * a.scale;
  context.beginPath();
  context.moveTo(map.x(a.u), map.y(a.v));
  context.lineTo(map.x(b.u), map.y(b.v));
  context.stroke();
}

function drawHead(
  context: DrawingContext,
  view: Viewpoint,
  map: PictureMap,
  body: Skeleton,
  head: Projected,
  look: Look,
): void {
  const radius = 0.115 * map.unit * head.scale;
  const away = dot(body.face, view.into);
  const circle = (at: Vector, size: number, color: string) => {
    const seen = project(view, at);
    context.fillStyle = color;
    context.beginPath();
    context.arc(map.x(seen.u), map.y(seen.v), size, 0, 2 * Math.PI);
    context.fill();
  };
  const hair = add(body.head, add(scale(body.up, 0.03), scale(body.face, -0.035)));
  const face = add(body.head, add(scale(body.up, -0.015), scale(body.face, 0.035)));
  if (away > 0) {
    circle(face, radius * 0.92, css(look.skin, 0.9));
    circle(hair, radius, css(look.hair));
  } else {
    circle(hair, radius, css(look.hair));
    circle(face, radius * 0.92, css(look.skin, 0.98));
  }
}
