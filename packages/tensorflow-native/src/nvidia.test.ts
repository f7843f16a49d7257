import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { because } from '@mcore/testing/skips';
import { temporaryFolder, write } from '@mcore/testing/temporary-folder';
import { describe, expect, it } from 'vitest';
import { findInstallations } from './index.js';
import { launchEnvironment, preloadNvidia } from './nvidia.js';

describe('launchEnvironment', () => {
  it('puts the libraries in front of the search path', () => {
    const folder = temporaryFolder();
    write(join(folder, 'nvidia', 'cublas', 'lib', 'libcublas.so.12'), '');
    write(join(folder, 'nvidia', 'cuda_nvcc', 'bin', 'ptxas'), '');
    write(join(folder, 'nvidia', 'cudnn', 'lib', 'libcudnn.so.9'), '');
    const path = `${folder}/nvidia/cublas/lib:${folder}/nvidia/cudnn/lib`;
    expect(launchEnvironment(folder, {})).toEqual({ TF_FORCE_GPU_ALLOW_GROWTH: 'true', LD_LIBRARY_PATH: path });
    expect(launchEnvironment(folder, { LD_LIBRARY_PATH: '/mine', TF_FORCE_GPU_ALLOW_GROWTH: 'false' })).toEqual({
      TF_FORCE_GPU_ALLOW_GROWTH: 'false',
      LD_LIBRARY_PATH: `${path}:/mine`,
    });
  });

  it('changes nothing without them', () => {
    expect(launchEnvironment(temporaryFolder(), { A: 'b' })).toEqual({ A: 'b' });
  });
});

describe('preloadNvidia', () => {
  it('leaves out what is no library, and what libraries load themselves', () => {
    const folder = temporaryFolder();
    write(join(folder, 'nvidia', 'cublas', 'lib', 'libcublas.so.12'), 'not a library');
    write(join(folder, 'nvidia', 'cudnn', 'lib', 'libcudnn_ops.so.9'), '');
    expect(preloadNvidia(folder)).toEqual([]);
  });

  const cuda = findInstallations().find(({ variant }) => variant === 'cuda');
  const missing = cuda && existsSync('/proc/self/maps') ? null : 'TensorFlow with CUDA is not installed';
  it.skipIf(missing !== null)(`keeps the CUDA runtime, cuBLAS and cuDNN in the process${because(missing)}`, () => {
    expect(preloadNvidia(cuda!.folder).length).toBeGreaterThan(8);
    const maps = readFileSync('/proc/self/maps', 'utf8');
    for (const name of ['libcudart.so.12', 'libcublas.so.12', 'libcudnn.so.9']) expect(maps).toContain(name);
  });
});
