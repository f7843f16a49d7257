import { existsSync } from 'node:fs';
import { DataError } from '@mcore/errors';
import { glob } from 'tinyglobby';

/**
 * The files that are meant: a path, or a pattern such as `runs/seed-*\/best.safetensors`, which shells on Windows hand over as it is.
 *
 * @param what - They are, for the message.
 * @returns Those of one pattern sorted by name.
 * @throws {@link DataError} if nothing fits a pattern.
 */
export async function weightsFiles(given: readonly string[], what = 'checkpoints'): Promise<string[]> {
  const lists = await Promise.all(
    given.map(async (path) => {
      if (existsSync(path) || !/[*?[{]/.test(path)) return [path];
      const found = await glob(path.replaceAll('\\', '/'), { expandDirectories: false });
      if (found.length === 0) throw new DataError(`expected ${what} that fit ${path}, got none.`);
      return found.sort();
    }),
  );
  return lists.flat();
}
