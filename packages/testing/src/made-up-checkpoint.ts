import '@tensorflow/tfjs';
import type { Frames } from '@mcore/clips';
import {
  type Checkpoint,
  ClipEncoder,
  type Exemplar,
  ExemplarBank,
  exportWeights,
  MCoRe,
  type MCoReConfig,
  presetConfig,
  weightsId,
} from '@mcore/model';
import { Random } from '@mcore/random';

/** A network as small as can be; it reads 12 frames of 20 x 24 pixels and crops them to 16 x 16. */
export function tinyConfig(): MCoReConfig {
  const config = presetConfig('laptop');
  return {
    ...config,
    input: { frames: 12, transform: { resize: { height: 20, width: 24 }, crop: { height: 16, width: 16 } } },
    backbone: { ...config.backbone, stemWidth: 8, widths: [8, 16], depths: [1, 1] },
    segmenter: { hiddenSize: 6, dropout: 0 },
    regressor: { blocks: 1, heads: 2, mlpRatio: 2, hidden: [8] },
    exemplars: 3,
  };
}

/** Frames of noise, the same for the same name. */
export function noiseFrames(name: string, height = 20, width = 24): Frames {
  const random = new Random(name);
  const data = Uint8Array.from({ length: 12 * height * width * 3 }, () => random.integer(256));
  return { data, count: 12, height, width };
}

/** A model with random weights as a checkpoint, and a bank of noise clips of two dive numbers that it encoded itself. */
export async function madeUpCheckpoint(
  calibration?: Checkpoint['info']['calibration'],
  changes: Partial<MCoReConfig> = {},
): Promise<{ checkpoint: Checkpoint; bank: ExemplarBank }> {
  const config = { ...tinyConfig(), ...changes };
  const model = new MCoRe(config, { seed: 5 });
  const encoder = new ClipEncoder(model);
  const exemplars: Exemplar[] = [];
  for (const [index, diveNumber] of ['107b', '107b', '107b', '107b', '5253b'].entries()) {
    const { stages } = await encoder.encode(noiseFrames(`exemplar ${index}`, 16, 16));
    exemplars.push({ id: `clip ${index}`, diveNumber, score: 60 + 5 * index, difficulty: 3, stages });
  }
  const tensors = await exportWeights(model);
  const shape = model.regressionShape;
  const info = { config, labelRange: { min: 0, max: 110 }, trainedOn: 'noise', seed: 5, step: 0 };
  const bank = new ExemplarBank(exemplars, shape, await weightsId(tensors));
  encoder.dispose();
  model.dispose();
  return {
    checkpoint: { info: { ...info, ...(calibration && { calibration }) }, tensors, optimiser: new Map() },
    bank,
  };
}
