import { createRequire } from 'node:module';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { diagnoseTensorflow, type TensorflowDiagnosis } from '@mcore/tensorflow-native';
import * as tf from '@tensorflow/tfjs-core';
import { nodeCandidates } from './load-node.js';
import type { EngineName, SelfTestReport } from './types.js';
import { ENGINE_NAMES } from './types.js';
import { useEngine } from './use-engine-node.js';
import { type AdapterReport, findAdapter } from './webgpu-adapter.js';

/** The state of one engine on this machine. */
export interface EngineDiagnosis {
  readonly name: EngineName;
  readonly works: boolean;
  /** Whether `auto` may take it: it works and isn't WebGPU on a software adapter. */
  readonly eligible: boolean;
  /** What it is, with versions and threads; or why it doesn't work and what to do. */
  readonly message: string;
  /** Where it started. */
  readonly selfTest?: SelfTestReport;
}

/** What `mcore doctor` prints about engines. */
export interface EnginesDiagnosis {
  readonly system: {
    /** `linux-x64`. */
    readonly platform: string;
    /** `v20.20.2`. */
    readonly node: string;
    /** The processor's name. */
    readonly processor: string;
    /** Threads that this process may run at once. */
    readonly cores: number;
    /** In bytes; the container's limit if that is smaller than the machine's memory. */
    readonly memory: number;
    /** In bytes. */
    readonly freeMemory: number;
  };
  /** Versions of the installed packages. */
  readonly versions: Readonly<Record<string, string>>;
  /** The WebGPU adapter, if there is one. */
  readonly adapter?: AdapterReport;
  readonly tensorflow: TensorflowDiagnosis;
  /** All engines, fastest first. */
  readonly engines: readonly EngineDiagnosis[];
  /** What `auto` takes. */
  readonly best: EngineName | null;
}

const PACKAGES = [
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-webgpu',
  'webgpu',
];

/**
 * Starts and tests every engine, and describes the machine. The engine that was current is current again afterwards.
 *
 * @returns See {@link EnginesDiagnosis}; an engine that fails is part of the result, so nothing is thrown.
 */
export async function diagnoseEngines(): Promise<EnginesDiagnosis> {
  const previous = tf.engine().backendName;
  const engines: EngineDiagnosis[] = [];
  let adapter: AdapterReport | undefined;
  for (const name of ENGINE_NAMES) {
    const diagnosis = await diagnoseEngine(name);
    if (name === 'webgpu') adapter = await findAdapter().catch(() => undefined); // Dawn is loaded only now
    engines.push(name === 'webgpu' && adapter?.software ? asSoftware(diagnosis) : diagnosis);
  }
  if (previous) await tf.setBackend(previous);
  return {
    system: describeSystem(),
    versions: installedVersions(),
    ...(adapter === undefined ? {} : { adapter }),
    tensorflow: await diagnoseTensorflow(),
    engines,
    best: nodeCandidates().find((name) => engines.some((engine) => engine.name === name && engine.eligible)) ?? null,
  };
}

async function diagnoseEngine(name: EngineName): Promise<EngineDiagnosis> {
  try {
    const { description, selfTest } = await useEngine(name);
    return { name, works: true, eligible: true, message: description, selfTest };
  } catch (error) {
    const message = (error as Error).message.replace(/^useEngine: /, '');
    return { name, works: false, eligible: false, message };
  }
}

function asSoftware(diagnosis: EngineDiagnosis): EngineDiagnosis {
  if (!diagnosis.works) return diagnosis;
  return { ...diagnosis, eligible: false, message: `${diagnosis.message}: software, far slower than wasm` };
}

function describeSystem(): EnginesDiagnosis['system'] {
  const allowed = process.constrainedMemory?.() || Number.POSITIVE_INFINITY;
  return {
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
    processor: cpus()[0]?.model.trim() || 'unknown',
    cores: availableParallelism(),
    memory: Math.min(totalmem(), allowed),
    freeMemory: Math.min(freemem(), allowed),
  };
}

function installedVersions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  const versions = PACKAGES.flatMap((name): [string, string][] => {
    try {
      return [[name, (require(`${name}/package.json`) as { version: string }).version]];
    } catch {
      return []; // optional and not installed
    }
  });
  return Object.fromEntries(versions);
}
