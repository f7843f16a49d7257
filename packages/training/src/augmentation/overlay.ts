import type { Frames } from '@mcore/clips';
import type { Random } from '@mcore/random';

/** What broadcasters lay over pictures, in parts of the picture. */
interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
  color: readonly number[];
  /** Share of the picture that is hidden, 0 to 1. */
  cover: number;
  /** Draws light or dark marks, as letters at this size look. */
  marks: boolean;
  /** Frames between changes of the marks, as of a clock; never where it is 0. */
  changes: number;
  /** First and last frame that show it. */
  from: number;
  to: number;
}

/** Lays bars, logos, clocks and black edges over a clip, in place. */
export function overlay(frames: Frames, random: Random): void {
  const boxes = [
    ...(random.chance(0.5) ? [bar(frames.count, random)] : []),
    ...(random.chance(0.4) ? [corner(frames.count, random)] : []),
    ...(random.chance(0.25) ? edges(frames.count, random) : []),
  ];
  for (const box of boxes.length > 0 ? boxes : [corner(frames.count, random)]) drawBox(frames, box, random);
}

function bar(count: number, random: Random): Box {
  const bottom = random.chance(0.8) ? random.uniform(0.85, 1) : random.uniform(0.1, 0.2);
  const left = random.uniform(0, 0.5);
  const isWhole = random.chance(0.5);
  return {
    ...{ left, right: random.uniform(left + 0.2, 1.2), bottom, top: bottom - random.uniform(0.06, 0.2) },
    ...{ color: colorOf(random), cover: random.uniform(0.5, 1), marks: true, changes: 0 },
    from: isWhole ? 0 : random.integer(count),
    to: isWhole ? count : random.integer(count),
  };
}

function corner(count: number, random: Random): Box {
  const left = random.pick([random.uniform(0, 0.1), random.uniform(0.7, 0.85)]);
  const top = random.pick([random.uniform(0, 0.1), random.uniform(0.75, 0.9)]);
  return {
    ...{ left, top, right: left + random.uniform(0.08, 0.25), bottom: top + random.uniform(0.05, 0.14) },
    ...{ color: colorOf(random), cover: random.uniform(0.3, 1), marks: random.chance(0.7) },
    ...{ changes: random.chance(0.4) ? 1 + random.integer(8) : 0, from: 0, to: count },
  };
}

/** Black edges above and below, or left and right. */
function edges(count: number, random: Random): Box[] {
  const wide = random.uniform(0.05, 0.16);
  const rest = { color: [0, 0, 0], cover: 1, marks: false, changes: 0, from: 0, to: count };
  return random.chance(0.6)
    ? [
        { left: 0, right: 1, top: 0, bottom: wide, ...rest },
        { left: 0, right: 1, top: 1 - wide, bottom: 1, ...rest },
      ]
    : [
        { left: 0, right: wide, top: 0, bottom: 1, ...rest },
        { left: 1 - wide, right: 1, top: 0, bottom: 1, ...rest },
      ];
}

function colorOf(random: Random): number[] {
  return random.chance(0.4)
    ? random.pick([
        [245, 245, 245],
        [15, 15, 20],
        [20, 40, 120],
      ])
    : [0, 1, 2].map(() => random.integer(256));
}

function drawBox({ data, count, height, width }: Frames, box: Box, random: Random): void {
  const [left, right] = [Math.floor(box.left * width), Math.min(width, Math.ceil(box.right * width))];
  const [top, bottom] = [Math.max(0, Math.floor(box.top * height)), Math.min(height, Math.ceil(box.bottom * height))];
  const mark = box.color[0]! + box.color[1]! + box.color[2]! > 380 ? 20 : 235;
  let marks = marksOf(bottom - top, right - left, box, random);
  for (let frame = box.from; frame < Math.min(count, box.to); frame++) {
    if (box.changes > 0 && frame % box.changes === 0) marks = marksOf(bottom - top, right - left, box, random);
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        const at = ((frame * height + row) * width + column) * 3;
        const isMark = marks[(row - top) * (right - left) + column - left]! > 0;
        for (let channel = 0; channel < 3; channel++) {
          const value = isMark ? mark : box.color[channel]!;
          data[at + channel] = data[at + channel]! * (1 - box.cover) + value * box.cover + 0.5;
        }
      }
    }
  }
}

/** A line of marks in the middle rows. */
function marksOf(height: number, width: number, { marks }: Box, random: Random): Uint8Array {
  const found = new Uint8Array(Math.max(0, height * width));
  if (!marks || height < 4) return found;
  for (let row = 1; row < height - 1; row++) {
    for (let column = 1; column < width - 1; column++) found[row * width + column] = random.chance(0.45) ? 1 : 0;
  }
  return found;
}
