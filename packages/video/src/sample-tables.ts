import { DataError } from '@mcore/errors';
import type { ByteSource } from './block-cache.js';
import { videoLimits } from './types.js';

/** An mp4's boxes are a tree; these are the branches on the way to the sample tables. */
const branches = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl', 'moof', 'traf']);
/** Tables of entries behind a count, and the bytes of an entry. */
const entryBytes = new Map([
  ['stts', 8],
  ['ctts', 8],
  ['stsc', 12],
  ['stco', 4],
  ['co64', 8],
  ['stss', 4],
]);
const MOST_BOXES = 10_000;

interface Box {
  readonly type: string;
  /** Where its content begins and ends. */
  readonly start: number;
  readonly end: number;
}

/**
 * Refuses an mp4 or mov whose tables claim more frames than a video may have, before they are unfolded: a claim of four billion
 * takes a dozen bytes, and mediabunny makes an object for each, or, of a chunk, adds up as many sizes for every frame without letting
 * a timer run.
 *
 * Files of other kinds, and boxes that make no sense, are left to the reader.
 *
 * @throws {@link DataError} if a video track, or a chunk of one, claims more than `videoLimits.frames`.
 */
export async function checkSampleTables(source: ByteSource, name: string): Promise<void> {
  let boxes = 0;

  /** Whether a branch is, or has in it, a track that is no video. */
  const isOther = async (branch: Box): Promise<boolean> => {
    for await (const box of boxesOf(branch)) {
      if (box.type === 'hdlr' && box.end - box.start >= 12) return (await textAt(box.start + 8)) !== 'vide';
      if (box.type === 'mdia' && (await isOther(box))) return true;
    }
    return false;
  };

  async function* boxesOf(parent: Pick<Box, 'start' | 'end'>): AsyncGenerator<Box> {
    for (let at = parent.start; at + 8 <= parent.end && boxes++ < MOST_BOXES; ) {
      const header = view(await source.read(at, Math.min(at + 16, parent.end)));
      const short = header.getUint32(0);
      const long = short === 1 && header.byteLength === 16;
      const size = long ? Number(header.getBigUint64(8)) : short === 0 ? parent.end - at : short;
      const content = at + (long ? 16 : 8);
      if (at + size < content) return;
      yield { type: text(header, 4), start: content, end: Math.min(at + size, parent.end) };
      at += size;
    }
  }

  const textAt = async (at: number) => text(view(await source.read(at, at + 4)), 0);

  const walk = async (parent: Pick<Box, 'start' | 'end'>): Promise<void> => {
    for await (const box of boxesOf(parent)) {
      if (box.type === 'trak' && (await isOther(box))) continue;
      if (branches.has(box.type)) await walk(box);
      if (entryBytes.has(box.type)) await checkTable(box, entryBytes.get(box.type)!);
      if (box.type === 'stsz') await checkSizes(box);
      if (box.type === 'trun') await checkRun(box);
    }
  };

  /** A table of entries: how many there are, then each; the first number of a run, or the second of a chunk, counts frames. */
  const checkTable = async (box: Box, size: number): Promise<void> => {
    const count = await numberAt(box, 4);
    assertCount(count);
    assertFits(box, 8 + size * count);
    if (!['stts', 'ctts', 'stsc'].includes(box.type)) return;
    const table = view(await source.read(box.start + 8, box.start + 8 + size * count));
    let sum = 0;
    for (let entry = 0; entry < count; entry++) {
      const frames = table.getUint32(size * entry + (box.type === 'stsc' ? 4 : 0));
      sum += frames;
      if (box.type === 'stsc') assertCount(frames, ' a chunk');
    }
    if (box.type !== 'stsc') assertCount(sum);
  };

  /** One size for all frames, or 0, a count and the size of each. */
  const checkSizes = async (box: Box): Promise<void> => {
    const count = await numberAt(box, 8);
    assertCount(count);
    if ((await numberAt(box, 4)) === 0) assertFits(box, 12 + 4 * count);
  };

  /** Frames of a fragment: flags say which of four numbers each has. */
  const checkRun = async (box: Box): Promise<void> => {
    const flags = await numberAt(box, 0);
    const count = await numberAt(box, 4);
    const fields = [0x100, 0x200, 0x400, 0x800].filter((flag) => (flags & flag) !== 0).length;
    assertCount(count);
    assertFits(box, 8 + 4 * fields * count);
  };

  /** The number at an offset into a box; 0 where the box ends before. */
  const numberAt = async ({ start, end }: Box, offset: number): Promise<number> =>
    start + offset + 4 > end ? 0 : view(await source.read(start + offset, start + offset + 4)).getUint32(0);

  const assertFits = ({ type, start, end }: Box, bytes: number) => {
    if (bytes > Math.max(8, end - start)) {
      throw new DataError(
        `openVideo: expected tables that fit their boxes in ${name}, got ${bytes} bytes of ${type} in ${end - start}.`,
      );
    }
  };

  const assertCount = (count: number, where = '') => {
    if (count > videoLimits.frames) {
      throw new DataError(
        `openVideo: expected at most ${videoLimits.frames} frames${where} in ${name}, got a claim of ${count}.`,
      );
    }
  };

  await walk({ start: 0, end: source.size });
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function text(bytes: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((index) => bytes.getUint8(at + index)));
}
