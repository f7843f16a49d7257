import { McoreError } from '@mcore/errors';
import type { LossValues, PairInput } from './replica.js';

/** A pair of a step as it was computed. */
export interface SeenPair {
  pair: PairInput;
  losses: LossValues;
  gradientNorm: number;
}

/** A loss or gradient was not finite; the parameters are still those from before the step. */
export class NotFiniteError extends McoreError {
  override readonly name = 'NotFiniteError';
  /** The step that could not be done, from 1. */
  readonly step: number;
  /** All pairs of the step, in order. */
  readonly pairs: readonly SeenPair[];
  /** The first pair whose loss or gradient is not finite; none where only their sum is not. */
  readonly first: SeenPair | undefined;

  constructor(step: number, pairs: readonly SeenPair[]) {
    const index = pairs.findIndex(({ losses, gradientNorm }) => !Number.isFinite(losses.total + gradientNorm));
    super('ERR_MCORE_NOT_FINITE', describe(step, pairs, index));
    this.step = step;
    this.pairs = pairs;
    this.first = pairs[index];
  }
}

function describe(step: number, pairs: readonly SeenPair[], index: number): string {
  const wanted = `Trainer.run: wanted finite losses and gradients at step ${step}`;
  const found = pairs[index];
  if (!found) return `${wanted}, got a sum over ${pairs.length} pairs that is not finite.`;
  const parts = Object.entries(found.losses).map(([name, value]) => `${name} ${value}`);
  const name = found.pair.name === undefined ? '' : ` (${found.pair.name})`;
  return `${wanted}, got ${parts.join(', ')} and a gradient of norm ${found.gradientNorm} from pair ${index + 1} of ${pairs.length}${name}.`;
}
