import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { ArgumentError, EngineError } from '@mcore/errors';
import { DiveRenderer } from './dive-renderer.js';
import { nodeCanvas } from './node-surface.js';
import type { SurfaceFactory } from './surface.js';
import type { RenderableClip } from './visible-events.js';

/** Codecs that {@link writeVideo} can ask for. */
export type VideoCodec = 'avc' | 'vp9' | 'av1';

/** Options of {@link writeVideo}. */
export interface WriteVideoOptions {
  /** Makes canvases; `nodeCanvas` unless given. */
  readonly canvas?: SurfaceFactory;
  readonly seed?: number | string;
  /** Height in pixels, even; 256 unless given. */
  readonly height?: number;
  /** Frames a second in the file; FineDiving's clips play at about 25. */
  readonly framesPerSecond?: number;
  /** H.264 unless given, which every browser plays. */
  readonly codec?: VideoCodec;
  /** Bits a second; 9 for each pixel and second unless given. */
  readonly bitrate?: number;
}

/**
 * Draws a clip as an mp4 file, every native frame once.
 *
 * Encodes with FFmpeg's libraries through mediabunny: install `mediabunny`, `@mediabunny/server` and `node-av` for it. The file appears under its
 * name only when it is whole.
 *
 * @param path - Of the file to write; an existing one is replaced.
 * @throws `EngineError` if those packages are missing or can't encode; `ArgumentError` if the height is odd.
 */
export async function writeVideo(path: string, clip: RenderableClip, options: WriteVideoOptions = {}): Promise<void> {
  const { canvas = nodeCanvas, seed = 0, height = 256, framesPerSecond = 25, codec = 'avc' } = options;
  if (height % 2 !== 0) {
    throw new ArgumentError(`writeVideo: expected an even height, as video codecs need, got ${height}.`);
  }
  const { BufferTarget, Mp4OutputFormat, Output, VideoSample, VideoSampleSource } = await encoders();
  const renderer = new DiveRenderer({ canvas, seed, height });
  const bitrate = options.bitrate ?? 9 * renderer.width * height;
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'in-memory' }), target });
  const source = new VideoSampleSource({ codec, bitrate, keyFrameInterval: 1 });
  output.addVideoTrack(source, { frameRate: framesPerSecond });
  try {
    await output.start();
    for (let frame = 0; frame < clip.frameCount; frame++) {
      const sample = new VideoSample(new Uint8Array(renderer.draw(clip, frame).pixels()), {
        format: 'RGBA',
        codedWidth: renderer.width,
        codedHeight: height,
        timestamp: frame / framesPerSecond,
        duration: 1 / framesPerSecond,
      });
      await source.add(sample);
      sample.close();
    }
    await output.finalize();
  } catch (cause) {
    await output.cancel().catch(() => undefined);
    throw new EngineError(`writeVideo: expected to encode ${clip.id} as ${codec}, got: ${reason(cause)}`, { cause });
  }
  const partial = `${path}.${randomUUID()}.partial`;
  try {
    await writeFile(partial, new Uint8Array(target.buffer!));
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

let registered: Promise<typeof import('mediabunny')> | undefined;

/** mediabunny with encoders, registered once. */
function encoders(): Promise<typeof import('mediabunny')> {
  registered ??= register().catch((error) => {
    registered = undefined;
    throw error;
  });
  return registered;
}

async function register(): Promise<typeof import('mediabunny')> {
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
      'writeVideo: expected the packages mediabunny, @mediabunny/server and node-av to encode videos with ' +
        `(npm install mediabunny @mediabunny/server node-av), got: ${reason(cause)}`,
      { cause },
    );
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message.split('\n')[0]! : String(error));
