import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TFJS_NODE_VERSION } from './versions.js';

/** Name under which `loadTensorflow` hands the program's own tfjs-core to tfjs-node's files. */
export const CORE_SYMBOL = 'mcore.tensorflow-native.tfjs-core';

/** What tfjs-node's files require; all they use of `@tensorflow/tfjs` is what it re-exports from the core. */
const CORE_SHIM = `'use strict';
// the tfjs-core of the running program, set by loadTensorflow of @mcore/tensorflow-native
module.exports = globalThis[Symbol.for('${CORE_SYMBOL}')];
`;

/** Functions that Node 23 and later don't have or warn about. */
const UTIL_SHIM = `'use strict';
const isNullOrUndefined = (value) => value === null || value === undefined;
module.exports = Object.assign(Object.create(require('util')), { isArray: Array.isArray, isNullOrUndefined });
`;

const SHIMS: Readonly<Record<string, string>> = {
  '@tensorflow/tfjs': CORE_SHIM,
  '@tensorflow/tfjs-core': CORE_SHIM,
  'mcore-util': UTIL_SHIM,
};

/**
 * Fits tfjs-node's files to the program that loads them, and to current versions of Node:
 *
 * - they require tfjs; packages in their `node_modules` give them the tfjs-core of the running program, so that there is
 *   one engine and one set of classes;
 * - they use `util.isNullOrUndefined`, which Node 23 removed, and `util.isArray`, which Node 22 warns about; their
 *   `require("util")` becomes a module that has both. Nothing else in them is changed.
 *
 * @param tfjsNode - Folder of the unpacked package `@tensorflow/tfjs-node`.
 */
export function adaptTfjsNode(tfjsNode: string): void {
  for (const [name, text] of Object.entries(SHIMS)) {
    const folder = join(tfjsNode, 'node_modules', ...name.split('/'));
    mkdirSync(folder, { recursive: true });
    const manifest = { name, version: TFJS_NODE_VERSION, private: true, main: 'index.js' };
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    writeFileSync(join(folder, 'index.js'), text);
  }
  const sources = join(tfjsNode, 'dist');
  for (const name of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.js')) continue;
    const text = readFileSync(join(sources, name), 'utf8');
    const adapted = text.replaceAll('require("util")', 'require("mcore-util")');
    if (adapted !== text) writeFileSync(join(sources, name), adapted);
  }
}
