import { type StreamKernels, setStreamKernels, streamKernels } from '@mcore/backbone-stream';
import { EngineError } from '@mcore/errors';
import { type NativeKernels, registerOps } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';

import { runningBackend } from './running-backend.js';
import { selfTest } from './self-test.js';
import type { Engine, EngineAttempt, EngineChoice, EngineName, SelfTestReport, UseEngineOptions } from './types.js';
import { ENGINE_NAMES } from './types.js';

/** What a loader returns once its backend is registered with tfjs. */
export interface LoadedEngine {
  readonly description: string;
  /** tfjs's name of the backend, where it isn't the engine's own. */
  readonly backend?: string;
  /** Kernels compiled for this processor. */
  readonly native?: NativeKernels;
  /** Runs the backbone in inference, outside of tfjs. */
  readonly stream?: StreamKernels;
  /** Frees what tfjs does not free; called after tfjs removed the backend. */
  readonly dispose?: (backend: tf.KernelBackend) => void;
  /** Resolves with the reason if the backend's device is lost. */
  readonly lost?: (backend: tf.KernelBackend) => Promise<string>;
}

/** Options of a loader. */
export interface LoadContext {
  readonly options: UseEngineOptions;
  /** Whether a software WebGPU adapter is acceptable. */
  readonly softwareAllowed: boolean;
}

/**
 * Registers one backend with tfjs; may be called again after it succeeded.
 *
 * @throws {@link EngineError} that says what to do if the engine is not available.
 */
export type EngineLoader = (context: LoadContext) => Promise<LoadedEngine>;

/** How each engine is loaded here. */
export type EngineLoaders = Readonly<Record<EngineName, EngineLoader>>;

/**
 * Makes an engine current in tfjs: the one asked for, or the first candidate that loads and passes its
 * self-test.
 *
 * @param loaders - How each engine is loaded in this environment.
 * @param choice - An engine's name or `auto`.
 * @param options - See {@link UseEngineOptions}.
 * @param candidates - The engines that `auto` tries, in order.
 * @returns The engine, its self-test and why it was taken.
 * @throws {@link EngineError} if the engine, or with `auto` every engine, fails; the message says what to do.
 */
export async function chooseEngine(
  loaders: EngineLoaders,
  choice: EngineChoice,
  options: UseEngineOptions,
  candidates: readonly EngineName[] = ENGINE_NAMES,
): Promise<Engine> {
  if (choice !== 'auto' && !ENGINE_NAMES.includes(choice)) {
    throw new EngineError(
      `useEngine: the engine must be one of auto, ${ENGINE_NAMES.join(', ')}, got ${JSON.stringify(choice)}.`,
    );
  }
  const attempts: EngineAttempt[] = [];
  for (const name of choice === 'auto' ? candidates : [choice]) {
    const softwareAllowed = choice !== 'auto' || options.softwareAdapter === true;
    try {
      const started = await startEngine(name, loaders[name], { options, softwareAllowed });
      note(attempts, { name, usable: true, message: started.description }, options);
      return { name, ...started, reason: reasonFor(choice, attempts), attempts };
    } catch (error) {
      if (choice !== 'auto') throw asEngineError(name, error);
      note(attempts, { name, usable: false, message: asEngineError(name, error).message }, options);
    }
  }
  throw new EngineError(`useEngine: no engine works here.\n${listFailures(attempts)}`);
}

/** Loads one engine, makes it current and tests it; keeps the previous engine current on failure. */
async function startEngine(
  name: EngineName,
  load: EngineLoader,
  context: LoadContext,
): Promise<Pick<Engine, 'description' | 'selfTest' | 'lost' | 'dispose'>> {
  const previous = tf.engine().backendName;
  const previousStream = streamKernels();
  const { description, backend = name, native, stream, dispose, lost } = await load(context);
  try {
    if (!(await tf.setBackend(backend))) {
      throw new EngineError(
        `useEngine: the backend '${name}' is registered but did not start; tfjs says why on the console.`,
      );
    }
    if (context.options.kernels !== false) await registerOps(native ? { native } : {});
    setStreamKernels(context.options.kernels === false ? undefined : stream);
    const report = await selfTest();
    if (!report.passed) throw new EngineError(`useEngine: ${describeFailure(name, report)}`);
    let disposed = false;
    return {
      description,
      selfTest: report,
      lost: new Promise((resolve) => {
        lost?.(tf.backend()).then((reason) => {
          if (!disposed) resolve(lostError(name, reason));
        });
      }),
      dispose: async () => {
        disposed = true;
        if (streamKernels() === stream) setStreamKernels(undefined);
        removeBackend(backend, dispose);
      },
    };
  } catch (error) {
    setStreamKernels(previousStream);
    if (previous !== undefined && previous !== backend) await tf.setBackend(previous);
    throw error;
  }
}

/** Removes a backend with its tensors, but leaves it registered, so that it can be started again. */
function removeBackend(name: string, dispose: LoadedEngine['dispose']): void {
  const backend = runningBackend(name);
  const factory = tf.findBackendFactory(name);
  if (!backend) return; // disposed before
  tf.removeBackend(name);
  tf.registerBackend(name, factory, ENGINE_NAMES.length - ENGINE_NAMES.indexOf(name as EngineName));
  dispose?.(backend);
}

function lostError(name: EngineName, reason: string): EngineError {
  return new EngineError(
    `'${name}' lost its device in the middle of the work (${reason}). Its tensors are gone: start again, and if it happens again, update the driver or use another engine.`,
  );
}

function describeFailure(name: EngineName, { checks, tolerance }: SelfTestReport): string {
  const failures = checks
    .filter((check) => !check.passed)
    .map(
      ({ name, error, failure }) => `${name}: ${failure ?? `off by ${error.toExponential(1)} of its largest value`}`,
    );
  return `'${name}' failed its self-test (at most ${tolerance} of the largest value is allowed): ${failures.join('; ')}. Use another engine, or update the driver or package it needs.`;
}

function reasonFor(choice: EngineChoice, attempts: readonly EngineAttempt[]): string {
  if (choice !== 'auto') return 'asked for by name';
  const failed = attempts.filter((attempt) => !attempt.usable);
  if (failed.length === 0) return 'the fastest engine there is, and it passed its self-test';
  return `the fastest that works here and passed its self-test. Not used:\n${listFailures(failed)}`;
}

function listFailures(attempts: readonly EngineAttempt[]): string {
  return attempts.map(({ name, message }) => `- ${name}: ${message.replace(/^useEngine: /, '')}`).join('\n');
}

function note(attempts: EngineAttempt[], attempt: EngineAttempt, options: UseEngineOptions): void {
  attempts.push(attempt);
  options.onAttempt?.(attempt);
}

function asEngineError(name: EngineName, error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new EngineError(`useEngine: the engine '${name}' failed to start: ${text}`, { cause: error });
}
