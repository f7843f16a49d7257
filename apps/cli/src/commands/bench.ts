import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENGINE_NAMES } from '@mcore/engines';
import { useEngine } from '@mcore/engines/node';
import { presetConfig, presets } from '@mcore/model';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ContenderCommand } from '../bench/contender.js';
import { type ContenderOptions, serveContender } from '../bench/contender-process.js';
import { type BenchSizes, benchCheckpoint, writeBenchFiles } from '../bench/inputs.js';
import { type Measured, measure, type Unable } from '../bench/measure.js';
import { BENCH_WORKS, type BenchWork } from '../bench/protocol.js';
import { result, say, table } from '../terminal/output.js';
import { wholeNumber, withExamples, withJson } from './options.js';

interface BenchOptions {
  work: BenchWork[];
  engines?: ContenderCommand[];
  against: ContenderCommand[];
  preset: string;
  frames?: number;
  size?: { height: number; width: number };
  clips: number;
  exemplars: number;
  rounds: number;
  repeats: number;
  seed: number;
  json: boolean;
}

/** One work's figures; `--json` prints a list of them. */
export interface BenchResult {
  work: BenchWork;
  sizes: BenchSizes;
  preset: string;
  rounds: number;
  machine: string;
  date: string;
  results: (Measured | Unable)[];
}

/** `mcore bench`, and the hidden command behind each of its own contenders. */
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
      ).argParser(contenderList),
    )
    .addOption(
      new Option(
        '--against <name=command>',
        'another program that speaks the protocol of bench/README.md; may be repeated',
      )
        .argParser(otherContender)
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
  ).action(runBench);
  program
    .command('bench-contender <engine>', { hidden: true })
    .option('--workers <n>', 'threads', wholeNumber(1), availableParallelism())
    .action((engine: ContenderOptions['engine'], { workers }: { workers: number }) =>
      serveContender({ engine, workers }),
    );
}

async function runBench(options: BenchOptions): Promise<void> {
  const config = presetConfig(options.preset);
  const { crop } = config.input.transform;
  const sizes: BenchSizes = {
    frames: options.frames ?? config.input.frames,
    ...(options.size ?? { height: crop.height, width: crop.width }),
    clips: options.clips,
    exemplars: options.exemplars,
  };
  config.input.frames = sizes.frames;
  await useEngine('cpu'); // for drawing weights
  const commands = [...(options.engines ?? (await workingEngines())), ...options.against];
  const folder = await mkdtemp(join(tmpdir(), 'mcore-bench-'));
  try {
    const files = await writeBenchFiles(folder, await benchCheckpoint(config, options.seed), sizes, options.seed);
    const outcomes: BenchResult[] = [];
    for (const work of options.work) {
      const clips = work === 'score' || work === 'train' || work === 'gradient' ? sizes.clips : 1;
      const repetition = { rounds: options.rounds, repeats: options.repeats, clips };
      const results = await measure(commands, { work, ...files }, repetition, say);
      outcomes.push({
        work,
        sizes,
        preset: options.preset,
        rounds: options.rounds,
        machine: describeMachine(),
        date: new Date().toISOString(),
        results,
      });
    }
    result(options.json, outcomes, () => outcomes.map(describe).join('\n\n'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function ownContender(engine: string, workers: number, name = engine): ContenderCommand {
  const main = fileURLToPath(new URL('./main.js', import.meta.url));
  return {
    name,
    program: process.execPath,
    arguments: [main, 'bench-contender', engine, '--workers', String(workers)],
  };
}

/** The engines that start here; those that use one core with one worker and with one a core. */
async function workingEngines(): Promise<ContenderCommand[]> {
  const cores = availableParallelism();
  const found: ContenderCommand[] = [];
  for (const name of ['tensorflow', 'webgpu'] as const) {
    const engine = await useEngine(name).catch(() => null);
    // a software adapter would take hours
    if (engine && !/SwiftShader|llvmpipe|software/i.test(engine.description)) found.push(ownContender(name, cores));
    await engine?.dispose();
  }
  for (const name of ['native', 'wasm'] as const) {
    if (name === 'native' && !(await useEngine(name).catch(() => null))) continue;
    found.push(ownContender(name, 1));
    if (cores > 1) found.push(ownContender(name, cores, `${name}:${cores}`));
  }
  const onnx = await import('onnxruntime-node').then(
    () => true,
    () => false,
  );
  if (onnx) found.push(ownContender('onnx', cores));
  await useEngine('cpu');
  return found;
}

function contenderList(text: string): ContenderCommand[] {
  const names: readonly string[] = [...ENGINE_NAMES, 'onnx'];
  return text.split(',').map((word) => {
    const [engine, workers] = word.split(':') as [string, string?];
    const count = workers === undefined ? (engine === 'onnx' ? availableParallelism() : 1) : Number(workers);
    if (!names.includes(engine) || !Number.isInteger(count) || count < 1) {
      throw new InvalidArgumentError(`Expected engines of ${names.join(', ')}, such as wasm or wasm:2, got ${word}.`);
    }
    return ownContender(engine, count, word);
  });
}

function otherContender(text: string, before: ContenderCommand[]): ContenderCommand[] {
  const [, name, command] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || command === undefined) {
    throw new InvalidArgumentError('Expected a name, "=" and a command, such as pytorch="python contender.py eager".');
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

function describeMachine(): string {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? 'unknown'}, ${memory}, ${process.platform}-${process.arch}, Node ${process.versions.node}`;
}

function describe({ work, sizes, preset, results }: BenchResult): string {
  const each = work === 'score' ? 'a clip' : work === 'train' ? 'a pair' : 'a clip';
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
    table([['', 'median', 'quartiles', 'peak GB', 'what'], ...rows]),
  ].join('\n');
}
