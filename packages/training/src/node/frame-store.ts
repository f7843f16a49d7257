import { open, stat } from 'node:fs/promises';
import type { Frames } from '@mcore/clips';
import sharp from 'sharp';
import { writeFileAtomically } from '../files/atomic-file.js';

/** Some consecutive frames of a clip. */
export interface FrameWindowOfFile {
  first: number;
  count: number;
}

/** A form in which the frames of a clip are kept in a file. */
export interface FrameStore {
  /** Ending of its files. */
  readonly ending: string;
  write(path: string, frames: Frames): Promise<void>;
  /** Whether a file holds whole frames of a size. */
  has(path: string, size: Omit<Frames, 'data'>): Promise<boolean>;
  /** Some frames; undefined where there is no file, or it is of no use. */
  read(path: string, size: Omit<Frames, 'data'>, window: FrameWindowOfFile): Promise<Uint8Array | undefined>;
}

/** Bytes of pixels as they are: 3 a pixel. A file of another size is of no use, whatever made it. */
export const rawFrames: FrameStore = {
  ending: 'rgb',
  write: (path, { data }) => writeFileAtomically(path, data),
  has: async (path, { count, height, width }) => (await sizeOf(path)) === count * height * width * 3,
  read: async (path, { count, height, width }, window) => {
    const frame = height * width * 3;
    if ((await sizeOf(path)) !== count * frame) return undefined;
    return readPart(path, window.first * frame, window.count * frame);
  },
};

/** Quality of {@link jpegFrames}. */
const JPEG_QUALITY = 92;

/** JPEG without subsampled colours, about a tenth of {@link rawFrames}: the number of frames, their sizes, then one image after another. */
export const jpegFrames: FrameStore = {
  ending: 'jpgs',
  write: async (path, { data, count, height, width }) => {
    const frame = height * width * 3;
    const images: Buffer[] = [];
    for (let index = 0; index < count; index++) {
      const pixels = data.subarray(index * frame, (index + 1) * frame);
      images.push(
        await sharp(pixels, { raw: { width, height, channels: 3 } })
          .jpeg({ quality: JPEG_QUALITY, chromaSubsampling: '4:4:4' })
          .toBuffer(),
      );
    }
    const head = Buffer.alloc(4 * (count + 1));
    head.writeUInt32LE(count, 0);
    for (const [index, { length }] of images.entries()) head.writeUInt32LE(length, 4 * (index + 1));
    await writeFileAtomically(path, Buffer.concat([head, ...images]));
  },
  has: async (path, { count }) => (await imageSizes(path, count)) !== undefined,
  read: async (path, { count, height, width }, window) => {
    const sizes = await imageSizes(path, count);
    if (!sizes) return undefined;
    const before = sizes.slice(0, window.first).reduce((sum, size) => sum + size, 0);
    const wanted = sizes.slice(window.first, window.first + window.count);
    const bytes = await readPart(
      path,
      4 * (count + 1) + before,
      wanted.reduce((sum, size) => sum + size, 0),
    );
    if (!bytes) return undefined;
    const frame = height * width * 3;
    const pixels = new Uint8Array(window.count * frame);
    let offset = 0;
    for (const [index, size] of wanted.entries()) {
      const image = await sharp(bytes.subarray(offset, offset + size))
        .raw()
        .toBuffer();
      if (image.length !== frame) return undefined;
      pixels.set(image, index * frame);
      offset += size;
    }
    return pixels;
  },
};

/** Sizes of the images in a file; undefined where it is not whole. */
async function imageSizes(path: string, count: number): Promise<number[] | undefined> {
  const size = await sizeOf(path);
  const head = size === undefined ? undefined : await readPart(path, 0, 4 * (count + 1));
  if (!head) return undefined;
  const numbers = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const sizes = Array.from({ length: count }, (_, index) => numbers.getUint32(4 * (index + 1), true));
  const whole = sizes.reduce((sum, each) => sum + each, 4 * (count + 1));
  return numbers.getUint32(0, true) === count && whole === size ? sizes : undefined;
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return undefined;
    },
  );
}

async function readPart(path: string, from: number, length: number): Promise<Uint8Array | undefined> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  if (!file) return undefined;
  try {
    const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length, from);
    return bytesRead === length ? buffer : undefined;
  } finally {
    await file.close();
  }
}
