import { fileURLToPath } from 'node:url';
import { ArgumentError } from '@mcore/errors';
import type { Task } from '@mcore/tasks';
import { runProgram } from '@mcore/tasks/node';
import { type BenchmarkSettings, type RowTask, runRow } from '@mcore/training/node';
import type { DataOptions, EngineOptions } from '../commands/options.js';
import { judgeOf, type ScoreTask, scoreOptions, scoreSettings, type WeightsOptions } from '../run/score-tasks.js';
import { openRowMachine } from './row-machine.js';

/** Does the tasks of one kind of list. */
interface Runner {
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
    run: ({ params }) => runCommand(params.args),
    dispose: async () => {},
  }),
};

/** Runs a whole `mcore` command, such as a training, with `--json`. */
function runCommand(args: unknown): Promise<unknown> {
  if (!Array.isArray(args) || !args.every((argument) => typeof argument === 'string')) {
    throw new ArgumentError('mcore task: expected params.args, a list of texts.');
  }
  // everything is bundled into dist/, so the program lies beside this file
  const main = fileURLToPath(new URL('./main.js', import.meta.url));
  return runProgram(process.execPath, [main, ...args, '--json'], `mcore ${args.join(' ')}`);
}
