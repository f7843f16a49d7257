import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '@mcore/errors';
import { openScoredVideos, readMatrix, type ScoredVideo, type ScoredVideos } from './scored-videos.js';

/** Which videos {@link openUnlvDive} opens. */
export interface OpenUnlvDiveOptions {
  /** The folder with the videos; the first of `frames`, `diving_samples_len_ori` and `diving_samples_len_151_lstm` unless given. */
  readonly videos?: string;
  /** Stages that clips are cut into, as UNLV-Dive labels no transitions; 3 unless given. */
  readonly stages?: number;
}

const SCORES = 'diving_overall_scores.mat';
const videoFolders = ['frames', 'diving_samples_len_ori', 'diving_samples_len_151_lstm'];

/** Whether a directory holds the scores of UNLV-Dive. */
export function isUnlvDive(directory: string): boolean {
  return existsSync(join(directory, SCORES));
}

/**
 * Opens UNLV-Dive (Parmar and Morris, "Learning to Score Olympic Events", CVPR Workshops 2017): 370 dives with `diving_overall_scores.mat`,
 * `diving_difficulty_level.mat` and the split `split_300_70/{training,testing}_idx.mat`. A video is a folder of images (`001`) or a file (`001.mp4`).
 *
 * @throws DataError in one line if a file or a video is missing or damaged; ArgumentError if `stages` is out of range.
 */
export async function openUnlvDive(directory: string, options: OpenUnlvDiveOptions = {}): Promise<ScoredVideos> {
  const read = (path: string, name: string) => readMatrix('openUnlvDive', join(directory, path), [name]);
  const { data: scores } = await read(SCORES, 'overall_scores');
  const { data: difficulties } = await read('diving_difficulty_level.mat', 'difficulty_level');
  if (difficulties.length !== scores.length) {
    throw new DataError(
      `openUnlvDive: expected ${scores.length} difficulties like scores, got ${difficulties.length}.`,
    );
  }
  const videos: ScoredVideo[] = [];
  for (const [file, name, split] of [
    ['training_idx.mat', 'training_idx', 'train'],
    ['testing_idx.mat', 'testing_idx', 'test'],
  ] as const) {
    for (const index of (await read(join('split_300_70', file), name)).data) {
      const [score, difficulty] = [scores[index - 1], difficulties[index - 1]];
      if (score === undefined || difficulty === undefined) {
        throw new DataError(`openUnlvDive: expected dives 1 to ${scores.length} in ${file}, got ${index}.`);
      }
      const id = `diving__${String(index).padStart(3, '0')}`;
      videos.push({ id, action: 'diving', index, score, difficulty, split });
    }
  }
  const folder = options.videos ?? videoFolders.map((name) => join(directory, name)).find((path) => existsSync(path));
  if (folder === undefined) {
    throw new DataError(
      `openUnlvDive: expected videos in ${videoFolders.join(' or ')} in ${directory}, got none of them.`,
    );
  }
  const { stages = 3 } = options;
  return openScoredVideos('openUnlvDive', videos, {
    kind: 'unlv-dive',
    folder,
    stages,
    description: `UNLV-Dive, ${videos.length} clips`,
  });
}
