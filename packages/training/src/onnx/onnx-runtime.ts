import { EngineError } from '@mcore/errors';

/** The part of npm's onnxruntime-node that is used here. */
export type OnnxRuntime = typeof import('onnxruntime-node');

/**
 * Loads onnxruntime-node, an optional peer.
 *
 * @param load - Imports it; tests import others.
 * @throws {@link EngineError} that says what to do where it is missing or has no binary for this machine.
 */
export async function loadOnnxRuntime(
  load: () => Promise<unknown> = () => import('onnxruntime-node'),
): Promise<{ runtime: OnnxRuntime; version: string }> {
  try {
    const module = (await load()) as OnnxRuntime;
    const runtime = (module as unknown as { default?: OnnxRuntime }).default ?? module;
    return { runtime, version: runtime.env.versions.node ?? runtime.env.versions.common };
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND';
    throw new EngineError(
      missing
        ? "startEngine: the engine 'onnx' needs the npm package onnxruntime-node, which is not installed: npm install --ignore-scripts onnxruntime-node."
        : `startEngine: the npm package onnxruntime-node can't be loaded on ${process.platform}-${process.arch}: ${(cause as Error).message.split('\n')[0]}`,
      { cause },
    );
  }
}
