import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineError } from '@mcore/errors';
import { findInstallations } from '@mcore/tensorflow-native';
import { because } from '@mcore/testing/skips';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { nodeCandidates } from './load-node.js';
import { findTfjsNode, loadTensorflow } from './load-tensorflow.js';
import { useEngine } from './node.js';

/** A project folder that has packages with the given entry files. */
function project(packages: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'mcore-engines-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, code] of Object.entries(packages)) {
    mkdirSync(join(folder, 'node_modules', name), { recursive: true });
    writeFileSync(join(folder, 'node_modules', name, 'package.json'), JSON.stringify({ name, main: 'index.js' }));
    writeFileSync(join(folder, 'node_modules', name, 'index.js'), code);
  }
  return folder;
}

afterEach(() => void vi.restoreAllMocks());

describe('findTfjsNode', () => {
  it('finds what is installed, the GPU package first', () => {
    const folder = project({ '@tensorflow/tfjs-node': '', '@tensorflow/tfjs-node-gpu': '' });
    expect(findTfjsNode(folder).map(({ name, entry }) => [name, entry.startsWith(folder)])).toEqual([
      ['@tensorflow/tfjs-node-gpu', true],
      ['@tensorflow/tfjs-node', true],
    ]);
  });

  it('finds nothing where nothing is', () => {
    expect(findTfjsNode(project({}))).toEqual([]);
  });
});

describe('loadTensorflow', () => {
  it('names every reason where nothing works', async () => {
    vi.stubEnv('XDG_CACHE_HOME', project({}));
    vi.spyOn(process, 'cwd').mockReturnValue(
      project({
        '@tensorflow/tfjs-node':
          "throw new Error('The Node.js native addon module (tfjs_binding.node) can not be found');",
        '@tensorflow/tfjs-node-gpu': '',
      }),
    );
    try {
      await expect(loadTensorflow()).rejects.toThrow(
        new EngineError(
          "useEngine: 'tensorflow' is not available: @tensorflow/tfjs-node-gpu is installed but can't be loaded: it registered no backend. @tensorflow/tfjs-node is installed but can't be loaded: The Node.js native addon module (tfjs_binding.node) can not be found. TensorFlow is not installed. npx mcore-tensorflow install gets it (Linux x64).",
        ),
      );
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

const missing = findInstallations().length > 0 ? null : 'TensorFlow is not installed (npx mcore-tensorflow install)';

describe.skipIf(missing !== null)(`tensorflow${because(missing)}`, () => {
  it('passes its self-test with errors below 1e-6; on a processor auto takes native before it', async () => {
    const engine = await useEngine('tensorflow');
    expect(tf.getBackend()).toBe('tensorflow');
    expect(engine.selfTest.checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(engine.selfTest.worst).toBeLessThan(1e-6);
    expect(engine.description).toMatch(/^TensorFlow 2\.\d+\.\d+ /);
    const order = nodeCandidates();
    const forGpu = findInstallations().some(({ variant }) => variant === 'cuda');
    expect(order.indexOf('tensorflow')).toBe(forGpu ? 0 : order.indexOf('native') + 1);
  });

  it('is disposed and starts again', async () => {
    const engine = await useEngine('tensorflow');
    await engine.dispose();
    expect((await useEngine('tensorflow')).selfTest.passed).toBe(true);
  });
});
