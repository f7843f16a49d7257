import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { useEngine } from '@mcore/engines/node';
import { type PresetName, presetConfig } from '@mcore/model';
import type { BenchProgram } from './bench-process.js';
import { type BenchSizes, benchCheckpoint, writeBenchFiles } from './inputs.js';
import { type Measured, measure, type Unable } from './measure.js';
import type { BenchWork } from './protocol.js';
import type { ServeOptions } from './serve-bench.js';

/** What {@link runBench} measures. */
export interface BenchOptions {
  works: readonly BenchWork[];
  /** Those that take turns. */
  programs: readonly BenchProgram[];
  preset: PresetName;
  /** Those of the preset unless given; 2 clips and 10 exemplars. */
  sizes?: Partial<BenchSizes>;
  /** Turns that each takes; 5 unless given. */
  rounds?: number;
  /** Times that it does the work in a turn; 1 unless given. */
  repeats?: number;
  /** Of weights and pictures, both random; 0 unless given. */
  seed?: number;
  onProgress?: (text: string) => void;
}

/** The measurements of one work. */
export interface BenchResult {
  work: BenchWork;
  sizes: BenchSizes;
  preset: string;
  rounds: number;
  machine: string;
  date: string;
  results: (Measured | Unable)[];
}

/**
 * Measures what scoring and training cost here: programs take turns at the same work with the same random weights and pictures.
 *
 * @returns One result a work.
 * @throws McoreError `ERR_MCORE_BENCH` if a program fails, or computes something else than the first.
 */
export async function runBench(options: BenchOptions): Promise<BenchResult[]> {
  const { works, programs, preset, rounds = 5, repeats = 1, seed = 0, onProgress = () => {} } = options;
  const config = presetConfig(preset);
  const { height, width } = config.input.transform.crop;
  const sizes = { frames: config.input.frames, height, width, clips: 2, exemplars: 10, ...options.sizes };
  config.input.frames = sizes.frames;
  await useEngine('cpu'); // for drawing weights
  const folder = await mkdtemp(join(tmpdir(), 'mcore-bench-'));
  try {
    const files = await writeBenchFiles(folder, await benchCheckpoint(config, seed), sizes, seed);
    const outcomes: BenchResult[] = [];
    for (const work of works) {
      const clips = work === 'score' || work === 'train' || work === 'gradient' ? sizes.clips : 1;
      const results = await measure(programs, { work, ...files }, { rounds, repeats, clips }, onProgress);
      outcomes.push({
        ...{ work, sizes, preset, rounds },
        machine: describeMachine(),
        date: new Date().toISOString(),
        results,
      });
    }
    return outcomes;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The engines that start here, with names to print; those that use one core with one worker and with one a core. */
export async function workingEngines(): Promise<(ServeOptions & { name: string })[]> {
  const cores = availableParallelism();
  const found: (ServeOptions & { name: string })[] = [];
  for (const engine of ['tensorflow', 'webgpu'] as const) {
    const started = await useEngine(engine).catch(() => null);
    // a software adapter would take hours
    const isHardware = started && !/SwiftShader|llvmpipe|software/i.test(started.description);
    if (isHardware) found.push({ name: engine, engine, workers: cores });
    await started?.dispose();
  }
  for (const engine of ['native', 'wasm'] as const) {
    if (engine === 'native' && !(await useEngine(engine).catch(() => null))) continue;
    found.push({ name: engine, engine, workers: 1 });
    if (cores > 1) found.push({ name: `${engine}:${cores}`, engine, workers: cores });
  }
  const hasOnnx = await import('onnxruntime-node').then(
    () => true,
    () => false,
  );
  if (hasOnnx) found.push({ name: 'onnx', engine: 'onnx', workers: cores });
  await useEngine('cpu');
  return found;
}

function describeMachine(): string {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? 'unknown'}, ${memory}, ${process.platform}-${process.arch}, Node ${process.versions.node}`;
}
