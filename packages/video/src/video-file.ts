import { type FrameSize, type Frames, RENDERED_MARK, resizeFrames } from '@mcore/clips';
import { ArgumentError, DataError, McoreError } from '@mcore/errors';
import {
  EncodedPacketSink,
  Input,
  type InputVideoTrack,
  MATROSKA,
  MP4,
  MPEG_TS,
  QTFF,
  type VideoSample,
  VideoSampleSink,
  WEBM,
} from 'mediabunny';
import { type ByteSource, blockCache } from './block-cache.js';
import { withinTime } from './deadline.js';
import { fileColors } from './file-colors.js';
import { FORMATS, unreadableFormat } from './formats.js';
import { assembleFrames, runsOf } from './frame-assembly.js';
import { guardedSource } from './guarded-source.js';
import { mayBeInterlaced } from './interlaced-stream.js';
import { type PictureFacts, pixelsOf } from './sample-pixels.js';
import { checkSampleTables } from './sample-tables.js';
import { type OpenVideoOptions, type ReadFramesOptions, type Video, videoLimits } from './types.js';

/** When each frame is shown and until when, in the file's own seconds, in the order shown. */
interface Timeline {
  readonly starts: Float64Array;
  readonly end: number;
}

/**
 * Opens a video from any source of bytes.
 *
 * @throws {@link DataError} in one line if the video can't be decoded here.
 */
export async function openVideoSource(bytes: ByteSource, options: OpenVideoOptions): Promise<Video> {
  const { name = 'the video', timeoutSeconds = 30 } = options;
  // no playlists: they make a reader fetch what they name
  const source = blockCache(bytes);
  const input = new Input({ source: guardedSource(source), formats: [MP4, QTFF, MATROSKA, WEBM, MPEG_TS] });
  try {
    if (!(timeoutSeconds > 0)) {
      throw new ArgumentError(`openVideo: timeoutSeconds must be more than 0, got ${timeoutSeconds}.`);
    }
    const late = `openVideo: expected ${name} open within ${timeoutSeconds} s, got no answer from it.`;
    await withinTime(checkSampleTables(source, name), timeoutSeconds, late);
    const track = await withinTime(findTrack(input, name), timeoutSeconds, late);
    const timeline = await withinTime(readTimeline(track, name), timeoutSeconds, late);
    const [width, height] = await Promise.all([track.getDisplayWidth(), track.getDisplayHeight()]);
    const codec = (await track.getCodec())!;
    const facts = { ...(await fileColors(track)), interlaced: await mayBeInterlaced(track) };
    const rendered = await isRendered(input);
    const options = { name, timeoutSeconds, width, height, codec, rendered, facts };
    const video = new VideoFile(input, track, timeline, options);
    // a first frame now, so that what can't be decoded is known at once
    await video.readFrames([0], { size: { height: 1, width: 1 } });
    return video;
  } catch (error) {
    const other = error instanceof McoreError ? undefined : await unreadableFormat(source).catch(() => undefined);
    input.dispose();
    if (other) throw new DataError(`openVideo: expected ${FORMATS}, got ${name}, which is ${other}.`, { cause: error });
    throw asDataError(error, `openVideo: expected ${FORMATS}, got ${name}, which can't be read`);
  }
}

/** Whether the file's comment says that its pictures are rendered; tags that can't be read say nothing. */
async function isRendered(input: Input): Promise<boolean> {
  const { comment } = await input.getMetadataTags().catch(() => ({ comment: undefined }));
  return comment?.startsWith(RENDERED_MARK) ?? false;
}

class VideoFile implements Video {
  readonly name: string;
  readonly frameCount: number;
  readonly durationSeconds: number;
  readonly framesPerSecond: number;
  readonly width: number;
  readonly height: number;
  readonly codec: string;
  readonly timestamps: Float64Array;
  readonly rendered: boolean;
  readonly notes: readonly string[];
  readonly #facts: PictureFacts;
  readonly #input: Input;
  readonly #track: InputVideoTrack;
  readonly #starts: Float64Array;
  readonly #timeoutSeconds: number;

  constructor(
    input: Input,
    track: InputVideoTrack,
    { starts, end }: Timeline,
    options: Pick<Video, 'name' | 'width' | 'height' | 'codec'> & {
      timeoutSeconds: number;
      rendered: boolean;
      facts: PictureFacts;
    },
  ) {
    this.#input = input;
    this.#track = track;
    this.#starts = starts;
    this.#timeoutSeconds = options.timeoutSeconds;
    this.name = options.name;
    this.width = options.width;
    this.height = options.height;
    this.codec = options.codec;
    this.rendered = options.rendered;
    this.#facts = options.facts;
    const { hdr } = options.facts;
    this.notes = hdr ? [hdrNote(options.name, hdr)] : [];
    this.frameCount = starts.length;
    this.timestamps = starts.map((start) => start - starts[0]!);
    this.durationSeconds = end - starts[0]!;
    this.framesPerSecond = this.durationSeconds > 0 ? this.frameCount / this.durationSeconds : 0;
  }

  async readFrames(indices: readonly number[], options: ReadFramesOptions = {}): Promise<Frames> {
    const { size = { height: this.height, width: this.width }, signal } = options;
    const assembly = assembleFrames(indices, this.frameCount, size);
    for await (const { index, frame } of this.#decoded(assembly.expected, signal, options.coarse ? size : undefined))
      assembly.place(index, frame);
    return assembly.frames;
  }

  async *streamFrames(
    indices: Iterable<number>,
    options: ReadFramesOptions = {},
  ): AsyncGenerator<Frames, void, undefined> {
    const { size = { height: this.height, width: this.width }, signal } = options;
    const run = runsOf(indices, this.frameCount);
    for await (const { index, frame } of this.#decoded(run.different(), signal, options.coarse ? size : undefined)) {
      const { height, width } = size;
      const fitting = frame.height === height && frame.width === width ? frame : resizeFrames(frame, size);
      for (let copies = run.copies(index); copies > 0; copies--) yield fitting;
    }
  }

  /** Decodes different frames in ascending order. */
  async *#decoded(
    indices: Iterable<number>,
    signal: AbortSignal | undefined,
    leastSize: FrameSize | undefined,
  ): AsyncGenerator<{ index: number; frame: Frames }, void, undefined> {
    if (this.#input.disposed)
      throw new DataError(`readFrames: expected an open video, got ${this.name}, which was closed.`);
    // the decoder asks for times ahead of the frames that it gives
    const ahead: number[] = [];
    const starts = this.#starts;
    const times = function* () {
      for (const index of indices) {
        ahead.push(index);
        yield starts[index]!;
      }
    };
    const samples = new VideoSampleSink(this.#track).samplesAtTimestamps(times());
    let index = 0;
    try {
      for (;;) {
        index = ahead[0] ?? index;
        const late = `readFrames: expected ${this.#frameName(index)} within ${this.#timeoutSeconds} s, got nothing.`;
        const { value, done } = await withinTime(samples.next(), this.#timeoutSeconds, late, signal);
        if (done) return;
        index = ahead.shift()!;
        const sample = this.#checked(value ?? null, index);
        let frame: Frames;
        try {
          frame = await withinTime(pixelsOf(sample, this.#facts, leastSize), this.#timeoutSeconds, late, signal);
        } finally {
          sample.close();
        }
        yield { index, frame };
      }
    } catch (error) {
      throw asDataError(error, `readFrames: expected ${this.#frameName(index)}, got none, it can't be decoded`, signal);
    } finally {
      // not awaited: a decoder that hangs does not answer this either
      void samples.return().catch(() => {});
    }
  }

  close(): void {
    this.#input.dispose();
  }

  #frameName(index: number): string {
    return `frame ${index} of ${this.frameCount} of ${this.name}`;
  }

  #checked(sample: VideoSample | null, index: number): VideoSample {
    const off = sample ? Math.abs(sample.timestamp - this.#starts[index]!) : 0;
    if (sample && off < 1e-3) return sample;
    sample?.close();
    throw new DataError(
      `readFrames: expected ${this.#frameName(index)}, got none there; the file is damaged or cut off.`,
    );
  }
}

async function findTrack(input: Input, name: string): Promise<InputVideoTrack> {
  const track = await input.getPrimaryVideoTrack();
  if (!track) {
    const others = await input.getTracks();
    const got = others.length > 0 ? `only ${others[0]!.type}` : 'no track at all; the file may be cut off';
    throw new DataError(`openVideo: expected a video track in ${name}, got ${got}.`);
  }
  const codec = await track.getCodec();
  if (codec === null || !(await track.canDecode())) {
    const found = codec ?? ((await track.getInternalCodecId()) || 'unknown');
    throw new DataError(`openVideo: expected a codec that can be decoded here in ${name}, got ${String(found)}.`);
  }
  const pixels = (await track.getCodedWidth()) * (await track.getCodedHeight());
  if (!(pixels >= 1 && pixels <= videoLimits.pixels)) {
    throw new DataError(
      `openVideo: expected frames of at most ${videoLimits.pixels} pixels in ${name}, got ${pixels}.`,
    );
  }
  return track;
}

/** Reads when frames are shown without reading the frames. What ends before time 0 is not shown (edit lists). */
async function readTimeline(track: InputVideoTrack, name: string): Promise<Timeline> {
  const starts: number[] = [];
  let end = 0;
  const packets = new EncodedPacketSink(track).packets(undefined, undefined, { metadataOnly: true });
  for await (const { timestamp, duration } of packets) {
    if (timestamp + duration <= 1e-9 && timestamp < 0) continue;
    if (!Number.isFinite(timestamp)) continue;
    starts.push(timestamp);
    end = Math.max(end, timestamp + duration);
    // a table that claims millions of frames is followed without waiting for anything: let time-outs come
    if (starts.length % 1024 === 0) await new Promise((resolve) => setTimeout(resolve));
    if (starts.length > videoLimits.frames) {
      throw new DataError(`openVideo: expected at most ${videoLimits.frames} frames in ${name}, got more.`);
    }
  }
  if (starts.length === 0)
    throw new DataError(`openVideo: expected frames in ${name}, got none; it is empty or cut off.`);
  return { starts: withoutRepeats(Float64Array.from(starts).sort()), end };
}

/** Frames that are to be shown at one time can't be told apart: one of them stays. */
function withoutRepeats(sorted: Float64Array): Float64Array {
  return sorted.filter((start, index) => index === 0 || start - sorted[index - 1]! > 1e-6);
}

function hdrNote(name: string, curve: string): string {
  return `${name} has a high dynamic range (${curve}). Its colours are read without tone mapping and look flat to the model; a standard (SDR) export gives better scores.`;
}

/** Keeps our own errors and aborts; puts others, which come from the decoder in any form, into one line. */
function asDataError(error: unknown, expected: string, signal?: AbortSignal): unknown {
  if (error instanceof McoreError || (signal?.aborted && error === signal.reason)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new DataError(`${expected}: ${reason.split('\n')[0]!.replace(/\.$/, '')}.`, { cause: error });
}
