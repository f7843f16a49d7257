import { Command, type Option } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { addAverage } from './commands/average.js';
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
    .configureHelp({ optionDescription: describeOption })
    .exitOverride();
  for (const [group, commands] of groups) {
    program.commandsGroup(group);
    for (const add of commands) add(program);
  }
  program.commandsGroup('Other commands:');
  return program;
}

/** Commands as the help lists them. */
const groups: readonly (readonly [heading: string, commands: readonly ((program: Command) => void)[]])[] = [
  ['First:', [addQuickstart, addDoctor]],
  ['Score videos:', [addScore, addFind]],
  ['Train and evaluate:', [addData, addTrain, addEval, addCompare, addPretrain, addBenchmark, addReport]],
  ['Weights:', [addBank, addAverage, addImport, addExport]],
  ['Many machines:', [addMerge, addQueue]],
  ['Speed:', [addBench]],
];

/** An option's description, with its choices and, unless the description says it or it is off, its default. */
function describeOption(option: Option): string {
  const { description, argChoices, defaultValue, defaultValueDescription } = option;
  const isOff =
    defaultValue === undefined || defaultValue === false || (Array.isArray(defaultValue) && defaultValue.length === 0);
  const facts = [
    ...(argChoices ? [`one of ${argChoices.join(', ')}`] : []),
    ...(isOff || description.includes('(default:')
      ? []
      : [`default: ${defaultValueDescription ?? String(defaultValue)}`]),
  ];
  return facts.length === 0 ? description : `${description} (${facts.join('; ')})`;
}
