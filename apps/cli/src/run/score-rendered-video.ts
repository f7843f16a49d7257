import type { Clip } from '@mcore/clips';
import { ExemplarBank } from '@mcore/model';
import { nodeCanvas, writeVideo } from '@mcore/rendered-dives/node';
import { type ClipScore, Scorer } from '@mcore/scoring';
import { type RunFiles, readCheckpoint, readNamed, type SourceDescriptor } from '@mcore/training/node';
import { readClip } from '@mcore/video';
import { openVideo } from '@mcore/video/node';

/** What {@link scoreRenderedVideo} works with. */
export interface RenderedVideoScore {
  clip: Clip;
  source: Extract<SourceDescriptor, { kind: 'rendered' }>;
  /** The mp4 to write. */
  video: string;
  /** Weights and bank. */
  files: RunFiles;
  seed: number;
}

/** Renders a clip to an mp4 file and scores that file through the video decoder, as a user's video would be. */
export async function scoreRenderedVideo(options: RenderedVideoScore): Promise<ClipScore> {
  const { clip, source, files } = options;
  await writeVideo(options.video, clip, { canvas: nodeCanvas, seed: source.seed, height: source.height });
  const bank = ExemplarBank.decode(await readNamed(files.bank, 'an exemplar bank'));
  const scorer = await Scorer.create(await readCheckpoint(files.best), bank, { seed: options.seed });
  const video = await openVideo(options.video);
  try {
    const { frames: count, transform } = scorer.model.config.input;
    const { frames } = await readClip(video, { count, size: transform.resize });
    return await scorer.score(frames, clip.id, clip.diveNumber);
  } finally {
    video.close();
    await scorer.dispose();
  }
}
