import { DataError } from '@mcore/errors';
import type { ByteSource } from './block-cache.js';
import { videoLimits } from './types.js';

/** An mp4's boxes are a tree; these are the branches on the way to the sample tables. */
const branches = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl']);
const MOST_BOXES = 10_000;

interface Box {
  readonly type: string;
  /** Where its content begins and ends. */
  readonly start: number;
  readonly end: number;
}

/**
 * Refuses an mp4 or mov whose tables claim more frames than a video may have, before they are unfolded: a claim of four billion
 * takes a dozen bytes, and mediabunny makes an object for each.
 *
 * Files of other kinds, and boxes that make no sense, are left to the reader.
 *
 * @throws {@link DataError} if a video track claims more than `videoLimits.frames`.
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
      if (box.type === 'stts' || box.type === 'ctts') assertCount(await sumOfRuns(box));
      if (box.type === 'stsz' && box.end - box.start >= 12) {
        assertCount(view(await source.read(box.start + 8, box.start + 12)).getUint32(0));
      }
      if (box.type === 'moov') return;
    }
  };

  /** Tables of runs: how many there are, then for each its length and one value. */
  const sumOfRuns = async ({ start, end }: Box): Promise<number> => {
    if (end - start < 8) return 0;
    const claimed = view(await source.read(start + 4, start + 8)).getUint32(0);
    const runs = Math.min(claimed, Math.floor((end - start - 8) / 8), videoLimits.frames);
    const table = view(await source.read(start + 8, start + 8 + 8 * runs));
    let sum = 0;
    for (let run = 0; run < runs; run++) sum += table.getUint32(8 * run);
    return sum;
  };

  const assertCount = (count: number) => {
    if (count > videoLimits.frames) {
      throw new DataError(
        `openVideo: wanted at most ${videoLimits.frames} frames in ${name}, got a claim of ${count}.`,
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
