import { createInterface } from 'node:readline';
import type { EngineName } from '@mcore/engines';
import { useEngine } from '@mcore/engines/node';
import { type Checkpoint, modelFromCheckpoint } from '@mcore/model';
import { LocalReplica, modelComparer } from '@mcore/training';
import { createReplicas, loadOnnxRuntime, OnnxModel, readCheckpoint, usesOneCore } from '@mcore/training/node';
import { readBenchInputs } from './inputs.js';
import type { BenchAnswer, BenchRequest, LoadArgument, Loaded, RunResult } from './protocol.js';
import { type BenchEngine, prepareWork, type Work } from './works.js';

/** What a contender of our own computes with. */
export interface ContenderOptions {
  engine: EngineName | 'onnx';
  workers: number;
}

/** Answers the requests on standard input until it ends. */
export async function serveContender(options: ContenderOptions): Promise<void> {
  let work: Work | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
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
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

async function load(options: ContenderOptions, argument: LoadArgument): Promise<{ work?: Work; answer: Loaded }> {
  const checkpoint = await readCheckpoint(argument.weights);
  const { engine, description } = await startEngine(options, checkpoint);
  const work = await prepareWork(argument.work, engine, await readBenchInputs(argument.inputs));
  if (typeof work === 'string') return { answer: { unsupported: work } };
  return { work, answer: { description } };
}

async function startEngine(
  { engine, workers }: ContenderOptions,
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
