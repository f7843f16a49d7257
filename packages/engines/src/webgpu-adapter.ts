import { EngineError } from '@mcore/errors';

/** What is known about the adapter that tfjs will use. */
export interface AdapterReport {
  /** For people: `NVIDIA H100 80GB HBM3 (nvidia, Vulkan)`, as far as the browser or the driver tells. */
  readonly name: string;
  /** Whether a CPU does the work: SwiftShader, lavapipe, WARP. */
  readonly software: boolean;
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|warp\b|software/i;

/**
 * Asks WebGPU for the adapter that the tfjs backend would take.
 *
 * @returns The adapter's name and whether it is software.
 * @throws {@link EngineError} if there is no WebGPU, or no adapter.
 */
export async function findAdapter(): Promise<AdapterReport> {
  const gpu = (globalThis.navigator as Navigator | undefined)?.gpu;
  if (!gpu) {
    throw new EngineError(
      'useEngine: WebGPU is not available here. In a browser it needs a secure page (https or localhost) and a browser with WebGPU; in Node import useEngine from @mcore/engines/node and install the npm package webgpu.',
    );
  }
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new EngineError(
      'useEngine: WebGPU finds no graphics adapter. Install or update the graphics driver (Linux: a Vulkan driver and libvulkan1).',
    );
  }
  return describeAdapter(adapter.info);
}

/**
 * Reads the adapter's own words.
 *
 * @param info - `GPUAdapter.info`; browsers leave fields empty.
 * @returns See {@link AdapterReport}.
 */
export function describeAdapter(info: Partial<GPUAdapterInfo>): AdapterReport {
  const { vendor = '', architecture = '', device = '', description = '' } = info;
  const title = description || device || architecture || vendor || 'unnamed adapter';
  const details = [vendor, architecture].filter((word) => word !== '' && word !== title);
  return {
    name: details.length > 0 ? `${title} (${details.join(', ')})` : title,
    software: info.isFallbackAdapter === true || SOFTWARE.test(`${vendor} ${architecture} ${device} ${description}`),
  };
}

/**
 * Refuses a software adapter unless it was asked for.
 *
 * @throws {@link EngineError} if `adapter` is software and `softwareAllowed` is false.
 */
export function assertAdapterAllowed(adapter: AdapterReport, softwareAllowed: boolean): void {
  if (adapter.software && !softwareAllowed) {
    throw new EngineError(
      `useEngine: the only WebGPU adapter is software, ${adapter.name}, which is far slower than wasm. Ask for 'webgpu' by name, or set softwareAdapter, to use it all the same.`,
    );
  }
}
