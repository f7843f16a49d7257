import { parseDiveNumber } from '@mcore/clips';
import { type Engine, useEngine } from '@mcore/engines';
import { ArgumentError, DataError } from '@mcore/errors';
import { decodeCheckpoint, ExemplarBank } from '@mcore/model';
import { type ChosenExemplars, Scorer, scoredVideo, transitionProbabilities } from '@mcore/scoring';
import { bankUrl, weightsUrl } from '@mcore/weights-rendered-dives';
import plainWasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdWasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedWasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import * as tf from '@tensorflow/tfjs-core';
import { serve, tell, withTransfer } from '../worker-calls.js';
import type { JudgeApi, JudgeReady, OwnWeights, Verdict } from './judge-api.js';
import { type SampledClip, sampleSource } from './sample-source.js';

/** What the judge holds between calls. */
interface Seat {
  engine: Engine;
  scorer: Scorer;
}

/** The clip that was judged last; its transitions can be moved. */
interface JudgedClip {
  sampled: SampledClip;
  diveNumber: string | null;
  description: Awaited<ReturnType<Scorer['describe']>>;
  chosen: ChosenExemplars;
}

let seat: Seat | undefined;
let last: JudgedClip | undefined;

const api: JudgeApi = {
  async start({ engine: choice, own }) {
    tell('phase', 'Starting the engine');
    const before = performance.now();
    const engine = await useEngine(choice, { wasmPaths: wasmPaths() });
    watchDevice();
    const started = performance.now();
    tell('phase', 'Loading the weights');
    const [checkpoint, bank] = await readWeights(own);
    const scorer = await Scorer.create(checkpoint, bank);
    seat = { engine, scorer };
    const loaded = performance.now();
    return { ...describeSeat(seat), milliseconds: { engine: started - before, weights: loaded - started } };
  },

  async judge({ source, diveNumber }) {
    const { scorer } = seated();
    last = undefined;
    // before the work, so that a wrong number is said at once
    const number = diveNumber === null ? undefined : parseDiveNumber(diveNumber).text;
    const start = performance.now();
    tell('phase', 'Reading the frames');
    const sampled = await sampleSource(source, scorer.model.config.input, scorer.info.trainedOn);
    const read = performance.now();
    tell('phase', `Looking at ${sampled.frames.count} frames`);
    const description = await scorer.describe(sampled.frames);
    const looked = performance.now();
    tell('phase', 'Comparing with exemplars');
    const chosen = scorer.choose(description, sampled.name, number);
    last = { sampled, diveNumber: number ?? null, description, chosen };
    const verdict = await verdictOf(last);
    const { numTensors, numBytes } = tf.memory();
    return {
      ...verdict,
      costs: {
        milliseconds: { frames: read - start, backbone: looked - read, comparing: performance.now() - looked },
        memory: { tensors: numTensors, bytes: numBytes, heapBytes: heapBytes() },
      },
    };
  },

  async move(positions) {
    const { scorer } = seated();
    const judged = judgedClip();
    const description = await scorer.moved(judged.description, positions);
    return verdictOf({ ...judged, description });
  },

  async saliency(positions) {
    const { scorer } = seated();
    const { sampled, chosen } = judgedClip();
    const start = performance.now();
    const { maps, time, rows, columns } = await scorer.saliency(sampled.frames, positions, chosen.exemplars);
    return withTransfer({ maps, time, rows, columns, milliseconds: performance.now() - start }, [
      maps.buffer as ArrayBuffer,
      time.buffer as ArrayBuffer,
    ]);
  },
};

serve(api);

function seated(): Seat {
  if (!seat) throw new ArgumentError('judge: expected an engine that was started, got none.');
  return seat;
}

function judgedClip(): JudgedClip {
  if (!last) throw new ArgumentError('judge: expected a clip that was judged, got none.');
  return last;
}

async function verdictOf({ sampled, diveNumber, description, chosen }: JudgedClip): Promise<Verdict> {
  const { scorer } = seated();
  const score = await scorer.compare(description, chosen);
  return {
    scored: scoredVideo(score, { ...sampled, diveNumber }),
    exemplars: chosen.exemplars.map(({ id, diveNumber, score, difficulty }) => ({ id, diveNumber, score, difficulty })),
    positions: score.positions,
    seconds: [...sampled.seconds],
    probabilities: transitionProbabilities(description.logits, scorer.model.config),
  };
}

function describeSeat({ engine, scorer }: Seat): Omit<JudgeReady, 'milliseconds'> {
  const { info, bank, model } = scorer;
  const { resize, crop } = model.config.input.transform;
  const counts = new Map<string, number>();
  for (const { diveNumber } of bank.exemplars) counts.set(diveNumber, (counts.get(diveNumber) ?? 0) + 1);
  return {
    engine: { name: engine.name, description: engine.description, attempts: [...engine.attempts] },
    weights: {
      trainedOn: info.trainedOn,
      preset: model.config.preset,
      step: info.step,
      level: info.calibration?.level ?? null,
      clips: info.calibration?.clips ?? null,
    },
    frames: model.config.input.frames,
    view: {
      left: (resize.width - crop.width) / 2 / resize.width,
      top: (resize.height - crop.height) / 2 / resize.height,
      width: crop.width / resize.width,
      height: crop.height / resize.height,
    },
    stages: model.config.stages,
    diveNumbers: bank.diveNumbers.map((diveNumber) => ({ diveNumber, exemplars: counts.get(diveNumber)! })),
  };
}

async function readWeights(own: OwnWeights | null) {
  const [weights, bank] = own
    ? await Promise.all([bytesOf(own.weights, own.weightsName), bytesOf(own.bank, own.bankName)])
    : await Promise.all([fetched(weightsUrl), fetched(bankUrl)]);
  return [decodeCheckpoint(weights, own?.weightsName ?? 'the shipped weights'), ExemplarBank.decode(bank)] as const;
}

async function bytesOf(file: Blob, name: string): Promise<Uint8Array> {
  if (file.size === 0) throw new DataError(`judge: expected a safetensors file, got ${name}, which is empty.`);
  return new Uint8Array(await file.arrayBuffer());
}

async function fetched(url: URL): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new DataError(`judge: expected ${url.pathname}, got ${response.status} from the server.`);
  return new Uint8Array(await response.arrayBuffer());
}

function wasmPaths(): Record<string, string> {
  const absolute = (path: string) => new URL(path, import.meta.url).href;
  return {
    'tfjs-backend-wasm.wasm': absolute(plainWasm),
    'tfjs-backend-wasm-simd.wasm': absolute(simdWasm),
    'tfjs-backend-wasm-threaded-simd.wasm': absolute(threadedWasm),
  };
}

/** A graphics device can go away at any time: sleep, a driver that restarts, too much asked of it. */
function watchDevice(): void {
  const { device } = tf.backend() as unknown as { device?: GPUDevice };
  void device?.lost.then(({ message, reason }) => tell('lost', message || reason));
}

/** Memory of the wasm backend, which only grows. */
function heapBytes(): number | null {
  const { wasm } = tf.backend() as unknown as { wasm?: { HEAPU8?: Uint8Array } };
  return wasm?.HEAPU8?.byteLength ?? null;
}
