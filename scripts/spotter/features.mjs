/** Features and targets of rendered recordings, kept on disk: what is there is not computed again. */
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadNativeKernels } from '@mcore/backbone-stream/node';
import { resizeFrames, transformFrames } from '@mcore/clips';
import { backboneId } from '@mcore/judge';
import { decodeCheckpoint, modelFromCheckpoint } from '@mcore/model';
import { RecordingRenderer, rendererVersion } from '@mcore/rendered-dives';
import { nodeCanvas } from '@mcore/rendered-dives/node';
import { picker } from './augment.mjs';

/** Frames a second that the spotter looks at: every other one of 25. */
export const FRAMES_PER_SECOND = 12.5;

/** The backbone of a checkpoint, ready for streams; needs a tfjs backend. */
export async function openBackbone(path) {
  const checkpoint = decodeCheckpoint(await readFile(path), path);
  const model = modelFromCheckpoint(checkpoint);
  const backbone = await model.backbone.streamingModel(loadNativeKernels({ threads: 1 }));
  const id = await backboneId(checkpoint);
  const { transform } = checkpoint.info.config.input;
  model.dispose();
  return { backbone, id, transform, trainedOn: checkpoint.info.trainedOn };
}

/**
 * `{ features, count, size, plan }` of a recording.
 *
 * @param entry - `{ name, plan, augmented, seed }` of recordings.mjs.
 * @param folder - Where pictures (19 kB each of 80x80) and features are kept. Other weights need other features of the same pictures.
 */
export async function recordingFeatures(entry, { backbone, transform, id }, folder) {
  const plan = entry.plan();
  const size = backbone.featureSize;
  const { height, width } = transform.crop;
  // another plan of the same name is of another length
  const name = `${entry.name}-${plan.frameCount}`;
  const pictures = join(folder, `renderer-${rendererVersion}`, `${name}-${width}x${height}.rgb`);
  const path = join(folder, `features-${id}`, `${name}.f32`);
  if (!existsSync(path)) {
    if (!existsSync(pictures)) await renderPictures(plan, entry, transform, pictures);
    await writeWhole(path, [computeFeatures(await readFile(pictures), backbone, transform.crop)]);
  }
  const bytes = await readFile(path);
  const features = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4).slice();
  return { features, count: features.length / size, size, plan };
}

async function renderPictures(plan, { augmented, seed }, transform, path) {
  const renderer = new RecordingRenderer(plan, { canvas: nodeCanvas, height: 128 });
  const { width, height } = renderer;
  const pick = picker(width, height, augmented, seed);
  const step = plan.framesPerSecond / FRAMES_PER_SECOND;
  const draw = function* () {
    for (let at = 0; at < plan.frameCount; at += step) {
      const frame = { data: pick(renderer.draw(Math.round(at))), count: 1, height, width };
      // in two steps, as films are read
      yield transformFrames(resizeFrames(frame, transform.resize), transform, 'center').data;
    }
  };
  await writeWhole(path, draw());
}

function computeFeatures(data, backbone, { height, width }) {
  const bytes = height * width * 3;
  const stream = backbone.stream({ height, width });
  const features = new Float32Array((data.length / bytes) * backbone.featureSize);
  let to = 0;
  const keep = (part) => {
    features.set(part, to);
    to += part.length;
  };
  for (let at = 0; at < data.length; at += 64 * bytes) {
    const part = data.subarray(at, at + 64 * bytes);
    keep(stream.push({ data: part, count: part.length / bytes, height, width }));
  }
  keep(stream.finish());
  return features;
}

/** Writes parts to a file that appears under its name when it is whole. */
async function writeWhole(path, parts) {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(`${path}.partial`, 'w');
  for (const part of parts) await file.write(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  await file.close();
  await rename(`${path}.partial`, path);
}
