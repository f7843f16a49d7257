import { type SafeTensor, writeSafetensors } from '@mcore/safetensors';
import type { ClipInput } from '../compute/replica.js';
import { NotFiniteError } from '../optimizer/not-finite-error.js';
import { type RunStore, runFiles } from '../run/run-store.js';

/**
 * Saves what led to numbers that are not finite: the frames of the pair, and names, losses, gradient norms and dropout seeds of all
 * pairs of the step. The weights from before the step are in the last checkpoint.
 *
 * @returns The error to end the run with; it names the file.
 */
export async function explainNotFinite(error: NotFiniteError, store: RunStore): Promise<NotFiniteError> {
  const { step, inputs, first } = error;
  const pair = (first ?? inputs[0]!).input;
  const tensors = new Map<string, SafeTensor>([
    ['query', framesOf(pair.query)],
    ['exemplar', framesOf(pair.exemplar)],
  ]);
  const rows = inputs.map(({ input: { name, dropoutSeed, query, exemplar }, losses, gradientNorm }) => ({
    name,
    dropoutSeed,
    // JSON has no infinities
    losses: Object.fromEntries(Object.entries(losses).map(([part, value]) => [part, String(value)])),
    gradientNorm: String(gradientNorm),
    scores: [query.score, exemplar.score],
    transitions: [query.transitions, exemplar.transitions],
  }));
  const metadata = { step: String(step), pair: pair.name ?? '', error: error.message, pairs: JSON.stringify(rows) };
  const file = runFiles.notFinite(step);
  await store.write(file, writeSafetensors(tensors, metadata));
  const explained = new NotFiniteError(step, inputs);
  explained.message = `${error.message} The pair is in ${store.name}/${file}, the weights from before the step in ${store.name}/${runFiles.last}.`;
  return explained;
}

function framesOf({ frames: { data, count, height, width } }: ClipInput): SafeTensor {
  return { dtype: 'U8', shape: [count, height, width, 3], data: Uint8Array.from(data) };
}
