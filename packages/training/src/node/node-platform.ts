import { join } from 'node:path';
import type { ClipSource } from '@mcore/clips';
import type { EngineChoice } from '@mcore/engines';
import { useEngine } from '@mcore/engines/node';
import { type CheckpointInfo, decodeCheckpoint } from '@mcore/model';
import type { PreparedClips } from '../clips/prepared-clips.js';
import { DEFAULT_RENDER_HEIGHT, describeSource, type MissingClips, renderings } from '../data/source.js';
import { removeLeftovers } from '../files/atomic-file.js';
import { lockFolder } from '../files/folder-lock.js';
import { RunFiles, readCheckpoint } from '../files/run-files.js';
import type { ComputeOptions, Platform } from '../platform/platform.js';
import { MemoryRunStore } from '../run/run-store.js';
import { replicaFactory, type ScoringEngine } from '../threads/replicas.js';
import { type KeptClips, openPreparedClips } from './prepared-clip-files.js';

/** What Node.js can be told besides; see {@link ComputeOptions} for engines and threads. */
export interface NodeOptions {
  /** An engine that runs already, started by `useEngine`: it is used and left running, and `engine` is ignored. */
  running?: ScoringEngine;
  /** Folder where sampled and resized clips are kept; `.mcore/prepared` unless given. */
  cache?: string;
  /** How these are kept; `raw` unless given. */
  keepClips?: KeptClips | undefined;
  /** Folder that the paths in a manifest start from; the manifest's own unless given. */
  videos?: string | undefined;
  /** Lets the paths in a manifest be absolute or lead out of its folder. */
  absolutePaths?: boolean | undefined;
  /** What to do with clips whose frames can't be read: `refuse` them, unless given, or `leave-out` and say which. */
  missing?: MissingClips | undefined;
  /** Stages that clips without labelled transitions are cut into; those of the weights, or 3, unless given. */
  stages?: number | undefined;
  /** Seed of rendered dives; that of the weights, or 0, unless given. */
  renderSeed?: number | undefined;
  /** Height of rendered dives in pixels; that of the weights, or 128, unless given. */
  renderHeight?: number | undefined;
  /** Seeds that training clips are rendered with, `renderSeed` first: which one is seen is random each time; 1 unless given. */
  renderVariants?: number | undefined;
}

/** Node.js: files, worker threads and engines by name. */
export async function nodePlatform(options: ComputeOptions & NodeOptions, caller: string): Promise<Platform> {
  const { workers = 0, cache = join('.mcore', 'prepared') } = options;
  const engine = options.running ? undefined : await useEngine((options.engine ?? 'auto') as EngineChoice);
  const ends: (() => Promise<void>)[] = engine ? [() => engine.dispose()] : [];
  return {
    readCheckpoint: async (weights) => {
      if (typeof weights === 'string') return readCheckpoint(weights);
      return weights instanceof Uint8Array ? decodeCheckpoint(weights) : weights;
    },
    openClips: async (data, input, info) => {
      const [first, ...others] = sourcesOf(data, options, info);
      const open = (source: Parameters<typeof openPreparedClips>[0]) =>
        openPreparedClips(source, input, { cache, workers, keepClips: options.keepClips });
      const opened: [PreparedClips, ...PreparedClips[]] = [await open(first)];
      for (const other of others) opened.push(await open(other));
      return opened;
    },
    openStore: async (out) => {
      if (typeof out !== 'string') return out ?? new MemoryRunStore();
      const lock = await lockFolder(out, caller);
      ends.unshift(() => lock.release());
      await removeLeftovers(out);
      return new RunFiles(out);
    },
    createReplicas: replicaFactory(options.running ?? engine!.name, workers),
    close: async () => {
      for (const end of ends.splice(0)) await end();
    },
  };
}

/** A source as it is, or what a path names. */
function sourcesOf(
  data: ClipSource | string,
  options: NodeOptions,
  info?: CheckpointInfo,
): [Parameters<typeof openPreparedClips>[0], ...Parameters<typeof openPreparedClips>[0][]] {
  if (typeof data !== 'string') return [data];
  return renderings(sourceFor(data, options, info), options.renderVariants ?? 1);
}

/** What `--data` or a program names, with what weights say of how their clips were rendered and cut as defaults. */
export function sourceFor(
  data: string,
  options: Pick<NodeOptions, 'videos' | 'stages' | 'renderSeed' | 'renderHeight' | 'absolutePaths' | 'missing'>,
  info?: CheckpointInfo,
): ReturnType<typeof describeSource> {
  const { seeds = [], height = DEFAULT_RENDER_HEIGHT } = info?.data?.rendering ?? {};
  return describeSource(data, {
    renderSeed: options.renderSeed ?? Number(seeds[0] ?? 0),
    renderHeight: options.renderHeight ?? height,
    videos: options.videos,
    absolutePaths: options.absolutePaths,
    missing: options.missing,
    stages: options.stages ?? info?.config.stages,
  });
}
