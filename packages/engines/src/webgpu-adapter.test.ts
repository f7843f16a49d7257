import { EngineError } from '@mcore/errors';
import { describe, expect, it } from 'vitest';
import { assertAdapterAllowed, describeAdapter } from './webgpu-adapter.js';

describe('describeAdapter', () => {
  // the fields as Dawn 0.6 and Chrome fill them
  it.each([
    [
      { vendor: 'nvidia', architecture: 'hopper', device: '0x2330', description: 'NVIDIA H100 80GB HBM3' },
      { name: 'NVIDIA H100 80GB HBM3 (nvidia, hopper)', software: false },
    ],
    [
      { vendor: 'apple', architecture: 'metal-3', device: '', description: '' },
      { name: 'metal-3 (apple)', software: false },
    ],
    [
      { vendor: 'google', architecture: 'swiftshader', device: '', description: 'SwiftShader driver 5.0.0' },
      { name: 'SwiftShader driver 5.0.0 (google, swiftshader)', software: true },
    ],
    [
      { vendor: 'mesa', architecture: '', device: '', description: 'llvmpipe (LLVM 19.1.0, 256 bits)' },
      { name: 'llvmpipe (LLVM 19.1.0, 256 bits) (mesa)', software: true },
    ],
    [
      { vendor: 'microsoft', architecture: '', device: '', description: 'Microsoft Basic Render Driver' },
      { name: 'Microsoft Basic Render Driver (microsoft)', software: true },
    ],
    [
      { vendor: 'intel', isFallbackAdapter: true },
      { name: 'intel', software: true },
    ],
    [{}, { name: 'unnamed adapter', software: false }],
  ])('%o', (info, expected) => {
    expect(describeAdapter(info)).toEqual(expected);
  });

  it('refuses software unless it was asked for', () => {
    const adapter = { name: 'SwiftShader', software: true };
    expect(() => assertAdapterAllowed(adapter, true)).not.toThrow();
    expect(() => assertAdapterAllowed(adapter, false)).toThrow(
      new EngineError(
        "useEngine: the only WebGPU adapter is software, SwiftShader, which is far slower than wasm. Ask for 'webgpu' by name, or set softwareAdapter, to use it all the same.",
      ),
    );
  });
});
