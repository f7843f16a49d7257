import { McoreError } from '@mcore/errors';
import type { Input, Losses } from '../compute/learner.js';
import type { PairInput } from '../compute/replica.js';

/** One input of a step as it was computed. */
export interface SeenInput<I extends Input = PairInput> {
  input: I;
  losses: Losses;
  gradientNorm: number;
}

/** A loss or gradient was not finite; the parameters are still those from before the step. */
export class NotFiniteError<I extends Input = PairInput> extends McoreError {
  override readonly name = 'NotFiniteError';
  /** The step that could not be done, from 1. */
  readonly step: number;
  /** All inputs of the step, in order: pairs, where scores are learned. */
  readonly inputs: readonly SeenInput<I>[];
  /** The first input whose loss or gradient is not finite; undefined if only their sum is not. */
  readonly first: SeenInput<I> | undefined;

  constructor(step: number, inputs: readonly SeenInput<I>[]) {
    const index = inputs.findIndex(({ losses, gradientNorm }) => !Number.isFinite(losses.total + gradientNorm));
    super('ERR_MCORE_NOT_FINITE', describe(step, inputs, index));
    this.step = step;
    this.inputs = inputs;
    this.first = inputs[index];
  }
}

function describe(step: number, inputs: readonly SeenInput<Input>[], index: number): string {
  const expected = `Trainer.run: expected finite losses and gradients at step ${step}`;
  const found = inputs[index];
  if (!found) return `${expected}, got a sum over ${inputs.length} inputs that is not finite.`;
  const parts = Object.entries(found.losses).map(([name, value]) => `${name} ${value}`);
  const name = found.input.name === undefined ? '' : ` (${found.input.name})`;
  return `${expected}, got ${parts.join(', ')} and a gradient of norm ${found.gradientNorm} from input ${index + 1} of ${inputs.length}${name}.`;
}
