import type { StreamingBackbone } from '@mcore/backbone-stream';
import { type FrameTransform, transformFrames } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import type { Video } from '@mcore/video';
import { pairEvents } from './pair-events.js';
import { ProbabilityTrack } from './probability-track.js';
import type { Spotter } from './spotter.js';

/** A dive in a film; times are in seconds from the film's first frame. */
export interface FoundDive {
  /** Where a clip of the dive begins, as the clips that the weights were trained on begin. */
  start: number;
  /** The first moment in the air. */
  takeOff: number;
  /** When the diver touches the water. */
  entry: number;
  /** Where the clip ends. */
  end: number;
  /** In [0, 1]; nothing below the spotter's threshold is a dive. */
  confidence: number;
  /** Whether this is a replay or slow motion; such a dive was shown before, or its times are not those of the dive. */
  replay: boolean;
}

/** What `judge.find` returns and `mcore find --json` prints. */
export interface FoundDives {
  video: string;
  durationSeconds: number;
  /** The part that was looked at, in seconds. */
  from: number;
  to: number;
  /** In the order of time. */
  dives: FoundDive[];
  /** Sentences for a person about what may spoil the frames; usually none. */
  notes: string[];
}

/** Which part of a film is looked at. */
export interface FindOptions {
  /** Where to begin, in seconds from the first frame; 0 unless given. */
  readonly start?: number;
  /** Where to stop; the end of the film unless given. */
  readonly end?: number;
  readonly signal?: AbortSignal;
  /** Called about once for every 5 s of film. */
  readonly onProgress?: (seconds: number, of: number) => void;
}

/** What finds. */
export interface Finder {
  readonly backbone: StreamingBackbone;
  readonly spotter: Spotter;
  readonly transform: FrameTransform;
}

/** Frames that go through the backbone at once. */
const BATCH = 16;

/** Frames between two calls of `onProgress`. */
const PROGRESS_EVERY = 64;

/**
 * Finds the dives of a film in one pass, in memory that hardly grows with its length.
 *
 * @throws ArgumentError if the part holds no frame; DataError if a frame can't be decoded; the signal's reason.
 */
export async function findDives(video: Video, finder: Finder, options: FindOptions = {}): Promise<FoundDives> {
  const { start = 0, end = video.durationSeconds, signal } = options;
  const { spotter } = finder;
  const { framesPerSecond, margins, threshold } = spotter.info;
  const to = Math.min(end, video.durationSeconds);
  const count = Math.ceil((to - start) * framesPerSecond - 1e-6);
  if (!(start >= 0 && count >= 1)) {
    throw new ArgumentError(
      `judge.find: expected a part of ${video.name} with frames in it, 0 .. ${video.durationSeconds.toFixed(2)} s, got ${start} .. ${end} s.`,
    );
  }
  const probabilities = await spot(video, finder, { start, count }, options);
  signal?.throwIfAborted();
  const dives = pairEvents(probabilities, { framesPerSecond, threshold }).map(
    ({ takeOff, entry, confidence, replay }): FoundDive => ({
      start: Math.max(start, start + takeOff - margins.approach),
      takeOff: start + takeOff,
      entry: start + entry,
      end: Math.min(to, start + entry + margins.entry),
      confidence,
      replay,
    }),
  );
  return {
    video: video.name,
    durationSeconds: video.durationSeconds,
    from: start,
    to,
    dives,
    notes: [...video.notes],
  };
}

/** Probabilities of every frame that is looked at. */
async function spot(
  video: Video,
  { backbone, spotter, transform }: Finder,
  { start, count }: { start: number; count: number },
  { signal, onProgress }: FindOptions,
): Promise<Float32Array> {
  const { framesPerSecond } = spotter.info;
  const { height, width } = transform.crop;
  const bytes = height * width * 3;
  const track = new ProbabilityTrack(spotter);
  const stream = backbone.stream(transform.crop);
  const batch = new Uint8Array(BATCH * bytes);
  let filled = 0;
  let done = 0;
  const compute = () => {
    const frames = { data: batch.subarray(0, filled * bytes), count: filled, height, width };
    filled = 0;
    return track.push(stream.push(frames));
  };
  try {
    const indices = indicesAt(video.timestamps, start, count, framesPerSecond);
    const reading = { size: transform.resize, coarse: true, ...(signal && { signal }) };
    for await (const frame of video.streamFrames(indices, reading)) {
      batch.set(transformFrames(frame, transform, 'center').data, filled * bytes);
      filled++;
      done++;
      if (filled === BATCH) await compute();
      if (done % PROGRESS_EVERY === 0) onProgress?.(done / framesPerSecond, count / framesPerSecond);
    }
    if (filled > 0) await compute();
    await track.push(stream.finish());
  } catch (error) {
    stream.dispose();
    throw error;
  }
  return track.finish();
}

/** The frame that is shown at each of `count` times, evenly from `start`. */
function* indicesAt(
  timestamps: Float64Array,
  start: number,
  count: number,
  framesPerSecond: number,
): Generator<number, void, undefined> {
  let index = 0;
  for (let at = 0; at < count; at++) {
    const time = start + at / framesPerSecond;
    while (index < timestamps.length - 1 && timestamps[index + 1]! <= time + 1e-6) index++;
    yield index;
  }
}
