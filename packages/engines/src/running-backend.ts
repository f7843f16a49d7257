import * as tf from '@tensorflow/tfjs-core';

/** A backend that was started, or `undefined`. `tf.findBackend` would start one that is only registered, with whatever paths are set by then. */
export function runningBackend(name: string): tf.KernelBackend | undefined {
  return tf.engine().registry[name];
}
