import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { EngineName } from '@mcore/engines';
import { useEngine } from '@mcore/engines/node';
import { type Checkpoint, modelFromCheckpoint } from '@mcore/model';
import { LocalReplica } from '../compute/replica.js';
import { readCheckpoint } from '../files/run-files.js';
import { OnnxModel } from '../onnx/onnx-model.js';
import { loadOnnxRuntime } from '../onnx/onnx-runtime.js';
import { modelComparer } from '../predictions/comparer.js';
import { usesOneCore } from '../threads/one-core.js';
import { createReplicas } from '../threads/replicas.js';
import { readBenchInputs } from './inputs.js';
import type { BenchAnswer, BenchRequest, LoadArgument, Loaded, RunResult } from './protocol.js';
import { type BenchEngine, prepareWork, type Work } from './works.js';

/** What a program of our own computes with. */
export interface ServeOptions {
  engine: EngineName | 'onnx';
  workers: number;
}

/**
 * Answers the requests of {@link measure} until the input ends: a line of JSON each.
 *
 * @param input - Such as the standard input of the process.
 * @param output - Such as its standard output.
 */
export async function serveBench(options: ServeOptions, input: Readable, output: Writable): Promise<void> {
  let work: Work | undefined;
  for await (const line of createInterface({ input })) {
    const request = JSON.parse(line) as BenchRequest;
    let answer: BenchAnswer;
    try {
      if (request.method === 'load') {
        const loaded = await load(options, request.argument);
        work = loaded.work;
        answer = { id: request.id, result: loaded.answer };
      } else {
        answer = { id: request.id, result: await run(work!, request.argument.repeats) };
      }
    } catch (error) {
      answer = { id: request.id, error: error instanceof Error ? error.message : String(error) };
    }
    output.write(`${JSON.stringify(answer)}\n`);
  }
}

async function load(options: ServeOptions, argument: LoadArgument): Promise<{ work?: Work; answer: Loaded }> {
  const checkpoint = await readCheckpoint(argument.weights);
  const { engine, description } = await startEngine(options, checkpoint);
  const work = await prepareWork(argument.work, engine, await readBenchInputs(argument.inputs));
  if (typeof work === 'string') return { answer: { unsupported: work } };
  return { work, answer: { description } };
}

async function startEngine(
  { engine, workers }: ServeOptions,
  checkpoint: Checkpoint,
): Promise<{ engine: BenchEngine; description: string }> {
  if (engine === 'onnx') {
    await useEngine('cpu');
    const onnx = await OnnxModel.create(checkpoint, workers);
    const { version } = await loadOnnxRuntime();
    const description = `onnxruntime-node ${version}, ${workers} threads`;
    return { engine: { checkpoint, replicas: [onnx], comparer: onnx, onnx }, description };
  }
  const { description } = await useEngine(engine);
  const model = modelFromCheckpoint(checkpoint);
  const onThreads = workers > 1 && usesOneCore(engine);
  const replicas = onThreads ? await createReplicas(checkpoint, { engine, workers }) : [new LocalReplica(model)];
  const threads = onThreads ? `, ${workers} workers` : '';
  return {
    engine: { checkpoint, replicas, comparer: modelComparer(model), ...(onThreads ? { threadEngine: engine } : {}) },
    description: `${description}${threads}, Node ${process.versions.node}`,
  };
}

async function run(work: Work, repeats: number): Promise<RunResult> {
  const milliseconds: number[] = [];
  let value = Number.NaN;
  for (let repeat = 0; repeat < repeats; repeat++) {
    await work.reset?.();
    const start = performance.now();
    value = await work.run();
    milliseconds.push(performance.now() - start);
  }
  return { milliseconds, value, peakMegabytes: process.resourceUsage().maxRSS / 1024 };
}
