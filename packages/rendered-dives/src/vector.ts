/** A point or direction in metres: x away from the board over the water, y up from the water, z to the right of a diver who faces x. */
export type Vector = readonly [x: number, y: number, z: number];

/** Row-major rotation: its columns are where x, y and z go. */
export type Rotation = readonly [Vector, Vector, Vector];

export const add = (a: Vector, b: Vector): Vector => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const subtract = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const scale = (a: Vector, by: number): Vector => [a[0] * by, a[1] * by, a[2] * by];
export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const mix = (a: number, b: number, share: number): number => a + (b - a) * share;
export const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** 0 up to `low`, 1 from `high`, with a level start and end between them. */
export function smoothstep(low: number, high: number, value: number): number {
  const share = clamp((value - low) / (high - low || 1e-9), 0, 1);
  return share * share * (3 - 2 * share);
}

export function rotate(rotation: Rotation, point: Vector): Vector {
  return [dot(rotation[0], point), dot(rotation[1], point), dot(rotation[2], point)];
}

export function multiply(a: Rotation, b: Rotation): Rotation {
  const columns = [0, 1, 2].map((column) => rotate(a, [b[0][column]!, b[1][column]!, b[2][column]!]));
  const [x, y, z] = columns as [Vector, Vector, Vector];
  return [
    [x[0], y[0], z[0]],
    [x[1], y[1], z[1]],
    [x[2], y[2], z[2]],
  ];
}

/** About x, from y towards z. */
export function aboutX(angle: number): Rotation {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [
    [1, 0, 0],
    [0, c, -s],
    [0, s, c],
  ];
}

/** About the vertical, from z towards x. */
export function aboutY(angle: number): Rotation {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [
    [c, 0, s],
    [0, 1, 0],
    [-s, 0, c],
  ];
}

/** About z, from x towards y. */
export function aboutZ(angle: number): Rotation {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [
    [c, -s, 0],
    [s, c, 0],
    [0, 0, 1],
  ];
}
