import { DiveRenderer } from './dive-renderer.js';
import { type EncodeOptions, encodeVideo } from './encode-video.js';
import { nodeCanvas } from './node-surface.js';
import { type PlanRecordingOptions, planRecording, type RecordingPlan } from './plan-recording.js';
import { RecordingRenderer } from './recording-renderer.js';
import type { SurfaceFactory } from './surface.js';
import type { RenderableClip } from './visible-events.js';

/** Options of {@link writeVideo}. */
export interface WriteVideoOptions extends EncodeOptions {
  /** Makes canvases; `nodeCanvas` unless given. */
  readonly canvas?: SurfaceFactory;
  readonly seed?: number | string;
  /** Height in pixels, even; 256 unless given. */
  readonly height?: number;
}

/**
 * Draws a clip as an mp4 file, every native frame once. The file's comment says that it is rendered (`RENDERED_MARK` of `@mcore/clips`).
 *
 * Encodes with FFmpeg's libraries through mediabunny: install `mediabunny`, `@mediabunny/server` and `node-av` for it. The file appears under its
 * name only when it is whole.
 *
 * @param path - Of the file to write; an existing one is replaced.
 * @throws `EngineError` if those packages are missing or can't encode; `ArgumentError` if the height is odd.
 */
export async function writeVideo(path: string, clip: RenderableClip, options: WriteVideoOptions = {}): Promise<void> {
  const { canvas = nodeCanvas, seed = 0, height = 256, ...encoding } = options;
  const renderer = new DiveRenderer({ canvas, seed, height });
  const { width } = renderer;
  const { frameCount, id: name } = clip;
  const draw = (frame: number) => renderer.draw(clip, frame);
  await encodeVideo(path, { name, caller: 'writeVideo', width, height, frameCount, draw }, encoding);
}

/** Options of {@link writeRecording}. */
export interface WriteRecordingOptions extends Omit<WriteVideoOptions, 'framesPerSecond'>, PlanRecordingOptions {}

/**
 * Draws the recording of a competition as an mp4 file of 25 frames a second.
 *
 * @param path - Of the file to write; an existing one is replaced.
 * @param labels - Of one competition, in any order.
 * @returns What the file shows and when.
 * @throws As {@link writeVideo} and {@link planRecording}.
 */
export async function writeRecording(
  path: string,
  labels: Parameters<typeof planRecording>[0],
  options: WriteRecordingOptions = {},
): Promise<RecordingPlan> {
  const { canvas = nodeCanvas, height = 256, seed, maxGapSeconds, dives, ...encoding } = options;
  const plan = planRecording(labels, {
    ...(seed !== undefined && { seed }),
    ...(maxGapSeconds !== undefined && { maxGapSeconds }),
    ...(dives !== undefined && { dives }),
  });
  const renderer = new RecordingRenderer(plan, { canvas, height });
  const { width } = renderer;
  const { frameCount, framesPerSecond, competition: name } = plan;
  const draw = (frame: number) => renderer.draw(frame);
  const pictures = { name, caller: 'writeRecording', width, height, frameCount, draw };
  await encodeVideo(path, pictures, { ...encoding, framesPerSecond });
  return plan;
}
