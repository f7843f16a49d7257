import type { Task } from '@mcore/tasks';
import { type BenchmarkSettings, type RowTask, runRow } from '@mcore/training/node';
import type { DataOptions, EngineOptions } from '../commands/options.js';
import { judgeOf, type ScoreTask, scoreOptions, scoreSettings, type WeightsOptions } from '../run/score-tasks.js';
import { type CommandTask, runCommandTask } from './command-task.js';
import { openRowMachine } from './row-machine.js';

/** Does the tasks of one kind of list. */
export interface Runner {
  /** What its results rest on; must be the settings of the list. */
  settings: Readonly<Record<string, unknown>>;
  run(task: Task): Promise<unknown>;
  dispose(): Promise<void>;
}

/** Options of a process that does tasks of any kind. */
export interface RunnerOptions extends EngineOptions, WeightsOptions, DataOptions {
  /** Folder for trainings. */
  out: string;
}

/** By the kind of the list; `settings` are those of the list. */
export const TASK_RUNNERS: Readonly<
  Record<string, (settings: Readonly<Record<string, unknown>>, options: RunnerOptions) => Promise<Runner>>
> = {
  score: async ({ seed }, options) => {
    const settings = await scoreSettings(options, Number(seed));
    const judge = await judgeOf(options, settings.seed);
    return {
      settings: { ...settings },
      run: ({ params }) => {
        const task = params as unknown as ScoreTask;
        return judge.score(task.video, scoreOptions(task));
      },
      dispose: () => judge.dispose(),
    };
  },
  benchmark: async (settings, options) => {
    const expected = settings as unknown as BenchmarkSettings;
    const machine = await openRowMachine(expected.preset, options);
    return {
      settings: {
        ...expected,
        source: machine.prepared.source.description,
        ...(machine.prepared.source.kind && { kind: machine.prepared.source.kind }),
      },
      run: (task) => runRow(task as unknown as Task<RowTask>, expected, machine),
      dispose: machine.dispose,
    };
  },
  mcore: async (settings) => ({
    settings,
    run: ({ params }) => runCommandTask(params as unknown as CommandTask),
    dispose: async () => {},
  }),
};
