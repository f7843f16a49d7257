import { ArgumentError } from '@mcore/errors';

/** Activation after a sum: none, or `max(0, x)`. */
export type Activation = 'linear' | 'relu';

/** Throws unless the kernels support an activation. */
export function assertActivation(caller: string, activation: string): void {
  if (activation !== 'linear' && activation !== 'relu') {
    throw new ArgumentError(`${caller}: activation must be 'linear' or 'relu', got ${JSON.stringify(activation)}.`);
  }
}
