import { describeClass } from '../describe-dive.js';
import { nameClip } from '../name-clip.js';
import { stageNames } from '../stages.js';
import * as store from '../state/store.js';
import { clock } from './format.js';
import { paint } from './use-frame-loop.js';

const [WIDTH, HEIGHT] = [1200, 630];
const FILM = 720;

/** The verdict as a picture to share: a frame, the score with what it is worth, and the phases. */
export async function verdictPicture(): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const context = canvas.getContext('2d')!;
  context.fillStyle = '#06222f';
  context.fillRect(0, 0, WIDTH, HEIGHT);
  drawFrame(context);
  drawWords(context);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the picture could not be made'))), 'image/png');
  });
}

/** The frame where the last stage begins, or the middle one. */
function drawFrame(context: CanvasRenderingContext2D): void {
  const [from, to] = store.trim.value;
  const at = store.transitionSeconds.value.at(-1) ?? (from + to) / 2;
  const picture = store.footage.at(at) ?? store.overview.at(at);
  const frame = document.createElement('canvas');
  frame.width = FILM;
  frame.height = HEIGHT;
  paint(frame, picture?.bitmap);
  context.drawImage(frame, 0, 0);
}

function drawWords(context: CanvasRenderingContext2D): void {
  const { source, judged, shown, standing, transitionSeconds } = store;
  const now = source.value;
  const name = now?.kind === 'dive' ? nameClip(now.clip) : (now?.name ?? '');
  const number = judged.value?.diveNumber;
  const isWeak = standing.value?.kind === 'unlike' || standing.value?.kind === 'film';
  const interval = shown.value?.scored.interval;
  const left = FILM + 40;
  const write = (text: string, y: number, size: number, colour: string, weight = 500) => {
    context.fillStyle = colour;
    context.font = `${weight} ${size}px "Barlow Condensed", "Arial Narrow", sans-serif`;
    context.fillText(text, left, y, WIDTH - left - 30);
  };
  write(name, 80, 34, '#e9f6fb', 600);
  if (number) write(describeClass(number), 125, 28, '#9dbccb');
  if (standing.value && isWeak) write(standing.value.headline, 190, 30, '#ff8a5c', 600);
  write(shown.value?.scored.score.toFixed(1) ?? '', 340, 170, isWeak ? '#6490a5' : '#ffd23f', 600);
  if (!isWeak && interval) {
    write(`between ${Math.max(0, interval[0]).toFixed(1)} and ${interval[1].toFixed(1)}`, 390, 30, '#e9f6fb');
  }
  const names = stageNames(transitionSeconds.value.length + 1).slice(1);
  for (const [index, seconds] of transitionSeconds.value.entries()) {
    write(`${names[index]} from ${clock(seconds)}`, 450 + 38 * index, 28, '#9dbccb');
  }
  write('Scored by MCoRe', HEIGHT - 35, 24, '#9dbccb');
}
