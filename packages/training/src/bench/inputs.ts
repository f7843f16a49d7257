import { join } from 'node:path';
import type { Frames } from '@mcore/clips';
import { type Checkpoint, encodeCheckpoint, exportWeights, MCoRe, type MCoReConfig } from '@mcore/model';
import { Random } from '@mcore/random';
import { readSafetensors, type SafeTensor, writeSafetensors } from '@mcore/safetensors';
import { writeFileAtomically } from '../files/atomic-file.js';
import { readNamed } from '../files/run-files.js';
import { onnxFiles } from '../onnx/export-weights.js';

/** How much work there is. */
export interface BenchSizes {
  frames: number;
  height: number;
  width: number;
  /** Clips to score, or pairs to learn from. */
  clips: number;
  exemplars: number;
}

/** What programs work on. */
export interface BenchInputs {
  queries: Frames[];
  exemplars: Frames[];
  /** Of the exemplars, then of the queries. */
  scores: number[];
  /** Of the queries, then of the first exemplars. */
  transitions: number[][];
  /** `[1, frames, channels]`, for the recurrent unit alone. */
  sequence: Float32Array;
}

/**
 * A checkpoint with random weights none of which is 0 or 1, so that nothing is cheaper than it would be, and without dropout, so that
 * losses can be compared.
 */
export async function benchCheckpoint(config: MCoReConfig, seed: number): Promise<Checkpoint> {
  const plain = { ...config, segmenter: { ...config.segmenter, dropout: 0 } };
  const model = new MCoRe(plain, { seed });
  const tensors = await exportWeights(model);
  model.dispose();
  for (const [name, tensor] of tensors) spread(name, tensor, seed);
  const info = { config: plain, labelRange: { min: 0, max: 105 }, trainedOn: 'nothing', seed, step: 0 };
  return { info, tensors, optimiser: new Map() };
}

function spread(name: string, { data }: SafeTensor, seed: number): void {
  const values = data as Float32Array;
  const random = Random.for(seed, 'bench', name);
  const noise = (least: number, most: number) => {
    for (let index = 0; index < values.length; index++) values[index] = random.uniform(least, most);
  };
  if (/running_var$/.test(name)) noise(0.5, 1.5);
  else if (/conv3\.bn\.weight$/.test(name)) noise(0.2, 0.8);
  else if (/(bn|norm\w*)\.weight$/.test(name)) noise(0.6, 1.4);
  else if (/conv3D\.weight$/.test(name)) noise(-0.1, 0.1);
  else if (/(bias|running_mean)$/.test(name)) noise(-0.3, 0.3);
}

/** Writes weights, graphs and inputs into a folder, for programs in other processes. */
export async function writeBenchFiles(
  folder: string,
  checkpoint: Checkpoint,
  sizes: BenchSizes,
  seed: number,
): Promise<{ weights: string; onnx: string; inputs: string }> {
  const paths = {
    weights: join(folder, 'weights.safetensors'),
    onnx: folder,
    inputs: join(folder, 'inputs.safetensors'),
  };
  await writeFileAtomically(paths.weights, encodeCheckpoint(checkpoint));
  for (const { path, bytes } of onnxFiles(checkpoint, folder)) await writeFileAtomically(path, bytes);
  await writeFileAtomically(paths.inputs, encodeInputs(sizes, checkpoint.info.config, seed));
  return paths;
}

function encodeInputs(sizes: BenchSizes, config: MCoReConfig, seed: number): Uint8Array {
  const { frames, height, width, clips } = sizes;
  const exemplars = Math.max(sizes.exemplars, clips);
  const random = Random.for(seed, 'bench inputs');
  const pictures = (count: number): SafeTensor => {
    const data = new Uint8Array(count * frames * height * width * 3);
    for (let index = 0; index < data.length; index += 4) new DataView(data.buffer).setUint32(index, random.bits());
    return { dtype: 'U8', shape: [count, frames, height, width, 3], data };
  };
  const channels = config.backbone.widths.at(-1)!;
  const transitions = Array.from({ length: 2 * clips }, () =>
    Array.from({ length: config.stages - 1 }, (_, index) => BigInt(Math.floor(((index + 1) * frames) / config.stages))),
  );
  return writeSafetensors(
    new Map<string, SafeTensor>([
      ['queries', pictures(clips)],
      ['exemplars', pictures(exemplars)],
      [
        'scores',
        {
          dtype: 'F32',
          shape: [exemplars + clips],
          data: Float32Array.from({ length: exemplars + clips }, () => random.uniform(30, 100)),
        },
      ],
      [
        'transitions',
        { dtype: 'I64', shape: [2 * clips, config.stages - 1], data: BigInt64Array.from(transitions.flat()) },
      ],
      [
        'sequence',
        {
          dtype: 'F32',
          shape: [1, frames, channels],
          data: Float32Array.from({ length: frames * channels }, () => random.normal()),
        },
      ],
    ]),
  );
}

/** Reads what {@link writeBenchFiles} wrote. */
export async function readBenchInputs(path: string): Promise<BenchInputs> {
  const { tensors } = readSafetensors(await readNamed(path, 'inputs of a bench'));
  const clips = (name: string): Frames[] => {
    const { shape, data } = tensors.get(name)!;
    const [clipCount, count, height, width] = shape as [number, number, number, number];
    const size = data.length / clipCount;
    return Array.from({ length: clipCount }, (_, clip) => ({
      data: (data as Uint8Array).slice(clip * size, (clip + 1) * size),
      count,
      height,
      width,
    }));
  };
  const { shape, data } = tensors.get('transitions')!;
  const [rows, columns] = shape as [number, number];
  const transitions = Array.from({ length: rows }, (_, row) =>
    Array.from((data as BigInt64Array).subarray(row * columns, (row + 1) * columns), Number),
  );
  return {
    queries: clips('queries'),
    exemplars: clips('exemplars'),
    scores: [...(tensors.get('scores')!.data as Float32Array)],
    transitions,
    sequence: tensors.get('sequence')!.data as Float32Array,
  };
}
