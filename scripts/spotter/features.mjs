/** Features and targets of rendered recordings, kept on disk: what is there is not computed again. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadNativeKernels } from '@mcore/backbone-stream/node';
import { resizeFrames, transformFrames } from '@mcore/clips';
import { decodeCheckpoint, modelFromCheckpoint, weightsId } from '@mcore/model';
import { RecordingRenderer } from '@mcore/rendered-dives';
import { nodeCanvas } from '@mcore/rendered-dives/node';
import { picker } from './augment.mjs';

/** Frames a second that the spotter looks at: every other one of 25. */
export const FRAMES_PER_SECOND = 12.5;

/** The backbone of a checkpoint, ready for streams; needs a tfjs backend. */
export async function openBackbone(path) {
  const checkpoint = decodeCheckpoint(await readFile(path), path);
  const model = modelFromCheckpoint(checkpoint);
  const backbone = await model.backbone.streamingModel(loadNativeKernels({ threads: 1 }));
  const id = await weightsId(checkpoint.tensors);
  const { transform } = checkpoint.info.config.input;
  model.dispose();
  return { backbone, id, transform, trainedOn: checkpoint.info.trainedOn };
}

/**
 * `{ features, count, size, plan }` of a recording.
 *
 * @param entry - `{ name, plan, augmented, seed }` of recordings.mjs.
 * @param folder - Where they are kept; one folder for each renderer and each backbone.
 */
export async function recordingFeatures(entry, { backbone, transform, id }, folder) {
  const plan = entry.plan();
  const size = backbone.featureSize;
  const path = join(folder, `${id}-${entry.name}.f32`);
  if (!existsSync(path)) {
    await mkdir(folder, { recursive: true });
    const features = computeFeatures(plan, entry, backbone, transform);
    await writeFile(`${path}.partial`, features);
    await rename(`${path}.partial`, path);
  }
  const bytes = await readFile(path);
  const features = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4).slice();
  return { features, count: features.length / size, size, plan };
}

function computeFeatures(plan, { augmented, seed }, backbone, transform) {
  const renderer = new RecordingRenderer(plan, { canvas: nodeCanvas, height: 128 });
  const { width, height } = renderer;
  const pick = picker(width, height, augmented, seed);
  const stream = backbone.stream(transform.crop);
  const step = plan.framesPerSecond / FRAMES_PER_SECOND;
  const parts = [];
  for (let at = 0; at < plan.frameCount; at += step) {
    const frame = { data: pick(renderer.draw(Math.round(at))), count: 1, height, width };
    // in two steps, as films are read
    parts.push(stream.push(transformFrames(resizeFrames(frame, transform.resize), transform, 'center')));
  }
  parts.push(stream.finish());
  const features = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let to = 0;
  for (const part of parts) {
    features.set(part, to);
    to += part.length;
  }
  return features;
}
