import { DataError } from '@mcore/errors';
import { readSafetensors } from '@mcore/safetensors';

/**
 * `readSafetensors` with errors that name the file.
 *
 * @param caller - Function that errors begin with.
 * @param name - Of the file.
 * @throws {@link DataError} if it is not a whole safetensors file.
 */
export function readNamedSafetensors(
  bytes: Uint8Array,
  caller: string,
  name: string,
): ReturnType<typeof readSafetensors> {
  try {
    return readSafetensors(bytes);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const reason = error.message.replace(/^readSafetensors: /, '');
    throw new DataError(`${caller}: expected a whole safetensors file in ${name}, got another: ${reason}`, {
      cause: error,
    });
  }
}
