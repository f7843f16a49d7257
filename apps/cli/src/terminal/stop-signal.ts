import { McoreError } from '@mcore/errors';
import { say } from './output.js';

/** Work was stopped from outside, by Ctrl-C or by a scheduler. */
export class StoppedError extends McoreError {
  override readonly name = 'StoppedError';

  /** @param how - How to go on. */
  constructor(how: string) {
    super('ERR_MCORE_STOPPED', `Stopped. ${how}`);
  }
}

/** Exit status of a process that Ctrl-C ended, as shells have it. */
export const STOPPED = 130;

/**
 * Does work that can be stopped: the first Ctrl-C (or SIGTERM) aborts its signal, the second ends the process at once.
 *
 * @param work - Gets the signal to look at.
 * @param how - How to go on with what was stopped; asked for then.
 * @throws {@link StoppedError} if it was stopped; what the work throws.
 */
export async function stoppable<T>(work: (signal: AbortSignal) => Promise<T>, how: () => string): Promise<T> {
  const controller = new AbortController();
  const stop = () => {
    process.removeListener('SIGINT', stop);
    process.removeListener('SIGTERM', stop);
    say('\nStopping after this step. Ctrl-C again ends at once.');
    controller.abort(new StoppedError(how()));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    return await work(controller.signal);
  } finally {
    process.removeListener('SIGINT', stop);
    process.removeListener('SIGTERM', stop);
  }
}
