import { type Item, type Labels, labelledScore, noLabels } from './item.js';
import { csv } from './ranked-csv.js';

/** Videos that can't be in a list for training yet, with what is missing. */
export interface Unlabelled {
  name: string;
  missing: string;
}

/**
 * The labelled videos as the list that `mcore train --data videos.csv` reads. A column is there where all videos can fill it, as that
 * reader wants it.
 *
 * @param folder - Of the videos, relative to the list; empty for the list's own.
 * @returns CSV; and the videos that are left out, each with the reason.
 */
export function manifestOf(items: readonly Item[], folder = ''): { text: string; left: Unlabelled[] } {
  const left: Unlabelled[] = [];
  const listed = items.filter((item) => {
    const missing = missingOf(item);
    if (missing) left.push({ name: item.name, missing });
    return missing === null;
  });
  const all = (has: (item: Item) => boolean) => listed.length > 0 && listed.every(has);
  const counts = new Set(listed.map(({ labels }) => labels.transitionSeconds.length));
  const columns: [string, (item: Item) => string | number | null][] = [
    ['path', ({ name }) => (folder ? `${folder}/${name}` : name)],
    ['score', ({ labels }) => labelledScore(labels)],
  ];
  const isCut = listed.some((item) => partOf(item) !== null);
  if (isCut) {
    columns.push(['start', (item) => seconds(partOf(item)?.[0] ?? 0)]);
    columns.push(['end', (item) => seconds(partOf(item)?.[1] ?? item.durationSeconds ?? 0)]);
  }
  if (all(({ className }) => className !== '')) columns.push(['class', ({ className }) => className]);
  if (listed.some(({ labels }) => labels.difficulty !== null)) {
    columns.push(['difficulty', ({ labels }) => labels.difficulty ?? 1]);
  }
  if (counts.size === 1 && !counts.has(0)) {
    columns.push(['transition_seconds', ({ labels }) => labels.transitionSeconds.map(seconds).join(' ')]);
  }
  if (all(({ labels }) => labels.split !== null)) columns.push(['split', ({ labels }) => labels.split]);
  // the number of frames would be that of the part
  if (!isCut && all(({ frameCount }) => frameCount !== null)) columns.push(['frames', ({ frameCount }) => frameCount]);
  const rows = listed.map((item) => columns.map(([, of]) => of(item)));
  return { text: csv([columns.map(([name]) => name), ...rows]), left };
}

/** What a list says of a video, by the file's name. */
export function labelsFromManifest(row: {
  score: number;
  difficulty?: number | undefined;
  transitionSeconds?: readonly number[] | undefined;
  split?: 'train' | 'test' | undefined;
}): Labels {
  const { score, difficulty = null, transitionSeconds = [], split = null } = row;
  return { ...noLabels, score, difficulty, transitionSeconds, split };
}

function missingOf({ labels }: Item): string | null {
  return labelledScore(labels) === null ? 'a score' : null;
}

/** The part of a video that is the clip, where it is not all of it. */
export function partOf({ trim, durationSeconds }: Item): readonly [number, number] | null {
  if (!trim || durationSeconds === null) return null;
  return trim[0] > 0.05 || trim[1] < durationSeconds - 0.05 ? trim : null;
}

const seconds = (value: number) => value.toFixed(3);
