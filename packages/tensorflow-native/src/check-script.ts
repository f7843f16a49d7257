import { CORE_SYMBOL } from './tfjs-shim.js';

/**
 * A program that tests an installation in a process of its own, because a library that doesn't fit the processor ends
 * the process. It is kept in the installation: `node check.cjs PATH_OF_TFJS_CORE`. Prints one line of JSON.
 *
 * It registers tfjs-node's kernels and backend with the given tfjs-core as `loadTensorflow` does and multiplies two
 * matrices whose product is known.
 */
export const CHECK_SCRIPT = `'use strict';
process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';
process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
const tf = require(process.argv[2]);
globalThis[Symbol.for('${CORE_SYMBOL}')] = tf;
const binding = require('./binding/tfjs_binding.node');
const { NodeJSKernelBackend } = require('./tfjs-node/dist/nodejs_kernel_backend.js');
require('./tfjs-node/dist/register_all_kernels.js');
tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node'));
tf.setBackend('tensorflow');
const values = Array.from(tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2])).dataSync());
const right = values.join() === '19,22,43,50';
console.log(JSON.stringify({ right, values, tensorflow: binding.TF_Version, gpu: binding.isUsingGpuDevice() }));
process.exitCode = right ? 0 : 1;
`;
