import { ArgumentError } from '@mcore/errors';
import { type ExaminedVideo, type Judge, loadJudge, type ScoreOptions, type VideoInput } from '@mcore/judge';
import * as tf from '@tensorflow/tfjs-core';
import { serve, withTransfer } from '../worker-link.js';
import { drawnDive } from './drawn-dive.js';
import { loading } from './fetch-bytes.js';
import type { JudgeApi, JudgedSource, JudgeEvents, JudgeReady, Verdict } from './judge-api.js';

let judge: Judge | undefined;
/** The video that was judged last; its transitions can be moved. */
let last: ExaminedVideo | undefined;

loading.tell = (loaded, total) => {
  const percent = total > 0 ? `: ${Math.min(100, Math.round((100 * loaded) / total))} %` : '';
  void page.phase.asEvent(`${phases.weights}${percent}`);
};

const phases = {
  engine: 'Starting the engine',
  weights: 'Loading the weights',
  frames: 'Reading the frames',
  network: 'Looking at the frames',
  exemplars: 'Comparing with other dives',
} as const;

const api: JudgeApi = {
  async start({ engine, own }) {
    const start = performance.now();
    let started = start;
    judge = await loadJudge({
      engine,
      ...(own && { weights: own.weights, ...(own.bank && { bank: own.bank }) }),
      onProgress: ({ phase }) => {
        if (phase === 'weights') started = performance.now();
        void page.phase.asEvent(phases[phase]);
      },
    });
    void judge.engine.lost.then(({ message }) => page.lost.asEvent(message));
    const milliseconds = { engine: started - start, weights: performance.now() - started };
    return { ...describeJudge(judge), milliseconds };
  },

  async judge({ source, diveNumber }) {
    if (!judge) throw new ArgumentError('judge: expected an engine that was started, got none.');
    // a class that the weights don't know leaves the last video as it is
    if (diveNumber !== null) judge.scorer.checkClass({ class: diveNumber });
    last = undefined;
    const [video, part] = videoOf(source, judge.weights.data?.rendering?.height);
    last = await judge.examine(video, {
      ...part,
      ...(source.kind === 'dive' && { rendered: true }),
      ...(diveNumber !== null && { class: diveNumber }),
    });
    const { numTensors, numBytes } = tf.memory();
    return {
      ...verdictOf(last),
      costs: {
        milliseconds: last.milliseconds,
        memory: { tensors: numTensors, bytes: numBytes, heapBytes: heapBytes() },
      },
    };
  },

  async move(positions) {
    return verdictOf(await judged().moved(positions));
  },

  async saliency(positions) {
    const start = performance.now();
    const { maps, time, rows, columns } = await (await judged().moved(positions)).saliency();
    return withTransfer({ maps, time, rows, columns, milliseconds: performance.now() - start }, [
      maps.buffer as ArrayBuffer,
      time.buffer as ArrayBuffer,
    ]);
  },
};

const page = serve<JudgeEvents>(api);

function videoOf(source: JudgedSource, height: number | undefined): [VideoInput, ScoreOptions] {
  if (source.kind === 'dive') return [drawnDive(source.id, height), {}];
  const { file, name, fromSeconds, toSeconds } = source;
  return [file, { name, start: fromSeconds, end: toSeconds }];
}

function judged(): ExaminedVideo {
  if (!last) throw new ArgumentError('judge: expected a clip that was judged, got none.');
  return last;
}

function verdictOf(examined: ExaminedVideo): Verdict {
  return {
    scored: examined.result,
    exemplars: examined.exemplars,
    positions: [...examined.positions],
    seconds: [...examined.seconds],
    probabilities: examined.probabilities,
  };
}

function describeJudge({ engine, weights, scorer, classes }: Judge): Omit<JudgeReady, 'milliseconds'> {
  const { config, trainedOn, step, calibration, data } = weights;
  const { resize, crop } = config.input.transform;
  return {
    engine: { name: engine.name, description: engine.description, attempts: [...engine.attempts] },
    weights: {
      trainedOn,
      rendered: data?.rendering !== undefined,
      preset: config.preset,
      step,
      level: calibration?.level ?? null,
      clips: calibration?.clips ?? null,
    },
    frames: config.input.frames,
    view: {
      left: (resize.width - crop.width) / 2 / resize.width,
      top: (resize.height - crop.height) / 2 / resize.height,
      width: crop.width / resize.width,
      height: crop.height / resize.height,
    },
    stages: config.stages,
    comparedStages: scorer.model.regressionShape.stages,
    classes,
  };
}

/** Memory of the wasm backend, which only grows. */
function heapBytes(): number | null {
  const { wasm } = tf.backend() as unknown as { wasm?: { HEAPU8?: Uint8Array } };
  return wasm?.HEAPU8?.byteLength ?? null;
}
