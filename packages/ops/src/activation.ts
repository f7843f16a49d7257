import { ArgumentError } from '@mcore/errors';

/** What is applied to a sum: nothing, or `max(0, x)`. */
export type Activation = 'linear' | 'relu';

/** Throws unless an activation is one that the kernels know. */
export function assertActivation(caller: string, activation: string): void {
  if (activation !== 'linear' && activation !== 'relu') {
    throw new ArgumentError(`${caller}: activation must be 'linear' or 'relu', got ${JSON.stringify(activation)}.`);
  }
}
