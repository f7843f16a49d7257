import { Command } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { addBank } from './commands/bank.js';
import { addBench } from './commands/bench.js';
import { addBenchmark } from './commands/benchmark.js';
import { addCompare } from './commands/compare.js';
import { addData } from './commands/data.js';
import { addDoctor } from './commands/doctor.js';
import { addEval } from './commands/eval.js';
import { addExport } from './commands/export.js';
import { addFind } from './commands/find.js';
import { addImport } from './commands/import.js';
import { addMerge } from './commands/merge.js';
import { addPretrain } from './commands/pretrain.js';
import { addQueue } from './commands/queue.js';
import { addQuickstart } from './commands/quickstart.js';
import { addReport } from './commands/report.js';
import { addScore } from './commands/score.js';
import { addTrain } from './commands/train.js';

/** The whole command line. Errors are thrown, not printed and exited on, so that one place decides the status. */
export function createProgram(): Command {
  const program = new Command('mcore')
    .description('Action quality assessment with MCoRe: render, train, evaluate, score.')
    .version(packageJson.version)
    .showHelpAfterError('(add --help for all options and an example)')
    .exitOverride();
  for (const add of [
    addQuickstart,
    addData,
    addPretrain,
    addTrain,
    addEval,
    addCompare,
    addReport,
    addScore,
    addFind,
    addBenchmark,
    addMerge,
    addQueue,
    addBank,
    addImport,
    addExport,
    addDoctor,
    addBench,
  ]) {
    add(program);
  }
  return program;
}
