/**
 * Where the time of one clip through the backbone and back goes, kernel by kernel: `npm run build && node bench/profile.mjs [engine]`.
 *
 * Paper size: RegNetY-200MF with gate shifts, 96 frames of 112 x 112, random weights. Milliseconds of processor time of this process, all
 * its threads, mean of three after one to warm up; prints JSON. `node bench/performance.mjs profile` makes the table of
 * docs/performance.md of it.
 */
import '@tensorflow/tfjs';
import { GsmRegNetY, REGNETY_200MF } from '@mcore/backbone-gsm';
import { useEngine } from '@mcore/engines/node';
import * as tf from '@tensorflow/tfjs-core';

const RUNS = 3;

/** What kernels are called in the table, by the beginning of their name; the first that fits. */
const GROUPS = [
  ['McorePointwiseGradient', '1x1 convolutions, gradients'],
  ['McorePointwise', '1x1 convolutions'],
  ['McoreGroupedConv2dGradient', 'grouped convolutions, gradients'],
  ['McoreGroupedConv2d', 'grouped convolutions'],
  ['McoreGate', 'gate shifts and their gradients'],
  ['McoreConv2d3x3', 'stem and its gradients'],
];

const { name, description } = await useEngine(process.argv[2] ?? 'native');
const backbone = new GsmRegNetY(REGNETY_200MF, { seed: 'profile' });
const frames = tf.randomUniform([1, 96, 112, 112, 3], -2, 2, 'float32', 1);
const weights = [...backbone.weights().values()].filter(({ trainable }) => trainable);

/** Processor time in milliseconds so far. */
const spent = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const groups = new Map();
let depth = 0;
for (const kernel of tf.getKernelsForBackend(tf.getBackend())) {
  const run = kernel.kernelFunc;
  const group = GROUPS.find(([start]) => kernel.kernelName.startsWith(start))?.[1] ?? 'all other kernels';
  kernel.kernelFunc = (call) => {
    const start = spent();
    depth++;
    try {
      return run(call);
    } finally {
      // what a kernel calls is its own time
      if (--depth === 0) groups.set(group, (groups.get(group) ?? 0) + spent() - start);
    }
  };
}

async function once() {
  const { value, grads } = tf.variableGrads(() => tf.mean(tf.square(backbone.apply(frames))), weights);
  await value.data();
  tf.dispose([value, grads]);
}

await once();
groups.clear();
const start = spent();
for (let run = 0; run < RUNS; run++) await once();
const total = (spent() - start) / RUNS;
const parts = Object.fromEntries([...groups].map(([group, milliseconds]) => [group, milliseconds / RUNS]));
process.stdout.write(`${JSON.stringify({ engine: name, description, total, parts })}\n`);
process.exit(0);
