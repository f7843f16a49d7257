import { readFileSync } from 'node:fs';
import { bootstrapInterval, relativeL2, spearman } from '@mcore/metrics';
import type { ClipDetail, ClipPrediction, ReportData } from '@mcore/report';
import { fixturePath } from './fixtures.js';

const pictures = JSON.parse(readFileSync(fixturePath('report', 'pictures.json'), 'utf8')) as string[];

/** A report for tests and for looking at the page: made-up numbers of a realistic kind, the same every time. */
export function madeUpReport(clipCount = 300): ReportData {
  const random = generator(7);
  const dives = [
    '107B',
    '205B',
    '207C',
    '305C',
    '307C',
    '405B',
    '407C',
    '5132D',
    '5152B',
    '5253B',
    '5255B',
    '6243D',
    '626C',
  ];
  const predictions = Array.from({ length: clipCount }, (_, index): ClipPrediction => {
    const diveNumber = dives[Math.floor(random() ** 1.4 * dives.length)]!;
    const score = clamp(
      70 + 9 * Math.sin(diveNumber.length * 5 + diveNumber.charCodeAt(1)) + 14 * normal(random),
      5,
      110,
    );
    const predicted = clamp(score + 6 * normal(random) + (diveNumber === '626C' ? -7 : 0), 0, 112);
    const frameCount = 70 + Math.floor(90 * random());
    const transitions = [0.24 + 0.06 * normal(random), 0.72 + 0.05 * normal(random)].map((t) =>
      Math.round(t * frameCount),
    );
    const spread = index % 23 === 0 ? 14 : 2.2;
    const predictedTransitions = transitions.map((t) =>
      clamp(Math.round(t + spread * normal(random)), 0, frameCount - 1),
    );
    predictedTransitions.sort((a, b) => a - b);
    const id = `${String(1 + (index % 31)).padStart(2, '0')}__${index}`;
    return {
      id,
      diveNumber,
      score,
      predicted,
      interval: [predicted - 10, predicted + 10],
      frameCount,
      transitions,
      predictedTransitions,
    };
  });
  return { ...frame(predictions), history: madeUpHistory(random), details: madeUpDetails(predictions, random) };
}

function frame(predictions: ClipPrediction[]): ReportData {
  const predicted = predictions.map((clip) => clip.predicted);
  const actual = predictions.map((clip) => clip.score);
  const interval = (metric: (p: ArrayLike<number>, a: ArrayLike<number>) => number) =>
    bootstrapInterval(metric, predicted, actual, { seed: 1, resamples: 200 }) as [number, number];
  const rl2 = (p: ArrayLike<number>, a: ArrayLike<number>) => 100 * relativeL2(p, a);
  return {
    title: 'Quickstart',
    description:
      'MCoRe trained from random weights for ten minutes on 1,200 rendered dives and evaluated on 300 others, on one machine without a graphics card.',
    createdAt: '2026-03-01T12:30:00Z',
    source: { description: 'rendered dives, 32 frames of 64 x 64', rendered: true },
    summary: {
      clips: predictions.length,
      metrics: [
        { key: 'srcc', label: 'SRCC', explanation: 'rank correlation of the scores', better: 'higher' },
        { key: 'rl2x100', label: 'R-l2 × 100', explanation: 'relative squared error', better: 'lower' },
        {
          key: 'aiou50',
          label: 'AIoU@0.5',
          explanation: 'clips with IoU ≥ 0.5',
          better: 'higher',
          digits: 1,
          unit: '%',
        },
        {
          key: 'aiou75',
          label: 'AIoU@0.75',
          explanation: 'clips with IoU ≥ 0.75',
          better: 'higher',
          digits: 1,
          unit: '%',
        },
      ],
      rows: [
        {
          name: 'MCoRe',
          role: 'model',
          note: 'paper preset, 10 exemplars, ordered decoding',
          values: {
            srcc: { value: spearman(predicted, actual), interval: interval(spearman), deviation: 0.006 },
            rl2x100: { value: rl2(predicted, actual), interval: interval(rl2) },
            aiou50: { value: 98.3, interval: [96.7, 99.7] },
            aiou75: { value: 90.7, interval: [87.3, 93.7] },
          },
        },
        {
          name: 'Mean training score of the dive number',
          role: 'baseline',
          values: { srcc: { value: 0.536, interval: [0.45, 0.61] }, rl2x100: { value: 1.81 } },
        },
        {
          name: 'Median transitions of the dive number',
          role: 'baseline',
          values: { aiou50: { value: 83.2 }, aiou75: { value: 43.4 } },
        },
        {
          name: 'MCoRe (paper)',
          role: 'published',
          note: 'FineDiving, 749 test clips',
          values: {
            srcc: { value: 0.9232 },
            rl2x100: { value: 0.3265 },
            aiou50: { value: 98.26 },
            aiou75: { value: 79.17 },
          },
        },
      ],
    },
    predictions,
    seed: 42,
    configuration: {
      preset: 'paper',
      frames: 32,
      size: { height: 64, width: 64 },
      optimizer: { name: 'adam', rate: 0.001, warmup: 30, clip: 5 },
      exemplars: 10,
      augmentation: ['flip', 'shift'],
      checkpoint: null,
    },
    reproduce: {
      commands: [
        'npm install',
        'npx mcore quickstart --seed 42',
        'npx mcore eval --checkpoint runs/quickstart/best.safetensors --json',
      ],
      environment: {
        Node: '20.20.0',
        engine: 'wasm, 2 threads',
        processor: 'x86-64, 2 cores',
        '@mcore/model': '0.1.0',
      },
    },
    notes: ['One run with one seed: take the order of methods, not the decimals.'],
  };
}

function madeUpHistory(random: () => number): NonNullable<ReportData['history']> {
  const losses = Array.from({ length: 600 }, (_, step) => {
    const fall = Math.exp(-step / 150);
    const aqa = (0.25 + 1.6 * fall) * Math.exp(0.35 * normal(random));
    const ce = 0.6 + 3 * Math.exp(-step / 60) + 0.12 * Math.abs(normal(random));
    const contrastive = 1.3 + 1.1 * fall + 0.06 * normal(random);
    return { step, total: aqa + ce + contrastive, aqa, ce, contrastive };
  });
  const validation = Array.from({ length: 12 }, (_, i) => {
    const srcc = 0.83 - 0.6 * Math.exp(-(i + 1) / 3) + 0.015 * normal(random);
    return { step: (i + 1) * 50, srcc, interval: [srcc - 0.06, srcc + 0.045] as [number, number] };
  });
  return { losses, validation, baselineSrcc: 0.536 };
}

function madeUpDetails(predictions: readonly ClipPrediction[], random: () => number): ClipDetail[] {
  return [0, 5].map((index) => {
    const clip = predictions[index]!;
    const strip = Array.from({ length: 12 }, (_, i) => {
      const frame = Math.round((i * (clip.frameCount - 1)) / 11);
      return { frame, image: pictures[clip.transitions.filter((t) => frame >= t).length]! };
    });
    const exemplars = Array.from({ length: 5 }, (_, i) => {
      const stageDeltas = [1, 3, 5].map((size) => size * normal(random));
      const delta = stageDeltas.reduce((a, b) => a + b, 0);
      return { id: `0${i + 1}__${40 + i}`, score: clip.predicted - delta + normal(random), delta, stageDeltas };
    });
    const beside = {
      id: exemplars[1]!.id,
      frameCount: 120,
      transitions: [28, 80],
      strip: Array.from({ length: 12 }, (_, i) => {
        const frame = Math.round((i * 119) / 11);
        return { frame, image: pictures[frame < 28 ? 0 : frame < 80 ? 1 : 2]! };
      }),
    };
    const reason = index === 0 ? 'largest error of the transitions' : 'typical';
    return { id: clip.id, reason, strip, exemplars, ...(index === 0 ? { beside } : {}) };
  });
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A small linear congruential generator (Numerical Recipes): enough for made-up data. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
