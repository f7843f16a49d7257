import { averageIoU, spearman } from '@mcore/metrics';
import { cueFeatures } from './cue-features.js';
import { type Cue, cues, executionOf } from './execution.js';
import { solveLeastSquares } from './least-squares.js';
import { type RenderableClip, visibleEvents } from './visible-events.js';

/** Options of the ceilings. */
export interface CeilingOptions {
  readonly clips: readonly RenderableClip[];
  readonly seed?: number | string;
}

/** What the best reader of the pictures could reach. */
export interface ExecutionCeiling {
  /** Spearman correlation over the test clips. */
  readonly spearman: number;
  /** Points of execution taken per point of each cue, and the share left to the usual execution of the dive number. */
  readonly weights: Readonly<Record<string, number>>;
  /** Number of clips it was measured on. */
  readonly clips: number;
}

/**
 * The score's ceiling: how well the score can be read by somebody who sees every cue exactly.
 *
 * The reader knows the difficulty (the dive number fixes it) and estimates execution = a + sum over cues of w x deduction + w x mean training
 * execution of the dive number, with least-squares weights from the training clips; the estimate times 3 x difficulty is compared with the score on the
 * test clips. Nothing else in the pictures depends on the score.
 *
 * @param options.cues - Only these cues can be seen, every one unless given: the ceiling of a reader who, say, cannot see legs in small pictures.
 */
export function executionCeiling(options: CeilingOptions & { readonly cues?: readonly Cue[] }): ExecutionCeiling {
  const { clips, seed = 0, cues: seen = cues } = options;
  const train = clips.filter((clip) => clip.split === 'train');
  const test = clips.filter((clip) => clip.split === 'test');
  const features = cueFeatures(train, seed, seen);
  const weights = solveLeastSquares(train.map(features), train.map(executionOf));
  const estimates = test.map((clip) => {
    const execution = features(clip).reduce((sum, value, index) => sum + value * weights[index]!, 0);
    return execution * 3 * clip.difficulty;
  });
  const names = ['constant', 'dive number', ...seen];
  return {
    spearman: spearman(
      estimates,
      test.map((clip) => clip.score),
    ),
    weights: Object.fromEntries(names.map((name, index) => [name, weights[index]!])),
    clips: test.length,
  };
}

/** What a reader who sees every event exactly could reach. */
export interface SegmentationCeiling {
  readonly aiou50: number;
  readonly aiou75: number;
  /** Mean distance in native frames between labels and what can be seen. */
  readonly meanOffset: number;
  readonly clips: number;
}

/** The transitions' ceiling: the visible events against the labels, in native frames, on the test clips. */
export function segmentationCeiling({ clips, seed = 0 }: CeilingOptions): SegmentationCeiling {
  const test = clips.filter((clip) => clip.split === 'test');
  const seen = test.map((clip) => {
    const { takeOff, entry } = visibleEvents(clip, seed);
    return [Math.max(0, takeOff), entry];
  });
  const labelled = test.map((clip) => [...clip.transitions]);
  const offsets = labelled.flatMap((label, clip) => label.map((frame, index) => Math.abs(frame - seen[clip]![index]!)));
  return {
    aiou50: averageIoU(seen, labelled, 0.5),
    aiou75: averageIoU(seen, labelled, 0.75),
    meanOffset: offsets.reduce((sum, offset) => sum + offset, 0) / offsets.length,
    clips: test.length,
  };
}
