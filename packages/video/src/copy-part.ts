import { rename, rm } from 'node:fs/promises';
import { extname } from 'node:path';
import { DataError } from '@mcore/errors';
import {
  Conversion,
  EncodedPacketSink,
  FilePathSource,
  FilePathTarget,
  Input,
  MATROSKA,
  MkvOutputFormat,
  MovOutputFormat,
  MP4,
  MPEG_TS,
  Mp4OutputFormat,
  Output,
  type OutputFormat,
  QTFF,
  WEBM,
  WebMOutputFormat,
} from 'mediabunny';

/** A part of a film that {@link copyPart} wrote. */
export interface CopiedPart {
  readonly path: string;
  /** Seconds that the file begins before the part, since it has to begin with a key frame; 0 where players skip them (mp4, mov). */
  readonly leadSeconds: number;
}

/** The container that a part of a film in each container is written in, and whether it can hide frames before the part. */
const containers: readonly (readonly [ending: RegExp, extension: string, hides: boolean, make: () => OutputFormat])[] =
  [
    [/^\.(mp4|m4v)$/i, '.mp4', true, () => new Mp4OutputFormat()],
    [/^\.(mov|qt)$/i, '.mov', true, () => new MovOutputFormat()],
    [/^\.mkv$/i, '.mkv', false, () => new MkvOutputFormat()],
    [/^\.webm$/i, '.webm', false, () => new WebMOutputFormat()],
    [/^\.(ts|m2ts|mts)$/i, '.mp4', true, () => new Mp4OutputFormat()],
  ];

/**
 * Copies a part of a film to a file of its own without decoding it: its pictures stay bit-exact.
 *
 * @param source - Path of an mp4, mov, mkv, webm or MPEG transport stream file.
 * @param target - Path of the file to write, without its ending: the container is that of the source, mp4 for a transport stream.
 * @param part - Where it begins and ends, in seconds from the film's first frame.
 * @throws {@link DataError} if the container or the codec can't be copied.
 */
export async function copyPart(
  source: string,
  target: string,
  part: { readonly start: number; readonly end: number },
): Promise<CopiedPart> {
  const container = containers.find(([ending]) => ending.test(extname(source)));
  if (!container) throw cannotCopy(source, `a file ending in ${extname(source) || 'nothing'}`);
  const [, extension, hides, make] = container;
  const path = `${target}${extension}`;
  const partial = `${path}.partial`;
  const input = new Input({ source: new FilePathSource(source), formats: [MP4, QTFF, MATROSKA, WEBM, MPEG_TS] });
  try {
    const track = await input.getPrimaryVideoTrack();
    if (!track) throw cannotCopy(source, 'no video track');
    const first = Math.max(0, await track.getFirstTimestamp());
    const [start, end] = [first + part.start, first + part.end];
    const key = await new EncodedPacketSink(track).getKeyPacket(start);
    const output = new Output({ format: make(), target: new FilePathTarget(partial) });
    const conversion = await Conversion.init({
      input,
      output,
      tracks: 'primary',
      trim: { start, end },
      copy: { mode: 'forced', boundaryPolicy: 'expand', shiftTolerance: hides ? 0 : Number.POSITIVE_INFINITY },
      showWarnings: false,
    });
    if (!conversion.isValid || !conversion.utilizedTracks.includes(track)) {
      throw cannotCopy(
        source,
        `${(await track.getCodec()) ?? 'an unknown codec'}, which ${extension} can't hold as it is`,
      );
    }
    await conversion.execute();
    await rename(partial, path);
    return { path, leadSeconds: hides ? 0 : Math.max(0, start - (key?.timestamp ?? start)) };
  } catch (error) {
    await rm(partial, { force: true });
    if (error instanceof DataError) throw error;
    throw cannotCopy(source, (error as Error).message.split('\n')[0]!, error);
  } finally {
    input.dispose();
  }
}

function cannotCopy(source: string, got: string, cause?: unknown): DataError {
  return new DataError(
    `copyPart: expected a film that can be cut without encoding (mp4, mov, mkv, webm, ts), got ${source}: ${got}. Cut it with FFmpeg: ffmpeg -ss START -to END -i IN -c:v libx264 -crf 16 OUT.mp4`,
    { cause },
  );
}
