import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ArgumentError, DataError } from '@mcore/errors';
import { openScoredVideos, readMatrix, type ScoredVideo, type ScoredVideos } from './scored-videos.js';

/** The actions of AQA-7 with scores, in the order of their numbers in its lists, from 1. */
export const aqa7Actions = [
  'diving',
  'gym_vault',
  'ski_big_air',
  'snowboard_big_air',
  'sync_diving_3m',
  'sync_diving_10m',
] as const;

/** One of {@link aqa7Actions}. */
export type Aqa7Action = (typeof aqa7Actions)[number];

/** Which videos {@link openAqa7} opens. */
export interface OpenAqa7Options {
  /** `'diving'` unless given or the directory is the folder of another action. */
  readonly action?: Aqa7Action;
  /** Stages that clips are cut into, as AQA-7 labels no transitions; 3 unless given. */
  readonly stages?: number;
}

const LISTS = 'Split_4';

/** The data set's root and the action that a directory names: the root itself, or the folder of one action. */
function placeOf(directory: string): { root: string; action: Aqa7Action | undefined } {
  const path = resolve(directory);
  const action = aqa7Actions.find((name) => basename(path) === `${name}-out`);
  return { root: action === undefined ? path : dirname(path), action };
}

/** Whether a directory is AQA-7's root, with `Split_4`, or the folder of one of its actions, such as `diving-out`. */
export function isAqa7(directory: string): boolean {
  return existsSync(join(placeOf(directory).root, LISTS, 'split_4_train_list.mat'));
}

/**
 * Opens one action of AQA-7 (Parmar and Morris, WACV 2019): `Split_4/split_4_train_list.mat` and `split_4_test_list.mat`, whose rows are
 * [action, video, score], and `<action>-out/<video>`, where a video is a folder of images (`001`) or a file (`001.mp4`).
 *
 * @param directory - The data set's root, or the folder of one action.
 * @throws DataError in one line if a list or a video is missing or damaged; ArgumentError if an option is out of range.
 */
export async function openAqa7(directory: string, options: OpenAqa7Options = {}): Promise<ScoredVideos> {
  const place = placeOf(directory);
  const { action = place.action ?? 'diving', stages = 3 } = options;
  const number = aqa7Actions.indexOf(action) + 1;
  if (number === 0) throw new ArgumentError(`openAqa7: expected an action (${aqa7Actions.join(', ')}), got ${action}.`);
  const videos: ScoredVideo[] = [];
  for (const split of ['train', 'test'] as const) {
    const path = join(place.root, LISTS, `split_4_${split}_list.mat`);
    const { rows, columns, data } = await readMatrix('openAqa7', path, [`consolidated_${split}_list`]);
    if (columns !== 3) throw new DataError(`openAqa7: expected 3 columns in ${path}, got ${columns}.`);
    for (let row = 0; row < rows; row++) {
      const [kind, index, score] = [0, 1, 2].map((column) => data[column * rows + row]!) as [number, number, number];
      if (kind !== number) continue;
      if (!Number.isSafeInteger(index) || index < 1 || !Number.isFinite(score)) {
        throw new DataError(
          `openAqa7: expected a video's number and score in row ${row + 1} of ${path}, got ${index}, ${score}.`,
        );
      }
      const id = `${action}__${String(index).padStart(3, '0')}`;
      videos.push({ id, action, index, score, difficulty: 1, split });
    }
  }
  const folder = join(place.root, `${action}-out`);
  return openScoredVideos('openAqa7', videos, {
    kind: 'aqa-7',
    folder,
    stages,
    description: `AQA-7, ${action}, ${videos.length} clips`,
  });
}
