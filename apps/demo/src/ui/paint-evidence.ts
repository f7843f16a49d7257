import type { Saliency } from '@mcore/judge';
import type { JudgeReady } from '../judge/judge-api.js';
import type { Placed } from './use-frame-loop.js';

/** The quantile of cells that counts as full strength: few lie above it. */
const FULL = 0.99;
/** Frames with less than this part of what all frames together have stay faint. */
const FAINTEST = 0.15;

const scratch = document.createElement('canvas');

/** Lays the evidence of the nearest sampled frame over the picture, and shades what the model does not see. */
export function paintEvidence(
  canvas: HTMLCanvasElement,
  placed: Placed,
  { maps, rows, columns }: Saliency,
  view: JudgeReady['view'],
  sampledSeconds: readonly number[],
  seconds: number,
): void {
  const context = canvas.getContext('2d')!;
  const seen = {
    left: placed.left + view.left * placed.width,
    top: placed.top + view.top * placed.height,
    width: view.width * placed.width,
    height: view.height * placed.height,
  };
  context.fillStyle = 'rgb(4 20 28 / 0.62)';
  context.beginPath();
  context.rect(placed.left, placed.top, placed.width, placed.height);
  context.rect(seen.left, seen.top, seen.width, seen.height);
  context.fill('evenodd');
  scratch.width = columns;
  scratch.height = rows;
  const image = new ImageData(columns, rows);
  const cells = rows * columns;
  const frame = nearest(sampledSeconds, seconds);
  const full = strengthsOf(maps, cells)[frame]!;
  for (let cell = 0; cell < cells; cell++) {
    const value = Math.min(1, maps[frame * cells + cell]! / full);
    image.data.set(
      [255, Math.round(210 - 130 * value), Math.round(63 * (1 - value)), Math.round(235 * value ** 1.3)],
      4 * cell,
    );
  }
  scratch.getContext('2d')!.putImageData(image, 0, 0);
  context.drawImage(scratch, seen.left, seen.top, seen.width, seen.height);
}

const strengths = new WeakMap<Float32Array, number[]>();

/**
 * What counts as full strength in each frame: a high quantile of its cells, so that it shows where in this frame the evidence
 * lies (the bars under the film say how much of it), but not so little that a frame without any glows.
 */
function strengthsOf(maps: Float32Array, cells: number): number[] {
  const known = strengths.get(maps);
  if (known) return known;
  const least = FAINTEST * quantile(maps);
  const found = Array.from({ length: maps.length / cells }, (_, frame) =>
    Math.max(least, quantile(maps.subarray(frame * cells, (frame + 1) * cells))),
  );
  strengths.set(maps, found);
  return found;
}

function quantile(values: Float32Array): number {
  return values.slice().sort()[Math.floor(FULL * (values.length - 1))] || 1;
}

/** Index of the value nearest to another. */
export function nearest(values: readonly number[], expected: number): number {
  let best = 0;
  for (const [index, value] of values.entries()) {
    if (Math.abs(value - expected) < Math.abs(values[best]! - expected)) best = index;
  }
  return best;
}
