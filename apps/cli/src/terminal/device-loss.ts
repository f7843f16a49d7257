import { setTimeout as wait } from 'node:timers/promises';
import type { Engine } from '@mcore/engines';
import { McoreError } from '@mcore/errors';

/** How long the news of a lost device may take after its first symptom, in milliseconds. */
const NEWS = 200;

let engine: Pick<Engine, 'lost'> | undefined;

/** Tells {@link causeOf} what computes. */
export function watchDevice(current: Pick<Engine, 'lost'>): void {
  engine = current;
}

/**
 * Why something failed: the loss of the device where that is the cause, since what is computed then rejects with a bare `AbortError`;
 * else the error itself.
 */
export async function causeOf(error: unknown): Promise<unknown> {
  if (engine === undefined || error instanceof McoreError) return error;
  return Promise.race([engine.lost, wait(NEWS, error)]);
}
