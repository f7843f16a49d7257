import { type Frames, sampleIndices } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import { type FineDivingLabel, fineDivingLabels } from '@mcore/finediving-loader/labels';
import { browserCanvas, DiveRenderer } from '@mcore/rendered-dives';
import { openVideo, type Video } from '@mcore/video';
import { frameRate } from '../playback.js';
import { serve, withTransfer } from '../worker-link.js';
import { KeptVideo } from './kept-video.js';
import type { FootageFacts, PictureRequest, PictureSource, PicturesApi, PicturesEvents } from './pictures-api.js';

/** Frames decoded before they are sent, so that few are held at a time. */
const BATCH = 8;

/** Height of the pictures of a list, in pixels. */
const THUMBNAIL = 90;

const renderers = new Map<number, DiveRenderer>();
/** The newest request of every lane. */
const newest = new Map<string, number>();
const kept = new KeptVideo();

const api: PicturesApi = {
  async open(source) {
    if (source.kind === 'dive') return factsOfDive(labelOf(source.id));
    return factsOf(await videoOf(source));
  },

  async thumbnail({ file, name }) {
    // opened for itself, so that the video that is shown stays open
    const video = await openVideo(file, { name });
    const bitmap = await middleOf(video).finally(() => video.close());
    const facts = factsOf(video);
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext('2d')!.drawImage(bitmap, 0, 0);
    bitmap.close();
    return { facts, picture: await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 }) };
  },

  async show(request) {
    newest.set(request.lane, request.request);
    await (request.source.kind === 'dive' ? drawAll(request, request.source.id) : decodeAll(request, request.source));
  },
};

const page = serve<PicturesEvents>(api);

function videoOf({ file, name, key }: Extract<PictureSource, { kind: 'file' }>): Promise<Video> {
  return kept.get(key, () => openVideo(file, { name }));
}

function labelOf(id: string): FineDivingLabel {
  const label = fineDivingLabels.find((candidate) => candidate.id === id);
  if (!label) throw new DataError(`pictures: expected a dive of FineDiving's labels, got ${id}.`);
  return label;
}

function factsOfDive({ frameCount }: FineDivingLabel): FootageFacts {
  return { frameCount, durationSeconds: frameCount / frameRate, width: 456, height: 256, codec: 'drawn' };
}

async function drawAll(request: PictureRequest, id: string): Promise<void> {
  const clip = labelOf(id);
  const height = request.height;
  const renderer = renderers.get(height) ?? new DiveRenderer({ canvas: browserCanvas, height });
  renderers.set(height, renderer);
  const seconds = Array.from({ length: clip.frameCount }, (_, frame) => frame / frameRate);
  const indices = chosen(seconds, request);
  for (const [index, frame] of indices.entries()) {
    if (isOld(request)) return;
    const { image } = renderer.draw(clip, frame);
    const bitmap = await createImageBitmap(image as OffscreenCanvas);
    picture(request, index, indices.length, seconds[frame]!, bitmap);
    await breathe(index);
  }
}

async function decodeAll(request: PictureRequest, source: Extract<PictureSource, { kind: 'file' }>): Promise<void> {
  const video = await videoOf(source);
  const indices = chosen(video.timestamps, request);
  const size = {
    height: request.height,
    width: Math.max(1, Math.round((request.height * video.width) / video.height)),
  };
  for (let first = 0; first < indices.length; first += BATCH) {
    if (isOld(request)) return;
    const some = indices.slice(first, first + BATCH);
    const frames = await video.readFrames(some, { size });
    for (const [offset, frame] of some.entries()) {
      const bitmap = await createImageBitmap(imageOf(frames, offset));
      picture(request, first + offset, indices.length, video.timestamps[frame]!, bitmap);
    }
  }
}

function factsOf({ frameCount, durationSeconds, width, height, codec }: Video): FootageFacts {
  return { frameCount, durationSeconds, width, height, codec };
}

/** The middle frame, small. */
async function middleOf(video: Video): Promise<ImageBitmap> {
  const size = { height: THUMBNAIL, width: Math.max(1, Math.round((THUMBNAIL * video.width) / video.height)) };
  return createImageBitmap(imageOf(await video.readFrames([Math.floor(video.frameCount / 2)], { size }), 0));
}

/** Evenly spaced frames of the stretch; the nearest frame where it holds none. */
function chosen(seconds: ArrayLike<number>, { fromSeconds, toSeconds, count }: PictureRequest): number[] {
  const frames = Array.from(seconds);
  const first = Math.max(
    0,
    frames.findIndex((second) => second >= fromSeconds - 1e-6),
  );
  const last = Math.max(
    first,
    frames.findLastIndex((second) => second <= toSeconds + 1e-6),
  );
  const length = last - first + 1;
  return sampleIndices(length, Math.min(count, length)).map((index) => first + index);
}

function isOld({ lane, request }: PictureRequest): boolean {
  return newest.get(lane) !== request;
}

function picture(
  { lane, request }: PictureRequest,
  index: number,
  total: number,
  seconds: number,
  bitmap: ImageBitmap,
) {
  void page.picture.asEvent(withTransfer({ lane, request, index, total, seconds, bitmap }, [bitmap]));
}

/** Lets messages in now and then: a newer request has to be seen. */
async function breathe(index: number): Promise<void> {
  if (index % BATCH === BATCH - 1) await new Promise((resolve) => setTimeout(resolve));
}

function imageOf({ data, height, width }: Frames, index: number): ImageData {
  const image = new ImageData(width, height);
  const size = height * width;
  for (let pixel = 0; pixel < size; pixel++) {
    const from = (index * size + pixel) * 3;
    image.data[4 * pixel] = data[from]!;
    image.data[4 * pixel + 1] = data[from + 1]!;
    image.data[4 * pixel + 2] = data[from + 2]!;
    image.data[4 * pixel + 3] = 255;
  }
  return image;
}
