import { type SafeTensor, writeSafetensors } from '@mcore/safetensors';
import { writeFileAtomically } from '../files/atomic-file.js';
import type { RunFiles } from '../files/run-files.js';
import { NotFiniteError } from '../not-finite-error.js';
import type { ClipInput } from '../replica.js';

/**
 * Saves what led to numbers that are not finite: the frames of the pair, and names, losses, gradient norms and dropout seeds of all
 * pairs of the step. The weights from before the step are in the last checkpoint.
 *
 * @returns The error to end the run with; it names the file.
 */
export async function explainNotFinite(error: NotFiniteError, files: RunFiles): Promise<NotFiniteError> {
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
  const path = files.notFinite(step);
  await writeFileAtomically(path, writeSafetensors(tensors, metadata));
  const explained = new NotFiniteError(step, inputs);
  explained.message = `${error.message} The pair is in ${path}, the weights from before the step in ${files.last}.`;
  return explained;
}

function framesOf({ frames: { data, count, height, width } }: ClipInput): SafeTensor {
  return { dtype: 'U8', shape: [count, height, width, 3], data: Uint8Array.from(data) };
}
