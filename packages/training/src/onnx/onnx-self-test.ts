import { EngineError } from '@mcore/errors';
import {
  type EncodedClip,
  type Exemplar,
  exportWeights,
  loadTensors,
  MCoRe,
  type MCoReConfig,
  presetConfig,
  scoreAgainst,
} from '@mcore/model';
import { Random } from '@mcore/random';
import { LocalReplica } from '../compute/replica.js';
import { OnnxModel } from './onnx-model.js';

/** Largest difference to tfjs, relative to the largest value: as `selfTest` of @mcore/engines allows. */
const TOLERANCE = 1e-4;

/**
 * Compares a small network in ONNX Runtime with the same on the current tfjs backend, from frames to score.
 *
 * @returns The largest difference, relative to the largest value.
 * @throws {@link EngineError} if it is larger than rounding can make it.
 */
export async function testOnnx(): Promise<number> {
  const config = smallConfig();
  const model = new MCoRe(config, { seed: 'self-test' });
  const random = new Random('onnx self-test');
  const tensors = await exportWeights(model);
  for (const [name, { data }] of tensors) {
    if (/conv3D\.(weight|bias)$/.test(name))
      (data as Float32Array).forEach((_, index, all) => {
        all[index] = random.uniform(-0.5, 0.5); // zero at the start, which would test nothing
      });
  }
  const info = { config, labelRange: { min: 0, max: 1 }, trainedOn: 'nothing', seed: 0, step: 0 };
  const onnx = await OnnxModel.create({ info, tensors }, 1);
  loadTensors(model, tensors);
  const replica = new LocalReplica(model);
  try {
    const clip = (): Parameters<typeof onnx.encode>[0] => ({
      data: Uint8Array.from({ length: 6 * 24 * 24 * 3 }, () => random.integer(256)),
      count: 6,
      height: 24,
      width: 24,
    });
    const [query, other] = [clip(), clip()];
    const [expected, got] = [await replica.encode(query), await onnx.encode(query)];
    const exemplar: Exemplar = {
      id: 'other',
      diveNumber: '101a',
      score: 50,
      difficulty: 1,
      stages: (await replica.encode(other)).stages,
    };
    const shape = { stages: config.stages, steps: config.stepsPerStage, channels: config.backbone.widths.at(-1)! };
    const deltas = [
      await scoreAgainst(model, expected.stages, shape, [exemplar]),
      await onnx.compare(expected.stages, shape, [exemplar]),
    ].map(({ votes }) => votes[0]!.stageDeltas);
    return assertClose([...differences(expected, got), difference(deltas[0]!, deltas[1]!)]);
  } finally {
    await Promise.all([replica.dispose(), onnx.dispose()]);
    model.dispose();
  }
}

function smallConfig(): MCoReConfig {
  return {
    ...presetConfig('laptop'),
    backbone: { ...presetConfig('laptop').backbone, stemWidth: 8, widths: [8, 16, 24, 32], depths: [1, 1, 1, 1] },
    segmenter: { hiddenSize: 8, dropout: 0 },
    regressor: { blocks: 1, heads: 2, mlpRatio: 2, hidden: [8] },
  };
}

function differences(expected: EncodedClip, got: EncodedClip): number[] {
  return [difference(expected.logits, got.logits), difference(expected.stages, got.stages)];
}

function difference(expected: ArrayLike<number>, got: ArrayLike<number>): number {
  const values = Array.from(expected);
  const largest = Math.max(...values.map(Math.abs));
  return Math.max(...values.map((value, index) => Math.abs(value - got[index]!))) / largest;
}

function assertClose(found: readonly number[]): number {
  const worst = Math.max(...found);
  if (!(worst <= TOLERANCE)) {
    throw new EngineError(
      `testOnnx: 'onnx' failed its self-test (at most ${TOLERANCE} of the largest value is allowed): off by ${found.map((value) => value.toExponential(1)).join(', ')} in transitions, stages and scores. Use another engine, or another version of onnxruntime-node.`,
    );
  }
  return worst;
}
