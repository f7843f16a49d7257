import { type FineDivingLabel, fineDivingLabels, fineDivingNotice } from '@mcore/finediving-labels';
import { browserCanvas, DiveRenderer } from '@mcore/rendered-dives';
import { describeDive } from './describe-dive.js';
import { create, element } from './page.js';
import { Playback } from './playback.js';
import { stageNames, stageOf, stageSpans } from './stage-spans.js';

const picture = element('picture', HTMLCanvasElement);
const slider = element('frame', HTMLInputElement);
const playButton = element('play', HTMLButtonElement);
const slow = element('slow', HTMLInputElement);
const diveSelect = element('dive-number', HTMLSelectElement);
const clipSelect = element('clip', HTMLSelectElement);
const timeline = element('timeline', HTMLDivElement);

const renderer = new DiveRenderer({ canvas: browserCanvas, height: picture.height });
picture.width = renderer.width;
const context = picture.getContext('2d')!;
const marker = create('span', { class: 'marker' });

const byNumber = new Map<string, FineDivingLabel[]>();
for (const clip of fineDivingLabels) byNumber.set(clip.diveNumber, [...(byNumber.get(clip.diveNumber) ?? []), clip]);

let clip: FineDivingLabel;
let playback: Playback;
let shown = -1;

function showClip(next: FineDivingLabel): void {
  clip = next;
  const playing = playback?.playing ?? false;
  playback = new Playback(clip.frameCount);
  playback.playing = playing;
  playback.speed = slow.checked ? 0.25 : 1;
  shown = -1;
  slider.max = String(clip.frameCount - 1);
  fillClips();
  showFacts();
  showTimeline();
  history.replaceState(null, '', `#${clip.id}`);
}

function fillClips(): void {
  const clips = byNumber.get(clip.diveNumber)!;
  diveSelect.value = clip.diveNumber;
  const options = clips.map(({ id, score }) => create('option', { value: id }, `${id}, score ${score.toFixed(2)}`));
  clipSelect.replaceChildren(...options);
  clipSelect.value = clip.id;
}

function showFacts(): void {
  const words = describeDive(clip.diveNumber);
  element('clip-name', HTMLHeadingElement).textContent = `${clip.id} · ${clip.diveNumber}`;
  element('dive', HTMLParagraphElement).textContent = words;
  picture.setAttribute('aria-label', `Rendered dive: ${words}; judges' score ${clip.score.toFixed(2)}.`);
  const facts = [
    ['judges’ score', clip.score.toFixed(2)],
    ['difficulty', clip.difficulty.toFixed(1)],
    ['frames', String(clip.frameCount)],
    ['split', clip.split],
    ['competition', clip.competition],
  ] as const;
  const pairs = facts.map(([name, value]) => create('div', {}, create('dt', {}, name), create('dd', {}, value)));
  element('facts', HTMLDListElement).replaceChildren(...pairs);
}

function showTimeline(): void {
  const spans = stageSpans(clip.frameCount, clip.transitions);
  const bars = spans.map(({ name, from, to }, stage) => {
    const text = to > from ? `${name}, frames ${from} to ${to - 1}` : `${name}, empty`;
    return create(
      'div',
      { class: `span stage-${stage}`, style: `flex-grow:${to - from}`, title: text },
      create('b', {}, name),
      ` ${from}`,
    );
  });
  timeline.replaceChildren(...bars, marker);
}

function showFrame(): void {
  const { frame } = playback;
  if (frame === shown) return;
  shown = frame;
  const surface = renderer.draw(clip, frame);
  context.drawImage(surface.image as CanvasImageSource, 0, 0);
  const stage = stageNames[stageOf(frame, clip.transitions)];
  slider.value = String(frame);
  slider.setAttribute('aria-valuetext', `frame ${frame}, ${stage}`);
  marker.style.left = `${((frame + 0.5) / clip.frameCount) * 100}%`;
  element('position', HTMLOutputElement).textContent = `frame ${frame} of ${clip.frameCount} · ${stage}`;
}

function setPlaying(playing: boolean): void {
  playback.playing = playing;
  playButton.textContent = playing ? 'Pause' : 'Play';
}

function findClip(id: string): FineDivingLabel | undefined {
  return fineDivingLabels.find((candidate) => candidate.id === id);
}

function anotherClip(): FineDivingLabel {
  return fineDivingLabels[Math.floor(Math.random() * fineDivingLabels.length)]!;
}

const numbers = [...byNumber].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
diveSelect.append(
  ...numbers.map(([number, clips]) => create('option', { value: number }, `${number} (${clips.length} clips)`)),
);
element('licence', HTMLParagraphElement).textContent = `${fineDivingNotice}. Drawings and page: Apache License 2.0.`;

playButton.addEventListener('click', () => setPlaying(!playback.playing));
slow.addEventListener('change', () => {
  playback.speed = slow.checked ? 0.25 : 1;
});
slider.addEventListener('input', () => {
  setPlaying(false);
  playback.seek(Number(slider.value));
});
diveSelect.addEventListener('change', () => showClip(byNumber.get(diveSelect.value)![0]!));
clipSelect.addEventListener('change', () => showClip(findClip(clipSelect.value)!));
element('another', HTMLButtonElement).addEventListener('click', () => showClip(anotherClip()));
addEventListener('hashchange', () => {
  const wanted = findClip(location.hash.slice(1));
  if (wanted !== undefined && wanted !== clip) showClip(wanted);
});

showClip(findClip(location.hash.slice(1)) ?? findClip('01__10')!);
setPlaying(!matchMedia('(prefers-reduced-motion: reduce)').matches);
requestAnimationFrame(function loop(milliseconds) {
  playback.tick(milliseconds / 1000);
  showFrame();
  requestAnimationFrame(loop);
});
