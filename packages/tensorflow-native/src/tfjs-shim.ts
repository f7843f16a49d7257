import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TFJS_NODE_VERSION } from './versions.js';

/** Name under which `loadTensorflow` hands the program's own tfjs-core to tfjs-node's files. */
export const CORE_SYMBOL = 'mcore.tensorflow-native.tfjs-core';

/** What tfjs-node's files require; all they use of `@tensorflow/tfjs` is what it re-exports from the core. */
const SHIMMED = ['@tensorflow/tfjs', '@tensorflow/tfjs-core'];

/**
 * tfjs-node's files require tfjs. These packages in their `node_modules` give them the tfjs-core of the program that
 * loads them, so that there is one engine and one set of classes.
 *
 * @param nodeModules - The `node_modules` folder beside tfjs-node's files.
 */
export function writeTfjsShims(nodeModules: string): void {
  for (const name of SHIMMED) {
    const folder = join(nodeModules, ...name.split('/'));
    mkdirSync(folder, { recursive: true });
    const manifest = { name, version: TFJS_NODE_VERSION, private: true, main: 'index.js' };
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    writeFileSync(join(folder, 'index.js'), SHIM);
  }
}

const SHIM = `'use strict';
// the tfjs-core of the running program, set by loadTensorflow of @mcore/tensorflow-native
module.exports = globalThis[Symbol.for('${CORE_SYMBOL}')];
`;
