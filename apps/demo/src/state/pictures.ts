import type { PictureSource } from '../pictures/pictures-api.js';
import * as store from './store.js';

/** Pictures in memory at a time: the most, and their heights in pixels. */
const sizes = { overview: [24, 90], footage: [100, 288], exemplar: [64, 216], playhead: [1, 288] } as const;

/** Shows one exemplar of the verdict beside the query. */
export async function showExemplar(index: number): Promise<void> {
  const exemplar = store.verdict.value?.exemplars[index];
  store.chosenExemplar.value = index;
  const label = exemplar && store.labelOf(exemplar.id);
  store.exemplarFootage.clear();
  if (label) await loadPictures('exemplar', { kind: 'dive', clip: label }, [0, label.frameCount]).catch(() => {});
}

/** Loads pictures of a part of a video, in seconds, into one of the page's lanes. */
export async function loadPictures(
  lane: keyof typeof sizes,
  source: store.Source,
  [fromSeconds, toSeconds]: readonly [number, number],
): Promise<void> {
  const target = {
    overview: store.overview,
    footage: store.footage,
    exemplar: store.exemplarFootage,
    playhead: store.playheadFootage,
  }[lane];
  const [count, height] = sizes[lane];
  await target.load({ source: pictureSource(source), fromSeconds, toSeconds, count, height });
}

const keys = new WeakMap<Blob, number>();
let nextKey = 0;

/** A source as the worker that draws and decodes takes it. */
export function pictureSource(source: store.Source): PictureSource {
  if (source.kind === 'dive') return { kind: 'dive', id: source.clip.id };
  const { file, name } = source;
  const key = keys.get(file) ?? nextKey++;
  keys.set(file, key);
  return { kind: 'file', file, name, key };
}
