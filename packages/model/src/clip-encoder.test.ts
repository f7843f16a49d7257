import { registerOps } from '@mcore/ops';
import { because } from '@mcore/testing/skips';
import { prepareWebgpu, useTestWebgpu } from '@mcore/testing/webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { ClipEncoder, MCoRe, presetConfig } from './index.js';

/** Members of tfjs's WebGPU backend that its public type lacks. */
type WebgpuBackend = tf.KernelBackend & {
  uploadToGPU(dataId: object): void;
  tensorMap: Map<object, { shape: number[]; resource?: object; values?: object }>;
};

const noWebgpu = await prepareWebgpu();

describe('ClipEncoder', () => {
  it.skipIf(noWebgpu !== null)(
    `reads the GPU once per clip, and uploads frames but weights only once${because(noWebgpu)}`,
    async () => {
      await useTestWebgpu();
      await registerOps();
      const config = presetConfig('laptop');
      const model = new MCoRe(config, { seed: 1 });
      const encoder = new ClipEncoder(model);
      const frames = { count: 4, height: 32, width: 32, data: new Uint8Array(4 * 32 * 32 * 3).fill(90) };
      const first = await encoder.encode(frames); // compiles pipelines, uploads weights
      const backend = tf.backend() as WebgpuBackend;
      const read = vi.spyOn(backend, 'read');
      const readSync = vi.spyOn(backend, 'readSync');
      const uploaded: number[] = [];
      const upload = backend.uploadToGPU.bind(backend);
      backend.uploadToGPU = (dataId) => {
        const tensor = backend.tensorMap.get(dataId)!;
        // outputs also pass here, without values
        if (!tensor.resource && tensor.values) uploaded.push(tf.util.sizeFromShape(tensor.shape));
        upload(dataId);
      };
      const second = await encoder.encode(frames);
      expect([...second.features]).toEqual([...first.features]);
      expect(read).toHaveBeenCalledTimes(1);
      expect(readSync).not.toHaveBeenCalled();
      expect(uploaded.filter((size) => size > 64)).toEqual([frames.data.length]);
      encoder.dispose();
      model.dispose();
    },
  );
});
