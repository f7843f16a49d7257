import { Random } from '@mcore/random';
import { drawStands, type FarMap } from './crowd.js';
import { type DrawingContext, drawSurface, type Surface, type SurfaceFactory } from './surface.js';
import { blend, css, type Look, type Venue } from './venue.js';

/** People in their seats from near; they wave and the camera moves. Drawn once, shown in parts. */
export class CrowdShot {
  readonly #surface: Surface;

  constructor(factory: SurfaceFactory, venue: Venue, height: number, seed: string) {
    const tall = Math.round(height * 1.7);
    this.#surface = factory(Math.round(height * 3.2), tall);
    const { context, width } = this.#surface;
    context.fillStyle = css(venue.upperWall);
    context.fillRect(0, 0, width, tall);
    const unit = height / 4.5; // a picture as high as four and a half metres
    const map: FarMap = {
      x: (across, behind) => width / 2 + (across * unit * 20) / (20 + behind - 11.5),
      y: (level, behind) => tall - ((level - 1.6) * unit * 20) / (20 + behind - 11.5),
      unit: (behind) => (unit * 20) / (20 + behind - 11.5),
    };
    drawStands(context, map, venue, width, Random.for(seed, 'crowd'));
  }

  /** @param age - Frames since the scene began. */
  draw(target: Surface, random: Random, age: number): void {
    const { width, height, context } = target;
    reset(context);
    const zoom = random.uniform(0.75, 1);
    const [wide, tall] = [width * zoom, height * zoom];
    const [roomX, roomY] = [this.#surface.width - wide, this.#surface.height - tall];
    const at = (room: number, speed: number) =>
      Math.min(room, Math.max(0, random.uniform(0, room) + random.normal(0, speed) * age));
    const [x, y] = [at(roomX, 0.3), at(roomY, 0.1)];
    drawSurface(context, this.#surface, [x, y, wide, tall], [0, 0, width, height]);
    for (let arm = 0; arm < 14; arm++) {
      const [across, up, phase] = [random.uniform(0, width), random.uniform(0.2, 1) * height, random.uniform(0, 6)];
      context.fillStyle = random.pick(['rgb(206,152,116)', 'rgb(232,188,158)', 'rgb(214,60,60)', 'rgb(240,240,236)']);
      const lift = Math.sin(age * 0.5 + phase) * 0.03 * height;
      context.fillRect(across + lift, up + lift, 0.012 * height, 0.07 * height);
    }
  }
}

/** A board that fills the picture: a heading, and rows of names and numbers, which are bars here. */
export function drawScores(target: Surface, venue: Venue, random: Random, age: number): void {
  const { width, height, context } = target;
  reset(context);
  const ground = random.pick([venue.banner, venue.water, venue.wall, [18, 24, 48] as const]);
  const shade = context.createLinearGradient(0, 0, width, height);
  shade.addColorStop(0, css(ground, 0.9));
  shade.addColorStop(1, css(ground, 0.45));
  context.fillStyle = shade;
  context.fillRect(0, 0, width, height);
  context.fillStyle = css(venue.accent, 1.1);
  context.fillRect(0.1 * width, 0.08 * height, 0.8 * width, 0.12 * height);
  drawWords(context, random, [0.13 * width, 0.12 * height, 0.4 * width, 0.04 * height]);
  const rows = 4 + random.integer(6);
  const shown = Math.min(rows, 1 + Math.floor(age / 4)); // rows come one after the other
  for (let row = 0; row < shown; row++) {
    const top = (0.24 + (row * 0.68) / rows) * height;
    const tall = (0.56 / rows) * height;
    context.fillStyle = row % 2 === 0 ? 'rgba(255,255,255,0.16)' : 'rgba(255,255,255,0.08)';
    context.fillRect(0.1 * width, top, 0.8 * width, tall);
    drawWords(context, random, [0.13 * width, top + tall * 0.3, random.uniform(0.2, 0.4) * width, tall * 0.4]);
    drawWords(context, random, [0.74 * width, top + tall * 0.3, 0.1 * width, tall * 0.4]);
  }
}

/** Head and shoulders of a diver before a wall out of focus. */
export function drawPortrait(target: Surface, venue: Venue, look: Look, random: Random, age: number): void {
  const { width, height, context } = target;
  reset(context);
  const shade = context.createLinearGradient(0, 0, width, height);
  shade.addColorStop(0, css(blend(venue.wall, venue.upperWall, 0.5)));
  shade.addColorStop(1, css(blend(venue.wall, venue.seats, 0.6)));
  context.fillStyle = shade;
  context.fillRect(0, 0, width, height);
  for (let blot = 0; blot < 12; blot++) {
    context.fillStyle = css(random.pick([venue.banner, venue.accent, venue.seats, venue.deck]), 1, 0.3);
    context.beginPath();
    context.arc(random.uniform(0, width), random.uniform(0, height), random.uniform(0.05, 0.2) * height, 0, 7);
    context.fill();
  }
  const size = random.uniform(0.12, 0.24) * height;
  const x =
    random.uniform(0.3, 0.7) * width +
    Math.sin(age * random.uniform(0.02, 0.1)) * 0.1 * size +
    random.normal(0, 0.2) * age;
  const y = random.uniform(0.35, 0.5) * height + Math.sin(age * random.uniform(0.05, 0.2)) * 0.06 * size;
  context.fillStyle = css(look.skin, 0.92);
  context.fillRect(x - 0.4 * size, y + 0.6 * size, 0.8 * size, size);
  context.beginPath();
  context.ellipse(x, y + 3.2 * size, 2.1 * size, 1.9 * size, 0, 0, 7);
  context.fill();
  if (look.fullSuit) {
    context.fillStyle = css(look.suit);
    context.fillRect(x - 1.2 * size, y + 2.6 * size, 2.4 * size, height);
  }
  context.fillStyle = css(look.hair);
  context.beginPath();
  context.ellipse(x, y - 0.25 * size, 0.82 * size, 1.02 * size, 0, 0, 7);
  context.fill();
  context.fillStyle = css(look.skin);
  context.beginPath();
  context.ellipse(x, y + 0.1 * size, 0.7 * size, 0.95 * size, 0, 0, 7);
  context.fill();
}

/** Bars in the place of words: what is left of writing in a small picture. */
export function drawWords(
  context: DrawingContext,
  random: Random,
  [x, y, width, height]: readonly [number, number, number, number],
): void {
  context.fillStyle = 'rgba(250,250,250,0.92)';
  for (let at = x; at < x + width; ) {
    const word = Math.min(random.uniform(0.8, 3.5) * height, x + width - at);
    context.fillRect(at, y, word, height);
    at += word + 0.5 * height;
  }
}

function reset(context: DrawingContext): void {
  context.globalAlpha = 1;
  context.lineCap = 'butt';
}
