import type { ClipSource } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import {
  type Checkpoint,
  type CheckpointInfo,
  decodeCheckpoint,
  type InputConfig,
  modelFromCheckpoint,
} from '@mcore/model';
import { MemoryClips, type PreparedClips } from '../clips/prepared-clips.js';
import { OwningReplica, type ReplicaFactory } from '../compute/replica.js';
import { MemoryRunStore, type RunStore } from '../run/run-store.js';

/** Weights as a checkpoint, as the bytes of its file or, in Node.js, as its path. */
export type WeightsInput = Checkpoint | Uint8Array | string;

/** What computes; without these, `fit` and `evaluate` use the current tfjs backend in this thread. */
export interface ComputeOptions {
  /**
   * In Node.js, the engine to start: a name of `@mcore/engines`, or `auto` for the fastest that passes its self-test (what is used unless
   * given). In a page, start one with `useEngine` before.
   */
  engine?: string;
  /** In Node.js, threads for engines that use one core each; 0, unless given, computes in this thread. */
  workers?: number;
  /** Stops the work at the next step or clip; its reason is thrown. */
  signal?: AbortSignal;
}

/** What a page and Node.js do differently: opening clips and files, and computing on threads. */
export interface Platform {
  readCheckpoint(weights: WeightsInput): Promise<Checkpoint>;
  /**
   * Opens clips as a model takes them; the first is the data itself, the others are further renderings of its training clips.
   *
   * @param info - Of weights that are there already: how they were rendered and cut is the default.
   */
  openClips(
    data: ClipSource | string,
    input: InputConfig,
    info?: CheckpointInfo,
  ): Promise<[PreparedClips, ...PreparedClips[]]>;
  openStore(out: RunStore | string | undefined): Promise<RunStore>;
  createReplicas: ReplicaFactory;
  /** Ends what was started. */
  close(): Promise<void>;
}

/** Any JavaScript: the current tfjs backend, memory, and what the caller hands over. */
export function plainPlatform(): Platform {
  return {
    readCheckpoint: async (weights) => {
      if (typeof weights === 'string') throw needsNode(`weights as a path, got ${weights}`);
      return weights instanceof Uint8Array ? decodeCheckpoint(weights) : weights;
    },
    openClips: async (data, input) => {
      if (typeof data === 'string') throw needsNode(`data as a path, got ${data}`);
      return [new MemoryClips(data, input)];
    },
    openStore: async (out) => {
      if (typeof out === 'string') throw needsNode(`out as a path, got ${out}`);
      return out ?? new MemoryRunStore();
    },
    createReplicas: async (checkpoint, options) => [new OwningReplica(modelFromCheckpoint(checkpoint), options)],
    close: async () => {},
  };
}

function needsNode(what: string): ArgumentError {
  return new ArgumentError(`expected Node.js for ${what}. In a page, hand over what is at the path.`);
}

/** Whether options need what only Node.js has: paths, engines by name, worker threads. */
export function asksForNode(options: object): boolean {
  const { data, weights, init, out, engine, workers } = options as Record<string, unknown>;
  return [data, weights, init, out, engine].some((each) => typeof each === 'string') || Number(workers ?? 0) > 0;
}

/**
 * The entry `@mcore/training/node`, found at run time so that bundlers for pages do not follow it.
 *
 * @typeParam Entry - What is called of it.
 */
export async function nodeEntry<Entry>(): Promise<Entry> {
  if (typeof process === 'undefined' || !process.versions?.node) {
    throw needsNode('paths, engines by name and worker threads');
  }
  const entry = '@mcore/training/node';
  return import(/* @vite-ignore */ /* webpackIgnore: true */ entry);
}
