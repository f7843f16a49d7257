import { DataError } from '@mcore/errors';

/**
 * Waits for a result, but neither longer than it may take nor past an abort.
 *
 * @param late - The message of the error when the time is over.
 * @throws {@link DataError} with that message; the signal's reason if it aborts.
 */
export async function withinTime<T>(
  result: Promise<T>,
  seconds: number,
  late: string,
  signal?: AbortSignal,
): Promise<T> {
  signal?.throwIfAborted();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let abort = () => {};
  const interruption = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DataError(late)), seconds * 1000);
    abort = () => reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
  });
  // whichever loses may still fail later, with nobody listening
  result.catch(() => {});
  try {
    return await Promise.race([result, interruption]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
