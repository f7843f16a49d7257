import type { Clip } from '@mcore/clips';
import type { EngineName } from '@mcore/engines';
import { loadJudge, type ScoredVideo } from '@mcore/judge';
import { nodeCanvas, writeVideo } from '@mcore/rendered-dives/node';
import type { RunFiles, SourceDescriptor } from '@mcore/training/node';

/** Input of {@link scoreRenderedVideo}. */
interface RenderedVideoScore {
  clip: Clip;
  source: Extract<SourceDescriptor, { kind: 'rendered' }>;
  /** The mp4 to write. */
  video: string;
  /** Weights and bank. */
  files: RunFiles;
  seed: number;
  engine: EngineName;
}

/** Renders a clip to an mp4 file and scores that file, as a user's video would be. */
export async function scoreRenderedVideo(options: RenderedVideoScore): Promise<ScoredVideo> {
  const { clip, source, files, video, engine, seed } = options;
  await writeVideo(video, clip, { canvas: nodeCanvas, seed: source.seed, height: source.height });
  const judge = await loadJudge({ weights: files.best, bank: files.bank, engine, seed });
  try {
    return await judge.score(video, { diveNumber: clip.diveNumber });
  } finally {
    await judge.dispose();
  }
}
