import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readSafetensors, type SafeTensor, toFloat32 } from '@mcore/safetensors';
import * as tf from '@tensorflow/tfjs-core';

/** Path of a file, or folder, in the `__fixtures__` of a package. */
export function fixturePath(owner: string, name: string): string {
  return fileURLToPath(new URL(`../../${owner}/src/__fixtures__/${name}`, import.meta.url));
}

/** Path of a package's source, for programs that a test bundles itself. */
export function sourcePath(owner: string, file = 'index.ts'): string {
  return fileURLToPath(new URL(`../../${owner}/src/${file}`, import.meta.url));
}

/** The bytes of a file in the `__fixtures__` of a package. */
export function fixtureBytes(owner: string, name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(fixturePath(owner, name)));
}

/** Names of the files in the `__fixtures__` of a package that end so. */
export function fixtureNames(owner: string, ending: string): string[] {
  return readdirSync(fixturePath(owner, '')).filter((name) => name.endsWith(ending));
}

/** Values that another implementation computed. */
export interface Fixture {
  tensors: ReadonlyMap<string, SafeTensor>;
  /** Names of the tensors. */
  names: readonly string[];
  metadata: Readonly<Record<string, string>>;
  /** The numbers of a tensor in float32. */
  values(name: string): Float32Array;
  /** A tensor on the current backend. */
  tensor(name: string): tf.Tensor;
  /** The tensors whose name begins with `prefix`, by the rest of their name. */
  under(prefix: string): Map<string, SafeTensor>;
}

/**
 * Reads `__fixtures__/NAME.safetensors` of a package.
 *
 * @param owner - The package's folder, such as `ops`.
 */
export function readFixture(owner: string, name: string): Fixture {
  const { tensors, metadata } = readSafetensors(fixtureBytes(owner, `${name}.safetensors`));
  const get = (key: string): SafeTensor => {
    const tensor = tensors.get(key);
    if (tensor === undefined) throw new Error(`readFixture: ${name}.safetensors of ${owner} has no ${key}.`);
    return tensor;
  };
  return {
    tensors,
    names: [...tensors.keys()],
    metadata,
    values: (key) => toFloat32(get(key)),
    tensor: (key) => tf.tensor(toFloat32(get(key)), [...get(key).shape], 'float32'),
    under: (prefix) =>
      new Map(
        [...tensors].flatMap(([key, tensor]) =>
          key.startsWith(prefix) ? [[key.slice(prefix.length), tensor] as const] : [],
        ),
      ),
  };
}
