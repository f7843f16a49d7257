import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { EngineChoice } from '@mcore/engines';
import { type Judge, loadJudge, type ScoreOptions } from '@mcore/judge';
import { type ListedVideo, withSpan } from '@mcore/manifest-loader';
import { weightsId } from '@mcore/model';
import type { Task, TaskList } from '@mcore/tasks';
import { OnnxModel, readCheckpoint, readNamed, testOnnx } from '@mcore/training/node';
import { fileKey } from '@mcore/video/node';

/** Files to score with. */
export interface WeightsOptions {
  weights: string;
  /** The one beside the weights unless given. */
  bank?: string;
}

/** A video to score. */
export interface ScoreTask extends Omit<ListedVideo, 'class'> {
  /** Dive number or class; null where it is not known. */
  dive: string | null;
  /** Whether an unknown class may be compared with exemplars of any. */
  anyClass?: true;
}

/** Everything that the scores of a list depend on. Only results with equal settings are merged. */
interface ScoreSettings {
  weights: string;
  bank: string;
  seed: number;
}

/**
 * The settings of scores.
 *
 * @param seed - Of the draw of exemplars.
 */
export async function scoreSettings({ weights, bank }: WeightsOptions, seed: number): Promise<ScoreSettings> {
  const { info, tensors } = await readCheckpoint(weights);
  const hasBank = info.config.regression !== 'exemplar-free';
  const file = hasBank ? await readNamed(bank ?? bankBeside(weights), 'an exemplar bank') : undefined;
  const hash = file ? createHash('sha256').update(file).digest('hex').slice(0, 16) : 'none';
  return { weights: await weightsId(tensors), bank: hash, seed };
}

/**
 * The videos of `mcore score` as tasks: one result each, named by its path as it was given. A video whose file has changed is scored
 * again; one that is gone keeps its result.
 */
export async function scoreTasks(videos: readonly ScoreTask[], settings: ScoreSettings): Promise<TaskList<ScoreTask>> {
  const tasks: Task<ScoreTask>[] = [];
  for (const params of videos) {
    const input = await fileKey(params.video).catch(() => undefined);
    tasks.push({ id: withSpan(params.video, params), kind: 'score', params, ...(input !== undefined && { input }) });
  }
  return { kind: 'score', settings: { ...settings }, tasks };
}

/** Loads a judge for the options of a command. */
export async function judgeOf(
  { weights, bank, engine, workers }: WeightsOptions & { engine: EngineChoice | 'onnx'; workers: number },
  seed: number,
): Promise<Judge> {
  const files = { weights, bank: bank ?? bankBeside(weights), seed };
  if (engine !== 'onnx') return loadJudge({ ...files, engine });
  return loadJudge({
    ...files,
    engine: 'cpu', // cuts features into stages, which takes no time
    network: async (checkpoint) => {
      await testOnnx();
      return OnnxModel.create(checkpoint, workers);
    },
  });
}

/** How a task's video is scored. */
export function scoreOptions(task: ScoreTask): ScoreOptions {
  const { dive, anyClass, start, end } = task;
  return {
    anyClass: anyClass ?? false,
    ...(dive !== null && { class: dive }),
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    name: withSpan(task.video, task),
  };
}

function bankBeside(weights: string): string {
  return join(dirname(weights), 'bank.safetensors');
}
