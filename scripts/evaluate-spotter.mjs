/**
 * How well the shipped spotter finds dives, on rendered recordings of events that neither taught nor tuned it, in worlds that the backbone
 * has not seen: `npm run build && node scripts/evaluate-spotter.mjs`. Prints the table of docs/finding-dives.md. What was rendered lies in
 * the cache; about a quarter of an hour on one core.
 */
import '@tensorflow/tfjs';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { useEngine } from '@mcore/engines/node';
import { ProbabilityTrack, pairEvents, Spotter } from '@mcore/judge';
import { openBackbone, recordingFeatures } from './spotter/features.mjs';
import { addRecording, emptyCounts, summary } from './spotter/measure.mjs';
import { testPlans } from './spotter/recordings.mjs';

const weightsFolder = 'packages/weights-rendered-dives/weights';
const { values: options } = parseArgs({
  options: {
    weights: { type: 'string', default: `${weightsFolder}/model.safetensors` },
    spotter: { type: 'string', default: `${weightsFolder}/spotter.safetensors` },
    cache: { type: 'string', default: 'runs/spotter' },
    seconds: { type: 'string', default: 'Infinity' },
    augmented: { type: 'boolean', default: false },
  },
});
const deadline = Date.now() + 1000 * Number(options.seconds);
await useEngine('native');
const opened = await openBackbone(options.weights);
const spotter = Spotter.decode(await readFile(options.spotter), options.spotter);
const { framesPerSecond, threshold } = spotter.info;
const counts = emptyCounts();
for (const plain of testPlans()) {
  const entry = options.augmented ? { ...plain, name: `${plain.name}-changed`, augmented: true } : plain;
  const { features, plan } = await recordingFeatures(entry, opened, options.cache);
  const track = new ProbabilityTrack(spotter);
  await track.push(features);
  addRecording(counts, pairEvents(await track.finish(), { framesPerSecond, threshold }), plan);
  if (Date.now() > deadline) process.exit(3);
}
const { recordings, hours, dives, recall, precision, takeOff, entry, replays, replaysMarked, replaysAsDives } =
  summary(counts);
console.log(`${recordings} recordings, ${hours} hours, ${dives} dives, ${replays} replays that show both events\n`);
console.log('| dives found | found that are dives | replays marked | replays taken for dives |');
console.log('| --- | --- | --- | --- |');
console.log(`| ${recall} % | ${precision} % | ${replaysMarked} % | ${replaysAsDives} |\n`);
console.log('| frames of 25 a second | median error | 90 % within | share within 3 |');
console.log('| --- | --- | --- | --- |');
for (const [name, { median, p90, within3 }] of Object.entries({ 'take-off': takeOff, entry })) {
  console.log(`| ${name} | ${median} | ${p90} | ${within3} % |`);
}
process.exit(0);
