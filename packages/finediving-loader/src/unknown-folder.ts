import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { DataError } from '@mcore/errors';

/** Other data sets by what their folders hold. */
const others: readonly [pattern: RegExp, advice: string][] = [
  [
    /^(split_\d|(diving|gym_vault|ski_big_air|snowboard_big_air|sync_diving_3m|sync_diving_10m)-out)$/i,
    'This looks like AQA-7, which @mcore/aqa7-loader reads: its root holds Split_4 and folders such as diving-out',
  ],
  [
    /^(diving_(overall_scores|difficulty_level)\.mat|diving_samples_len_.*|split_300_70)$/i,
    'This looks like UNLV-Dive, which @mcore/aqa7-loader reads: its root holds diving_overall_scores.mat',
  ],
  [
    /^(.*final_annotations_dict.*\.pkl|whole_videos_frames|MTL-AQA.*)$/i,
    'This looks like MTL-AQA, which @mcore/mtl-aqa-loader reads: it needs final_annotations_dict.pkl and both split lists',
  ],
  [
    /^(JIGSAWS.*|Suturing|Needle_Passing|Knot_Tying)$/i,
    'This looks like JIGSAWS, as MUSDL prepares it, or a copy of MUSDL; list its videos with their scores in a CSV',
  ],
];

/** Advice for videos that are not listed. */
function ownVideos(directory: string, names: readonly string[]): string {
  const lists = names.filter((name) => /\.(csv|tsv)$/i.test(name));
  if (lists.length > 0)
    return `It holds ${lists.slice(0, 3).join(', ')}: if that lists its videos, name the file instead`;
  return `For your own videos, name a list of them with the columns path and score instead; mcore data init ${directory} writes one to fill in`;
}

/** The error for a folder without FineDiving: what was expected, what was found, and what to do. */
export async function unknownFolder(directory: string, masks: readonly string[]): Promise<DataError> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((): Dirent[] => []);
  const visible = entries.filter(({ name }) => !name.startsWith('.'));
  const names = visible.map(({ name }) => name);
  const advice =
    others.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1] ?? ownVideos(directory, names);
  const skipped = masks.length > 0 ? ` Folders of masks were skipped: ${masks.slice(0, 3).join(', ')}.` : '';
  return new DataError(
    `openFineDiving: expected FineDiving in ${directory}: its annotations (fine-grained_annotation_aqa.pkl, or train.json and test.json), ` +
      `or frames or videos named <competition>/<dive index>; got ${described(visible)}.${skipped} ${advice}.`,
  );
}

/** `2 folders and 3 files (a, b, c, d, e)`, or `an empty folder`. */
function described(entries: readonly Dirent[]): string {
  if (entries.length === 0) return 'an empty folder';
  const count = (number: number, what: string) => (number === 0 ? [] : [`${number} ${what}${number === 1 ? '' : 's'}`]);
  const files = entries.filter((entry) => entry.isFile()).length;
  const names = entries.map(({ name }) => name).sort();
  const shown = names.slice(0, 5).join(', ') + (names.length > 5 ? ', ...' : '');
  return `${[...count(entries.length - files, 'folder'), ...count(files, 'file')].join(' and ')} (${shown})`;
}
