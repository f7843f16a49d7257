import { Random } from '@mcore/random';
import { drawWords } from './filler-scenes.js';
import type { Scene } from './recording-scene.js';
import type { DrawingContext, Surface } from './surface.js';
import { type Color, css, type Venue } from './venue.js';

/** What a broadcaster lays over the picture, the same in a whole recording. */
export interface Graphics {
  readonly seed: string;
  readonly color: Color;
  /** A small board in a corner that is always there. */
  readonly corner: boolean;
  /** A bar with the diver's name before dives, and with the scores after them. */
  readonly bars: boolean;
  /** A sign on replays. */
  readonly replaySign: boolean;
  /** Frames of a sweep over the picture where a replay begins and ends; 0 for a plain cut. */
  readonly wipe: number;
}

/** Where in a recording a picture is. */
interface Place {
  readonly scene: Scene;
  readonly before: Scene | undefined;
  readonly after: Scene | undefined;
}

export function planGraphics(competition: string, seed: number | string, venue: Venue): Graphics {
  const random = Random.for(seed, 'graphics', competition);
  return {
    seed: `${seed} ${competition}`,
    color: random.pick([venue.banner, venue.accent, [20, 30, 70], [230, 232, 236]] as const),
    corner: random.chance(0.5),
    bars: random.chance(0.7),
    replaySign: random.chance(0.4),
    wipe: random.chance(0.6) ? 6 + random.integer(10) : 0,
  };
}

/** Draws what is laid over the picture in a frame of a recording. */
export function drawGraphics(
  { context, width, height }: Surface,
  graphics: Graphics,
  place: Place,
  frame: number,
): void {
  const { scene, before, after } = place;
  context.globalAlpha = 1;
  if (graphics.corner) {
    drawBoard(context, graphics, [0.03 * width, 0.05 * height, 0.16 * width, 0.08 * height], 'corner');
  }
  if (graphics.bars && showsBar(scene, frame)) {
    drawBoard(context, graphics, [0.1 * width, 0.82 * height, 0.8 * width, 0.1 * height], `bar ${scene.from}`);
  }
  if (graphics.replaySign && scene.kind === 'replay') {
    drawBoard(context, graphics, [0.84 * width, 0.05 * height, 0.12 * width, 0.08 * height], 'sign');
  }
  const { wipe } = graphics;
  if (wipe === 0) return;
  const isReplay = (other: Scene | undefined) => other?.kind === 'replay';
  const half = wipe / 2;
  const sinceCut = frame - scene.from + half;
  const untilCut = frame - scene.to + half;
  if (sinceCut < wipe && (isReplay(scene) || isReplay(before)))
    drawWipe(context, graphics, width, height, sinceCut / wipe);
  else if (untilCut >= 0 && (isReplay(scene) || isReplay(after)))
    drawWipe(context, graphics, width, height, untilCut / wipe);
}

/** The name of who waits, and now and then the score after the dive. */
function showsBar(scene: Scene, frame: number): boolean {
  const age = frame - scene.from;
  const shown = (scene.from * 7919) % 100 < 60;
  if (scene.kind === 'waiting') return shown && age > 10;
  return scene.kind === 'dive' && scene.start !== 0 && shown && age > 15 && scene.to - frame > 20;
}

function drawBoard(
  context: DrawingContext,
  { color, seed }: Graphics,
  [x, y, wide, tall]: readonly [number, number, number, number],
  purpose: string,
): void {
  context.fillStyle = css(color, 1, 0.85);
  context.fillRect(x, y, wide, tall);
  drawWords(context, Random.for(seed, purpose), [x + 0.05 * wide, y + 0.3 * tall, 0.8 * wide, 0.4 * tall]);
}

/** A slanted band that sweeps over the picture and covers it in the middle of its way. */
function drawWipe(context: DrawingContext, { color }: Graphics, width: number, height: number, share: number): void {
  const band = 1.6 * width;
  const left = -band - 0.3 * height + share * (width + band + 0.6 * height);
  context.fillStyle = css(color);
  context.beginPath();
  context.moveTo(left, 0);
  context.lineTo(left + band, 0);
  context.lineTo(left + band + 0.3 * height, height);
  context.lineTo(left + 0.3 * height, height);
  context.fill();
}
