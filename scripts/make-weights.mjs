import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeCheckpoint, encodeCheckpoint, toHalfPrecision } from '../packages/model/dist/index.js';
import { root, runNode, say } from './set-up.mjs';

/**
 * Makes packages/weights-rendered-dives/weights out of a training run: `node scripts/make-weights.mjs runs/shipped`.
 * The run's best checkpoint in half precision, an exemplar bank computed with exactly those weights, and the figures on
 * all rendered test clips. Further arguments go to `mcore bank` and `mcore eval`.
 */
const [run, ...more] = process.argv.slice(2);
if (!run) {
  say('expected the folder of a training run, got none: node scripts/make-weights.mjs runs/shipped');
  process.exit(2);
}
const folder = join(root, 'packages', 'weights-rendered-dives', 'weights');
const mcore = join(root, 'apps', 'cli', 'dist', 'main.js');
const weights = join(folder, 'model.safetensors');
mkdirSync(folder, { recursive: true });
const checkpoint = decodeCheckpoint(readFileSync(join(run, 'best.safetensors')));
writeFileSync(weights, encodeCheckpoint({ ...checkpoint, tensors: toHalfPrecision(checkpoint.tensors) }));
runNode(mcore, [
  'bank',
  '--weights',
  weights,
  '--out',
  join(folder, 'bank.safetensors'),
  '--per-dive',
  '12',
  '--half',
  ...more,
]);
runNode(mcore, ['eval', '--weights', weights, '--csv', join(run, 'test.csv'), ...more]);
