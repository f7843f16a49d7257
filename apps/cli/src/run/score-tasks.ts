import { createHash } from 'node:crypto';
import { type Checkpoint, weightsId } from '@mcore/model';
import type { Task, TaskList } from '@mcore/tasks';

/** A video to score. */
export interface ScoreTask {
  video: string;
  /** Dive number; null where it is not known. */
  dive: string | null;
}

/** What every score of a list rests on; only results of equal settings are put together. */
export interface ScoreSettings {
  weights: string;
  bank: string;
  seed: number;
}

/**
 * The settings of scores.
 *
 * @param bankFile - The exemplar bank as it is on disk; exemplar-free weights have none.
 * @param seed - Of the draw of exemplars.
 */
export async function scoreSettings(
  { tensors }: Pick<Checkpoint, 'tensors'>,
  bankFile: Uint8Array | undefined,
  seed: number,
): Promise<ScoreSettings> {
  const bank = bankFile ? createHash('sha256').update(bankFile).digest('hex').slice(0, 16) : 'none';
  return { weights: await weightsId(tensors), bank, seed };
}

/** The videos of `mcore score` as tasks: one result each, named by its path as it was given. */
export function scoreTasks(videos: readonly ScoreTask[], settings: ScoreSettings): TaskList<ScoreTask> {
  return {
    kind: 'score',
    settings: { ...settings },
    tasks: videos.map((params): Task<ScoreTask> => ({ id: params.video, kind: 'score', params })),
  };
}
