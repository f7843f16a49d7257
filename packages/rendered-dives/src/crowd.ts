import type { Random } from '@mcore/random';
import type { DrawingContext } from './surface.js';
import { type Color, css, type Venue } from './venue.js';

/** Metres (at their own distance) to pixels of the backdrop. */
export interface FarMap {
  x(across: number, behind: number): number;
  y(height: number, behind: number): number;
  unit(behind: number): number;
}

const clothes: readonly Color[] = [
  [214, 60, 60],
  [240, 240, 236],
  [40, 60, 120],
  [30, 34, 40],
  [236, 190, 60],
  [60, 140, 90],
  [120, 170, 220],
  [150, 90, 160],
];
const faces: readonly Color[] = [
  [232, 188, 158],
  [206, 152, 116],
  [150, 102, 74],
  [112, 76, 54],
];

/** Rows of seats with people, from the last row to the first. */
export function drawStands(context: DrawingContext, map: FarMap, venue: Venue, width: number, random: Random): void {
  const rows = 13;
  for (let row = rows - 1; row >= 0; row--) {
    const behind = 11.5 + row * 0.8;
    const height = 2.3 + row * 0.58;
    const unit = map.unit(behind);
    const top = map.y(height + 0.55, behind);
    context.fillStyle = css(venue.seats, row % 2 === 0 ? 0.92 : 1.04);
    context.fillRect(0, top, width, map.y(height - 0.5, behind) - top + 1);
    context.fillStyle = css(venue.seats, 1.7);
    context.fillRect(0, map.y(height + 0.02, behind), width, Math.max(0.5, 0.07 * unit));
    context.fillStyle = css(venue.seats, 0.45);
    context.fillRect(0, map.y(height - 0.3, behind), width, Math.max(0.5, 0.22 * unit));
    const first = (0 - map.x(0, behind)) / unit;
    const last = (width - map.x(0, behind)) / unit;
    for (let across = first + random.uniform(-0.5, 0); across < last; across += 0.56) {
      const aisle = Math.abs(((across + 400) % 9) - 4.5) < 0.5;
      if (aisle || !random.chance(venue.crowd)) {
        continue;
      }
      const x = map.x(across + random.normal(0, 0.05), behind);
      const y = map.y(height + random.normal(0.45, 0.05), behind);
      context.fillStyle = css(random.pick(clothes), random.uniform(0.42, 0.72));
      context.fillRect(x - 0.21 * unit, y + 0.08 * unit, 0.42 * unit, 0.5 * unit);
      context.fillStyle = css(random.pick(faces), random.uniform(0.55, 0.8));
      context.beginPath();
      context.arc(x, y, 0.125 * unit, 0, 2 * Math.PI);
      context.fill();
    }
  }
}

/** The low wall before the stands, with coloured boards, and a few officials on the deck. */
export function drawPoolside(context: DrawingContext, map: FarMap, venue: Venue, width: number, random: Random): void {
  const unit = map.unit(10.6);
  const [top, bottom] = [map.y(2.05, 10.6), map.y(0, 10.6)];
  context.fillStyle = css(venue.deck, 0.72);
  context.fillRect(0, top, width, bottom - top + 1);
  const colors: Color[] = [venue.banner, venue.accent, [150, 160, 172], venue.banner];
  let index = 0;
  for (let x = random.uniform(-3, 0) * unit; x < width; x += 3.1 * unit) {
    context.fillStyle = css(colors[index++ % colors.length]!, 0.82);
    context.fillRect(x, map.y(1.2, 10.6), 3 * unit, map.y(0.25, 10.6) - map.y(1.2, 10.6));
    context.fillStyle = 'rgba(255,255,255,0.2)';
    context.fillRect(x + 0.5 * unit, map.y(0.95, 10.6), 1.4 * unit, 0.16 * unit);
    context.fillRect(x + 0.5 * unit, map.y(0.65, 10.6), 2 * unit, 0.1 * unit);
  }
  const edge = map.y(0, 9);
  context.fillStyle = css(venue.deck, 0.86);
  context.fillRect(0, bottom, width, edge - bottom + 1);
  for (let person = 0; person < 7; person++) {
    const x = random.uniform(0, width);
    const near = map.unit(9.8);
    context.fillStyle = css(random.pick(clothes), 0.8);
    context.fillRect(x - 0.22 * near, map.y(1.45, 9.8), 0.44 * near, 0.75 * near);
    context.fillStyle = css([40, 42, 50]);
    context.fillRect(x - 0.18 * near, map.y(0.75, 9.8), 0.36 * near, 0.75 * near);
    context.fillStyle = css(random.pick(faces), 0.9);
    context.beginPath();
    context.arc(x, map.y(1.6, 9.8), 0.13 * near, 0, 2 * Math.PI);
    context.fill();
  }
}
