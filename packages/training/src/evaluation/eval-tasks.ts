import type { Clip, ExemplarChoice } from '@mcore/clips';
import { McoreError } from '@mcore/errors';
import { type Calibration, modelFromCheckpoint, weightsId } from '@mcore/model';
import type { Task, TaskList } from '@mcore/tasks';
import { fingerprint, ResultStore, type ResultStoreOptions, type RunSummary } from '@mcore/tasks/node';
import { exemplarChoice, type PredictedClip, predictClips } from '../predictions/predict-clips.js';
import { calibrationFor } from './calibration-for.js';
import type { CheckpointEvaluation } from './evaluate-checkpoint.js';
import type { EvaluationAbout } from './evaluation-json.js';

/** A clip to predict, with what of its label goes into the figures. */
type EvalTask = Pick<Clip, 'diveNumber' | 'score' | 'transitions' | 'frameCount'>;

/** What an evaluation rests on, as the settings of its list. */
export interface EvalSettings extends EvaluationAbout {
  weights: string;
  exemplars: string;
  training: string;
  /** Of the interval whose coverage is said; null where none is. */
  calibration: Calibration | null;
}

/** The clips of `mcore eval` as tasks. Those of one dive number share exemplars, so they are a group. */
export async function evalTasks(
  { checkpoint, clips, train }: Pick<CheckpointEvaluation, 'checkpoint' | 'clips' | 'train'>,
  choice: ExemplarChoice,
  about: EvaluationAbout,
): Promise<TaskList<EvalTask>> {
  const settings: EvalSettings = {
    weights: await weightsId(checkpoint.tensors),
    ...about,
    exemplars: fingerprint([...choice.lists].map(([id, { exemplars }]) => [id, exemplars])),
    // label-only baselines come from them
    training: fingerprint(train.map(({ id, score, transitions }) => [id, score, transitions])),
    calibration: calibrationFor(checkpoint, about.part) ?? null,
  };
  return {
    kind: 'eval',
    settings: { ...settings },
    tasks: clips.map(
      ({ id, diveNumber, score, transitions, frameCount }): Task<EvalTask> => ({
        id,
        kind: 'eval',
        params: { diveNumber, score, transitions, frameCount },
        group: diveNumber,
      }),
    ),
  };
}

/** The exemplars of all clips, drawn before the list is cut, so that no shard changes them. */
export function wholeChoice({
  checkpoint,
  clips,
  train,
  exemplars,
}: Pick<CheckpointEvaluation, 'checkpoint' | 'clips' | 'train' | 'exemplars'>): ExemplarChoice {
  const model = modelFromCheckpoint(checkpoint);
  try {
    return exemplarChoice(clips, { exemplars, train, model });
  } finally {
    model.dispose();
  }
}

/** Predicts the clips of a shard that have no result yet, dive number after dive number; `onProgress` is called with the number done and to do. */
export async function runEvalTasks(
  options: CheckpointEvaluation & { exemplars: ExemplarChoice },
  store: ResultStoreOptions<EvalTask>,
): Promise<RunSummary> {
  const { checkpoint, prepared, train, exemplars } = options;
  const results = await ResultStore.open<EvalTask, PredictedClip>(store);
  const model = modelFromCheckpoint(checkpoint);
  const replicas = await options.createReplicas(checkpoint);
  const { pending } = results;
  const total = results.tasks.length;
  const summary: RunSummary = { path: results.path, total, skipped: total - pending.length, finished: 0, failed: 0 };
  options.onProgress?.(summary.skipped, total);
  const byId = new Map(options.clips.map((clip) => [clip.id, clip]));
  const predict = async (tasks: readonly Task<EvalTask>[]) => {
    const start = performance.now();
    const clips = tasks.map(({ id }) => byId.get(id)!);
    const { known } = options;
    const setup = { model, replicas, prepared, train, exemplars, ...(known && { known }) };
    const predicted = await predictClips(clips, setup);
    const seconds = Number(((performance.now() - start) / 1000 / tasks.length).toFixed(3));
    for (const result of predicted) {
      await results.add({ id: result.id, index: results.indexOf(result.id), seconds, result });
      summary.finished++;
    }
  };
  try {
    const groups = new Map<string, Task<EvalTask>[]>();
    for (const task of pending) groups.set(task.group!, [...(groups.get(task.group!) ?? []), task]);
    for (const tasks of groups.values()) {
      try {
        await predict(tasks);
      } catch (error) {
        if (!(error instanceof McoreError)) throw error;
        // one of them can't be read: the others are predicted all the same
        for (const task of tasks) {
          await predict([task]).catch(async ({ code, message }: McoreError) => {
            await results.add({ id: task.id, index: results.indexOf(task.id), seconds: 0, error: { code, message } });
            summary.failed++;
          });
        }
      }
      options.onProgress?.(summary.skipped + summary.finished + summary.failed, total);
    }
    return summary;
  } finally {
    await results.close();
    await Promise.all(replicas.map((replica) => replica.dispose()));
    model.dispose();
  }
}
