import { join } from 'node:path';
import type { Clip, SplitKind } from '@mcore/clips';
import { type MCoReConfig, presetConfig } from '@mcore/model';
import { Random } from '@mcore/random';
import type { Task, TaskList } from '@mcore/tasks';
import type { PreparedClips } from '../clips/prepared-clips.js';
import { splitAs } from '../clips/seen-clips.js';
import type { ReplicaFactory } from '../compute/replica.js';
import { evaluateDraws } from '../evaluation/evaluate-checkpoint.js';
import { RunFiles } from '../files/run-files.js';
import type { FitEvent } from '../fit/fit-events.js';
import { merge } from '../fit/merge-config.js';
import { runFit } from '../fit/run-fit.js';
import type { BenchmarkRow } from './rows.js';

/** Where and on what rows are run. */
export interface RowMachine {
  prepared: PreparedClips;
  /** Folder with a folder for every training. */
  runs: string;
  createReplicas: ReplicaFactory;
  /** Called with all that happens in a training. */
  onEvent?: (event: FitEvent) => void;
}

/** One training and its tests: a row of the table with one seed. */
export interface RowTask {
  row: string;
  seed: number;
  changes: BenchmarkRow['changes'];
  decodings: readonly MCoReConfig['decoding'][];
}

/** What every training of a benchmark has in common. */
export interface BenchmarkSettings {
  preset: string;
  /** Optimisation steps of each training. */
  steps: number;
  trainClips: number | null;
  validationClips: number;
  /** All test clips where `null`. */
  testClips: number | null;
  /** The clips, in words. */
  source: string;
  /** Which data set it is; see `ClipSource.kind`. */
  kind?: string;
  /** Which clips are test clips; the official ones where it is left out. */
  split?: SplitKind;
}

/** A test clip with what was predicted of it. */
export interface RowClip {
  id: string;
  diveNumber: string;
  trueScore: number;
  predictedScore: number;
  trueTransitions: readonly number[];
  predictedTransitions: readonly number[];
  /** The same from training labels alone. */
  labelOnly: { score: number; transitions: readonly number[] };
}

/** What a {@link RowTask} gave. */
export interface RowResult {
  row: string;
  seed: number;
  bestStep: number;
  validationSrcc: number;
  tests: { decoding: MCoReConfig['decoding']; clips: RowClip[] }[];
}

/** A benchmark as a list of tasks, seed by seed, so that every row has a first figure early. */
export function rowTasks(rows: readonly BenchmarkRow[], seeds: number, settings: BenchmarkSettings): TaskList<RowTask> {
  const tasks = Array.from({ length: seeds }, (_, seed) =>
    rows.map(({ id, changes, decodings }) => ({
      id: `${id}-seed-${seed}`,
      kind: 'benchmark',
      params: { row: id, seed, changes, decodings },
    })),
  ).flat();
  return { kind: 'benchmark', settings: { ...settings }, tasks };
}

/**
 * Trains a row with a seed, going on where an earlier try was cut off, and tests the checkpoint that was best on validation.
 * Test clips have no part in any choice. The seed also chooses the validation clips.
 */
export async function runRow(
  task: Task<RowTask>,
  settings: BenchmarkSettings,
  machine: RowMachine,
): Promise<RowResult> {
  const { seed, changes, decodings } = task.params;
  const { prepared, createReplicas, onEvent } = machine;
  const config = merge<MCoReConfig>(presetConfig(settings.preset), changes);
  const split = { kind: settings.split ?? ('official' as const), seed };
  const splits = splitAs(prepared.source.clips, split, limitsOf(settings));
  const test = testClips(splits.test, settings);
  await prepared.makeAll(test, (done, total) => onEvent?.({ kind: 'preparing', done, total }));
  const { weights, bestStep, bestSrcc } = await runFit(
    {
      ...{ config, prepared, splits, split, seed, createReplicas },
      store: new RunFiles(join(machine.runs, task.id)),
      totalSteps: settings.steps,
      checkpointEvery: 25,
      validateEvery: Math.max(1, Math.round(settings.steps / 5)),
      weightsOnly: true,
      ...(onEvent && { onEvent }),
    },
    'resume',
  );
  const tests: RowResult['tests'] = [];
  for (const decoding of decodings) {
    const info = { ...weights.info, config: { ...weights.info.config, decoding } };
    const [draw] = await evaluateDraws({
      ...{ clips: test, train: splits.train, prepared, exemplars: seed, createReplicas },
      checkpoint: { ...weights, info },
    });
    const { predicted } = draw!;
    const clips = predicted.map(({ labelOnly, scored: _, ...clip }): RowClip => {
      const { score, transitionsOfDiveNumber: transitions } = labelOnly;
      return { ...clip, labelOnly: { score, transitions } };
    });
    tests.push({ decoding, clips });
  }
  return { row: task.params.row, seed, bestStep, validationSrcc: bestSrcc, tests };
}

function limitsOf({ trainClips, validationClips }: BenchmarkSettings) {
  return { validation: validationClips, train: trainClips ?? undefined };
}

/** The same for every seed, so that rows can be compared clip by clip. */
function testClips(clips: readonly Clip[], { testClips: limit }: BenchmarkSettings): readonly Clip[] {
  return limit === null ? clips : Random.for(0, 'benchmark test clips').sample(clips, limit);
}
