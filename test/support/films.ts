import { writeFile } from 'node:fs/promises';
import type { Frames } from '@mcore/clips';
import type { VideoCodec } from 'mediabunny';

/** How a film is made of frames. */
export interface FilmOptions {
  /** `avc` unless given. */
  codec?: VideoCodec;
  /** Degrees clockwise that players turn its pictures by; the pictures are turned back before, so that it is shown upright. */
  rotation?: 0 | 90;
  /** When frame `index` is shown, in seconds; 25 frames a second unless given. */
  secondOf?: (index: number) => number;
  /** Width of the middle that is kept, in pixels. */
  crop?: number;
  /** Frames of the film; the last one is held. */
  count?: number;
}

/** Encodes frames as an mp4 file with FFmpeg's encoders, as cameras and phones write them. */
export async function writeFilm(path: string, frames: Frames, options: FilmOptions = {}): Promise<void> {
  const { codec = 'avc', rotation = 0, secondOf = (index: number) => index / 25, count = frames.count } = options;
  const { BufferTarget, Mp4OutputFormat, Output, VideoSample, VideoSampleSource } = await encoders();
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat(), target });
  const source = new VideoSampleSource({ codec, bitrate: 1_500_000, keyFrameInterval: 1 });
  output.addVideoTrack(source, { rotation });
  await output.start();
  let shown = picture(frames, 0, options);
  for (let index = 0; index < count; index++) {
    // the last frame is held
    if (index > 0 && index < frames.count) shown = picture(frames, index, options);
    const { pixels, width, height } = shown;
    const timestamp = secondOf(index);
    const duration = secondOf(index + 1) - timestamp;
    const size = { codedWidth: width, codedHeight: height };
    const sample = new VideoSample(pixels, { format: 'RGBA', ...size, timestamp, duration });
    await source.add(sample);
    sample.close();
  }
  await output.finalize();
  await writeFile(path, new Uint8Array(target.buffer!));
}

let registered: Promise<typeof import('mediabunny')> | undefined;

function encoders(): Promise<typeof import('mediabunny')> {
  registered ??= (async () => {
    const { registerMediabunnyServer } = await import('@mediabunny/server');
    const { AV_LOG_QUIET, Log } = await import('node-av');
    Log.setLevel(AV_LOG_QUIET);
    registerMediabunnyServer({ hardwareContext: null });
    return import('mediabunny');
  })();
  return registered;
}

/** One frame as RGBA, cropped and turned against the clock. */
function picture({ data, height, width }: Frames, index: number, { rotation = 0, crop = width }: FilmOptions) {
  const left = (width - crop) >> 1;
  const turned = rotation === 90;
  const [rows, columns] = turned ? [crop, height] : [height, crop];
  const pixels = new Uint8Array(rows * columns * 4).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < crop; x++) {
      const from = ((index * height + y) * width + left + x) * 3;
      const to = (turned ? (crop - 1 - x) * height + y : y * crop + x) * 4;
      pixels[to] = data[from]!;
      pixels[to + 1] = data[from + 1]!;
      pixels[to + 2] = data[from + 2]!;
    }
  }
  return { pixels, width: columns, height: rows };
}
