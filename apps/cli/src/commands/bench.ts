import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ENGINE_NAMES } from '@mcore/engines';
import { type PresetName, presets } from '@mcore/model';
import { textTable } from '@mcore/training';
import {
  BENCH_WORKS,
  type BenchProgram,
  type BenchResult,
  type BenchWork,
  runBench,
  type ServeOptions,
  serveBench,
  workingEngines,
} from '@mcore/training/bench';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { result, say } from '../terminal/output.js';
import { wholeNumber, withExamples, withJson } from './options.js';

interface BenchCommandOptions {
  work: BenchWork[];
  engines?: BenchProgram[];
  against: BenchProgram[];
  preset: PresetName;
  frames?: number;
  size?: { height: number; width: number };
  clips: number;
  exemplars: number;
  rounds: number;
  repeats: number;
  seed: number;
  json: boolean;
}

/** `mcore bench`, and the hidden command that each of its own engines runs as. */
export function addBench(program: Command): void {
  const command = program
    .command('bench')
    .description(
      'Measure what scoring and training cost here: engines take turns at the same work with the same weights.',
    )
    .addOption(
      new Option('--work <names>', `what to do, of ${BENCH_WORKS.join(', ')}`)
        .argParser(listOf(BENCH_WORKS))
        .default(['score', 'train'], 'score,train'),
    )
    .addOption(
      new Option(
        '--engines <names>',
        'engines, with a number of workers where expected: tensorflow,native:2,onnx (default: those that work)',
      ).argParser(engineList),
    )
    .addOption(
      new Option(
        '--against <name=command>',
        'another program that speaks the protocol of bench/README.md; may be repeated',
      )
        .argParser(otherProgram)
        .default([], 'none'),
    )
    .addOption(new Option('--preset <name>', 'configuration').choices(Object.keys(presets)).default('laptop'))
    .option('--frames <n>', "frames a clip (default: the preset's)", wholeNumber(2))
    .addOption(new Option('--size <HxW>', "pixels (default: the preset's)").argParser(pixels))
    .option('--clips <n>', 'clips to score, or pairs to learn from, at a time', wholeNumber(1), 2)
    .option('--exemplars <n>', 'exemplars to score against', wholeNumber(1), 10)
    .option('--rounds <n>', 'turns each takes', wholeNumber(1), 5)
    .option('--repeats <n>', 'times it does the work in a turn', wholeNumber(1), 1)
    .option('--seed <n>', 'seed of weights and pictures, both random', wholeNumber(0), 0);
  withExamples(
    withJson(command),
    'mcore bench',
    'mcore bench --preset released --work score,forward --engines tensorflow,native,wasm,onnx',
  ).action(bench);
  program
    .command('bench-engine <engine>', { hidden: true })
    .option('--workers <n>', 'threads', wholeNumber(1), availableParallelism())
    .action((engine: ServeOptions['engine'], { workers }: { workers: number }) =>
      serveBench({ engine, workers }, process.stdin, process.stdout),
    );
}

async function bench(options: BenchCommandOptions): Promise<void> {
  const { work, engines, against, preset, frames, size, clips, exemplars, rounds, repeats, seed } = options;
  const outcomes = await runBench({
    ...{ works: work, preset, rounds, repeats, seed, onProgress: say },
    programs: [...(engines ?? (await workingEngines()).map(ownProgram)), ...against],
    sizes: { clips, exemplars, ...size, ...(frames !== undefined && { frames }) },
  });
  result(options.json, outcomes, () => outcomes.map(describe).join('\n\n'));
}

/** This program, computing with an engine. */
function ownProgram({ name, engine, workers }: ServeOptions & { name: string }): BenchProgram {
  const main = fileURLToPath(new URL('./main.js', import.meta.url));
  return { name, program: process.execPath, arguments: [main, 'bench-engine', engine, '--workers', String(workers)] };
}

function engineList(text: string): BenchProgram[] {
  const names: readonly string[] = [...ENGINE_NAMES, 'onnx'];
  return text.split(',').map((name) => {
    const [engine, given] = name.split(':') as [ServeOptions['engine'], string?];
    const workers = given === undefined ? (engine === 'onnx' ? availableParallelism() : 1) : Number(given);
    if (!names.includes(engine) || !Number.isInteger(workers) || workers < 1) {
      throw new InvalidArgumentError(`Expected engines of ${names.join(', ')}, such as wasm or wasm:2, got ${name}.`);
    }
    return ownProgram({ name, engine, workers });
  });
}

function otherProgram(text: string, before: BenchProgram[]): BenchProgram[] {
  const [, name, command] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || command === undefined) {
    throw new InvalidArgumentError('Expected a name, "=" and a command, such as pytorch="python serve.py eager".');
  }
  const [program, ...words] = command.split(' ');
  return [...before, { name, program: program!, arguments: words }];
}

function listOf<Name extends string>(names: readonly Name[]): (text: string) => Name[] {
  return (text) => {
    const words = text.split(',');
    const wrong = words.find((word) => !(names as readonly string[]).includes(word));
    if (wrong !== undefined) throw new InvalidArgumentError(`Expected names of ${names.join(', ')}, got ${wrong}.`);
    return words as Name[];
  };
}

function pixels(text: string): { height: number; width: number } {
  const [, height, width] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  if (!(Number(height) >= 8 && Number(width) >= 8)) {
    throw new InvalidArgumentError('Expected height x width of at least 8x8, such as 112x112.');
  }
  return { height: Number(height), width: Number(width) };
}

function describe({ work, sizes, preset, results }: BenchResult): string {
  const each = work === 'train' ? 'a pair' : 'a clip';
  const against = work === 'score' ? `, ${sizes.exemplars} exemplars` : '';
  const rows = results.map((row) =>
    'unsupported' in row
      ? [row.name, '-', '', '', row.unsupported]
      : [
          row.name,
          row.median.toFixed(1),
          `${row.low.toFixed(1)} .. ${row.high.toFixed(1)}`,
          (row.peakMegabytes / 1000).toFixed(2),
          row.description,
        ],
  );
  return [
    `${work}, ${preset}, ${sizes.frames} frames of ${sizes.height}x${sizes.width}${against}; milliseconds ${each}`,
    textTable([['', 'median', 'quartiles', 'peak GB', 'what'], ...rows]),
  ].join('\n');
}
