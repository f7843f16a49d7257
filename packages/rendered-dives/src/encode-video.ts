import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { RENDERED_MARK } from '@mcore/clips';
import { ArgumentError, EngineError } from '@mcore/errors';
import type { Surface } from './surface.js';
import { rendererVersion } from './version.js';

/** Codecs that can be asked for. */
export type VideoCodec = 'avc' | 'vp9' | 'av1';

/** How pictures become a file. */
export interface EncodeOptions {
  /** Frames a second in the file; FineDiving's clips play at about 25. */
  readonly framesPerSecond?: number;
  /**
   * H.264 unless given, which every browser plays. If the width is not a multiple of 16, libx264 encodes the same pictures a little differently
   * each time, even with one thread. VP9 is the same each time, and so is H.264 with a height such as 144 (256 pixels wide).
   */
  readonly codec?: VideoCodec;
  /** Bits a second; 9 for each pixel and second unless given. */
  readonly bitrate?: number;
  /** Seconds between frames that a player can begin at; 1 unless given. */
  readonly keyFrameInterval?: number;
}

/** What is encoded. */
export interface Pictures {
  /** For messages. */
  readonly name: string;
  readonly caller: string;
  readonly width: number;
  readonly height: number;
  readonly frameCount: number;
  draw(frame: number): Surface;
}

/**
 * Encodes pictures as an mp4 file, one after the other, in memory that does not grow with their number.
 *
 * @param path - Of the file to write; an existing one is replaced, once the new one is whole.
 * @throws `EngineError` if the packages that encode are missing or can't; `ArgumentError` if the height is odd.
 */
export async function encodeVideo(path: string, pictures: Pictures, options: EncodeOptions): Promise<void> {
  const { width, height, frameCount, name, caller } = pictures;
  const { framesPerSecond = 25, codec = 'avc', bitrate = 9 * width * height, keyFrameInterval = 1 } = options;
  if (height % 2 !== 0) {
    throw new ArgumentError(`${caller}: expected an even height, as video codecs need, got ${height}.`);
  }
  const { FilePathTarget, Mp4OutputFormat, Output, VideoSample, VideoSampleSource } = await encoders(caller);
  const partial = `${path}.${randomUUID()}.partial`;
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: false }), target: new FilePathTarget(partial) });
  const source = new VideoSampleSource({ codec, bitrate, keyFrameInterval });
  output.addVideoTrack(source, { frameRate: framesPerSecond });
  output.setMetadataTags({ comment: `${RENDERED_MARK}: ${name}, renderer version ${rendererVersion}` });
  try {
    await output.start();
    for (let frame = 0; frame < frameCount; frame++) {
      const sample = new VideoSample(new Uint8Array(pictures.draw(frame).pixels()), {
        format: 'RGBA',
        codedWidth: width,
        codedHeight: height,
        timestamp: frame / framesPerSecond,
        duration: 1 / framesPerSecond,
      });
      await source.add(sample);
      sample.close();
    }
    await output.finalize();
    await rename(partial, path);
  } catch (cause) {
    await output.cancel().catch(() => undefined);
    await rm(partial, { force: true });
    throw new EngineError(`${caller}: expected to encode ${name} as ${codec}, got: ${reason(cause)}`, { cause });
  }
}

let registered: Promise<typeof import('mediabunny')> | undefined;

/** mediabunny with encoders, registered once. */
function encoders(caller: string): Promise<typeof import('mediabunny')> {
  registered ??= register(caller).catch((error) => {
    registered = undefined;
    throw error;
  });
  return registered;
}

async function register(caller: string): Promise<typeof import('mediabunny')> {
  try {
    const [mediabunny, server, av] = await Promise.all([
      import('mediabunny'),
      import('@mediabunny/server'),
      import('node-av'),
    ]);
    av.Log.setLevel(av.AV_LOG_QUIET);
    server.registerMediabunnyServer({ hardwareContext: null });
    return mediabunny;
  } catch (cause) {
    throw new EngineError(
      `${caller}: expected the packages mediabunny, @mediabunny/server and node-av to encode videos with ` +
        `(npm install mediabunny @mediabunny/server node-av), got: ${reason(cause)}`,
      { cause },
    );
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message.split('\n')[0]! : String(error));
