import { Random } from '@mcore/random';
import { elevation, project, type Viewpoint } from './camera.js';
import { drawPoolside, drawStands, type FarMap } from './crowd.js';
import type { PictureMap } from './diver.js';
import { type DrawingContext, drawSurface, type Surface, type SurfaceFactory } from './surface.js';
import { drawTower } from './tower.js';
import { blend, css, type Venue } from './venue.js';

/** Everything that stands still, as one camera sees it: a picture of which each frame shows a part. */
export interface Backdrop {
  readonly surface: Surface;
  /** Metres in the diver's plane at its left and upper edge. */
  readonly left: number;
  readonly top: number;
  /** Pixels for each metre. */
  readonly density: number;
  /** Picture height of the far edge of the water, metres in the diver's plane. */
  readonly waterline: number;
}

/** Most and least that a shot's height may differ from its viewpoint's. */
export const zoomRange = [0.7, 1.5] as const;

/** Draws the backdrop of one viewpoint for pictures of `height` pixels. */
export function drawBackdrop(
  factory: SurfaceFactory,
  view: Viewpoint,
  venue: Venue,
  springboard: boolean,
  height: number,
  seed: string,
): Backdrop {
  const density = height / view.viewHeight;
  const tallest = view.viewHeight * zoomRange[1];
  const boardTop = project(view, [0, springboard ? 3 : 10, 0]).v;
  const water = project(view, [1.5, 0, 0]).v;
  const along = [-4.5, 4.5].map((x) => project(view, [x, 0, 0]).u);
  const margin = (tallest * 16) / 18 + 0.6;
  const under = view.kind === 'underwater';
  const [left, right] = [Math.min(...along) - margin, Math.max(...along) + margin];
  const top = under ? water + 1.6 : boardTop + 2.4 + tallest * 0.55;
  const bottom = water - (under ? 5.2 : 0.6 + tallest * 0.55);
  const surface = factory(Math.ceil((right - left) * density), Math.ceil((top - bottom) * density));
  const map: PictureMap = { x: (u) => (u - left) * density, y: (v) => (top - v) * density, unit: density };
  const far: FarMap = {
    x: (across, behind) => map.x((across * view.distance) / (view.distance + behind)),
    y: (level, behind) => map.y(elevation(view, level, behind)),
    unit: (behind) => (density * view.distance) / (view.distance + behind),
  };
  const random = Random.for(seed, 'backdrop');
  const { context, width } = surface;
  if (under) {
    drawUnderwater(context, map, surface, venue, water, random);
  } else {
    drawHall(context, far, venue, width, random);
    drawStands(context, far, venue, width, random);
    // haze and a short depth of field let the diver stand out
    context.fillStyle = css(blend(venue.upperWall, venue.wall, 0.5), 1, 0.3);
    context.fillRect(0, 0, width, surface.height);
    soften(factory, surface, Math.min(1, 2.2 / (density * 0.06 + 1)));
    drawPoolside(context, far, venue, width, random);
    drawWater(context, far, venue, surface, view, random);
    drawTower(context, view, map, venue, springboard);
  }
  return { surface, left, top, density, waterline: elevation(view, 0, 9) };
}

/** Out of focus: the far things are drawn small and made large again. */
function soften(factory: SurfaceFactory, surface: Surface, share: number): void {
  const { width, height, context } = surface;
  const small = factory(Math.ceil(width * share), Math.ceil(height * share));
  drawSurface(small.context, surface, [0, 0, width, height], [0, 0, small.width, small.height]);
  drawSurface(context, small, [0, 0, small.width, small.height], [0, 0, width, height]);
}

function drawHall(context: DrawingContext, map: FarMap, venue: Venue, width: number, random: Random): void {
  const behind = 22;
  const unit = map.unit(behind);
  const floor = map.y(0, behind);
  const ceiling = map.y(24, behind);
  const wall = context.createLinearGradient(0, Math.min(0, ceiling), 0, floor);
  wall.addColorStop(0, css(venue.upperWall, venue.outdoor ? 0.92 : 0.8));
  wall.addColorStop(0.55, css(blend(venue.upperWall, venue.wall, 0.5), venue.outdoor ? 1.15 : 1));
  wall.addColorStop(1, css(venue.outdoor ? venue.upperWall : venue.wall, 1.1));
  context.fillStyle = wall;
  context.fillRect(0, 0, width, floor + 1);
  const span = width / unit;
  if (venue.outdoor) {
    for (let tree = 0; tree < span * 1.6; tree++) {
      const x = random.uniform(0, width);
      const size = random.uniform(0.7, 2) * unit;
      context.fillStyle = css([52, 92, 58], random.uniform(0.7, 1.1));
      context.beginPath();
      context.ellipse(x, map.y(9.5 + random.uniform(0, 3.2), behind), size, size * 1.1, 0, 0, 2 * Math.PI);
      context.fill();
    }
    for (let cloud = 0; cloud < 9; cloud++) {
      context.fillStyle = 'rgba(255,255,255,0.22)';
      context.beginPath();
      const x = random.uniform(0, width);
      context.ellipse(
        x,
        map.y(random.uniform(15, 24), behind),
        random.uniform(2, 6) * unit,
        random.uniform(0.3, 0.9) * unit,
        0,
        0,
        7,
      );
      context.fill();
    }
    return;
  }
  const step = random.uniform(3.2, 5.2) * unit;
  for (let x = random.uniform(-1, 0) * step; x < width; x += step) {
    context.fillStyle = css(venue.wall, 0.8);
    context.fillRect(x, 0, 0.5 * unit, floor);
    context.fillStyle = css(venue.wall, 1.25);
    context.fillRect(x + 0.5 * unit, 0, 0.12 * unit, floor);
    if (random.chance(0.55)) {
      context.fillStyle = css(blend(venue.wall, [200, 220, 235], 0.5), 0.95);
      context.fillRect(x + 0.9 * unit, map.y(16.5, behind), step - 1.3 * unit, 3.2 * unit);
      context.fillStyle = css(venue.wall, 0.7);
      context.fillRect(x + step / 2, map.y(16.5, behind), 0.1 * unit, 3.2 * unit);
    }
    if (random.chance(0.6)) {
      const color = random.chance(0.5) ? venue.banner : venue.accent;
      context.fillStyle = css(color, 0.75);
      context.fillRect(x + step * 0.35, map.y(13.2, behind), 1.3 * unit, 2.4 * unit);
      context.fillStyle = css(blend(color, [255, 255, 255], 0.6), 0.8);
      context.fillRect(x + step * 0.35, map.y(12, behind), 1.3 * unit, 0.35 * unit);
    }
  }
  for (const level of [17.4, 21]) {
    context.fillStyle = css(venue.upperWall, 0.6);
    context.fillRect(0, map.y(level, behind), width, 0.35 * unit);
    const gap = random.uniform(3.4, 6.5);
    const bright = random.uniform(0.45, 0.95);
    for (let x = random.uniform(0, 3) * unit; x < width; x += gap * unit) {
      const y = map.y(level - 0.3, behind);
      const glow = context.createRadialGradient(x, y, 0, x, y, 1.5 * unit);
      glow.addColorStop(0, `rgba(255,250,230,${bright})`);
      glow.addColorStop(0.12, `rgba(255,250,230,${bright * 0.8})`);
      glow.addColorStop(0.25, 'rgba(255,246,220,0.16)');
      glow.addColorStop(1, 'rgba(255,246,220,0)');
      context.fillStyle = glow;
      context.fillRect(x - 1.5 * unit, y - 1.5 * unit, 3 * unit, 3 * unit);
    }
  }
}

function drawWater(
  context: DrawingContext,
  map: FarMap,
  venue: Venue,
  surface: Surface,
  view: Viewpoint,
  random: Random,
): void {
  const { width, height } = surface;
  const far = map.y(0, 9);
  const shade = context.createLinearGradient(0, far, 0, Math.max(far + 1, map.y(0, -view.distance * 0.35)));
  shade.addColorStop(0, css(blend(venue.water, venue.wall, 0.35), 1.05));
  shade.addColorStop(0.25, css(venue.water, 1.08));
  shade.addColorStop(1, css(venue.deepWater, 1));
  context.fillStyle = shade;
  context.fillRect(0, far, width, height - far);
  // tiles along the far edge, and lines on the floor that meet at the horizon
  for (let x = 0; x < width; x += 0.6 * map.unit(9)) {
    context.fillStyle = css([206, 214, 220], random.uniform(0.82, 0.98));
    context.fillRect(x, far - 0.12 * map.unit(9), 0.56 * map.unit(9), 0.2 * map.unit(9));
  }
  context.strokeStyle = css(venue.deepWater, 0.8, 0.3);
  for (let across = -24; across <= 24; across += 2.4) {
    context.lineWidth = 0.16 * map.unit(2);
    context.beginPath();
    context.moveTo(map.x(across, 9), far);
    context.lineTo(map.x(across, -view.distance * 0.5), map.y(0, -view.distance * 0.5));
    context.stroke();
  }
  for (const color of [venue.banner, venue.accent, venue.wall, [250, 250, 250] as const]) {
    for (let streak = 0; streak < 9; streak++) {
      context.fillStyle = css(color, 1, 0.09);
      const behind = random.uniform(1, 9);
      context.fillRect(
        random.uniform(0, width),
        map.y(0, behind),
        random.uniform(0.3, 1.6) * map.unit(5),
        0.5 * map.unit(5),
      );
    }
  }
  const count = Math.min(900, (width * (height - far)) / 500);
  for (let ripple = 0; ripple < count; ripple++) {
    const behind = 9 - random.uniform() ** 1.6 * (9 + view.distance * 0.45);
    const unit = map.unit(behind);
    context.fillStyle = random.chance(0.6) ? 'rgba(255,255,255,0.13)' : css(venue.deepWater, 0.8, 0.2);
    context.beginPath();
    context.ellipse(random.uniform(0, width), map.y(0, behind), random.uniform(0.1, 0.5) * unit, 0.035 * unit, 0, 0, 7);
    context.fill();
  }
}

function drawUnderwater(
  context: DrawingContext,
  map: PictureMap,
  surface: Surface,
  venue: Venue,
  water: number,
  random: Random,
): void {
  const top = map.y(water);
  const shade = context.createLinearGradient(0, top, 0, surface.height);
  shade.addColorStop(0, css(blend(venue.water, [255, 255, 255], 0.35)));
  shade.addColorStop(0.3, css(venue.water, 0.9));
  shade.addColorStop(1, css(venue.deepWater, 0.75));
  context.fillStyle = shade;
  context.fillRect(0, 0, surface.width, surface.height);
  for (let beam = 0; beam < 14; beam++) {
    const x = random.uniform(0, surface.width);
    const wide = random.uniform(0.2, 0.7) * map.unit;
    context.fillStyle = 'rgba(255,255,255,0.06)';
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x + wide, top);
    context.lineTo(x + wide * 2.4 + map.unit, surface.height);
    context.lineTo(x + map.unit, surface.height);
    context.fill();
  }
  context.fillStyle = css(venue.deepWater, 0.7, 0.28);
  for (let x = 0; x < surface.width; x += 1.1 * map.unit) {
    context.fillRect(x, map.y(water - 1.6), 0.05 * map.unit, surface.height);
  }
  for (let v = water - 1.6; v > water - 5.5; v -= 0.7) {
    context.fillRect(0, map.y(v), surface.width, 0.04 * map.unit);
  }
  for (let glint = 0; glint < 120; glint++) {
    context.fillStyle = 'rgba(255,255,255,0.3)';
    context.beginPath();
    const y = map.y(water - Math.abs(random.normal(0, 0.12)));
    context.ellipse(random.uniform(0, surface.width), y, random.uniform(0.1, 0.5) * map.unit, 0.03 * map.unit, 0, 0, 7);
    context.fill();
  }
}
