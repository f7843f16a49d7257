import type { EngineError } from '@mcore/errors';

/** The engines there are. */
export const ENGINE_NAMES = ['tensorflow', 'webgpu', 'native', 'wasm', 'cpu'] as const;

/**
 * `tensorflow` (libtensorflow, Node only), `webgpu`, `native` (tfjs's backend `wasm` with kernels compiled for this processor, one thread,
 * Node only), `wasm` (one thread, SIMD) or `cpu` (plain JavaScript). Except for `native`, the names are those of tfjs's backends.
 */
export type EngineName = (typeof ENGINE_NAMES)[number];

/** One engine, or `auto`: the fastest that works here. */
export type EngineChoice = EngineName | 'auto';

/** Options of an engine; all optional in Node. */
export interface UseEngineOptions {
  /**
   * Where the three `.wasm` files of `@tensorflow/tfjs-backend-wasm` are: a URL or path prefix ending in `/`, or one URL
   * for each file. Not needed: browsers take the binaries that come with `@mcore/engines`, Node those of the package. Give it where a
   * content security policy forbids to fetch `blob:` addresses.
   */
  readonly wasmPaths?: string | Readonly<Record<string, string>>;
  /**
   * Lets `auto` take a software WebGPU adapter (SwiftShader, lavapipe), which is right but slower than wasm by orders of
   * magnitude. Asking for `webgpu` by name always allows it. Default false.
   */
  readonly softwareAdapter?: boolean;
  /** Registers the fast kernels of `@mcore/ops` for the engine; without them the same operations run on stock tfjs ones. Default true. */
  readonly kernels?: boolean;
  /** Called after each engine that was tried, in order; for logs. */
  readonly onAttempt?: (attempt: EngineAttempt) => void;
}

/** One comparison of the self-test. */
export interface SelfTestCheck {
  /** What was computed, for instance `groupedConv2d, gradient of the filter`. */
  readonly name: string;
  /** Largest absolute difference to the float64 result, divided by the largest absolute float64 value; `NaN` where a value isn't finite. */
  readonly error: number;
  readonly passed: boolean;
  /** What the engine threw, where it threw. */
  readonly failure?: string;
}

/** What the engine computed compared with plain JavaScript in float64. */
export interface SelfTestReport {
  readonly passed: boolean;
  /** Largest `error` a check may have, relative to the largest value of its result. */
  readonly tolerance: number;
  /** The largest error of all checks. */
  readonly worst: number;
  /** Time of the whole test, compilation of kernels included, in milliseconds. */
  readonly milliseconds: number;
  readonly checks: readonly SelfTestCheck[];
}

/** One engine that was tried while choosing. */
export interface EngineAttempt {
  readonly name: EngineName;
  readonly usable: boolean;
  /** If it is not usable: why, and what to do. If it is: its description. */
  readonly message: string;
}

/** The engine that is now current in tfjs. */
export interface Engine {
  readonly name: EngineName;
  /** What it is, with versions: `WebAssembly with SIMD, 1 thread (tfjs-backend-wasm 4.22.0)`. */
  readonly description: string;
  /** Why this engine: asked for, or the fastest that passed, with the reasons why faster ones were not used. */
  readonly reason: string;
  readonly selfTest: SelfTestReport;
  /** Every engine that was tried, the chosen one last. */
  readonly attempts: readonly EngineAttempt[];
  /**
   * Resolves with an error to show if the device goes away while it is used: a driver that crashed, a card that was reset. Whatever is
   * computed or read then rejects with an unspecific error such as `AbortError`. Never resolves for engines without a
   * device, nor because of `dispose()`.
   */
  readonly lost: Promise<EngineError>;
  /**
   * Frees what the engine holds; its tensors are gone afterwards. Programs on `webgpu` in Node call it before they end,
   * see `@mcore/engines/node`.
   */
  dispose(): Promise<void>;
}
