import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clip, ClipSource } from '@mcore/clips';
import { type Checkpoint, type Exemplar, ExemplarBank, weightsId } from '@mcore/model';
import { presentExemplars } from '../compute/inference.js';
import { readNamed } from '../files/run-files.js';
import { runFiles } from '../run/run-store.js';

/**
 * The exemplars in the bank beside weights whose features are those of the present frames.
 *
 * @param weights - Path of the checkpoint.
 * @param train - Clips that may be exemplars.
 * @returns By id; empty where there is no bank of these weights. `path`: of the bank.
 */
export async function keptExemplars(
  weights: string,
  { tensors }: Pick<Checkpoint, 'tensors'>,
  source: ClipSource,
  train: readonly Clip[],
): Promise<{ known: ReadonlyMap<string, Exemplar>; path: string }> {
  const path = join(dirname(weights), runFiles.bank);
  if (!existsSync(path)) return { known: new Map(), path };
  const bank = ExemplarBank.decode(await readNamed(path, 'an exemplar bank'), path);
  const isOfWeights = bank.weightsId === (await weightsId(tensors));
  return { known: isOfWeights ? await presentExemplars(bank, train, source) : new Map(), path };
}
