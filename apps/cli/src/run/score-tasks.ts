import { createHash } from 'node:crypto';
import type { Checkpoint } from '@mcore/model';
import { weightsId } from '@mcore/model';
import type { Task, TaskList } from '@mcore/tasks';

/** A video to score. */
export interface ScoreTask {
  video: string;
  /** Dive number; null where it is not known. */
  dive: string | null;
}

/** What every score of a list rests on. */
export interface ScoreSettings {
  checkpoint: Checkpoint;
  /** The bank's file; exemplar-free weights have none. */
  bank: Uint8Array | undefined;
  seed: number;
}

/** The videos of `mcore score` as tasks: one result each, named by its path as it was given. */
export async function scoreTasks(videos: readonly ScoreTask[], settings: ScoreSettings): Promise<TaskList<ScoreTask>> {
  return {
    kind: 'score',
    settings: {
      weights: await weightsId(settings.checkpoint.tensors),
      bank: settings.bank ? createHash('sha256').update(settings.bank).digest('hex').slice(0, 16) : 'none',
      seed: settings.seed,
    },
    tasks: videos.map((params): Task<ScoreTask> => ({ id: params.video, kind: 'score', params })),
  };
}
