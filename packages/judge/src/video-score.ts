import type { ClipScore } from './clip-score.js';

/** What `mcore score --json` prints of a video and the demo saves; outside programs rely on its keys. */
export interface ScoredVideo extends Omit<ClipScore, 'positions'> {
  video: string;
  diveNumber: string | null;
  /** First frame of each later stage, as numbers of the video's frames. */
  transitions: number[];
  transitionSeconds: number[];
  frames: number;
  durationSeconds: number;
  /** Sentences for a person about what may spoil the frames, such as a high dynamic range; usually none. */
  notes: string[];
}

/** What a video is called and holds, and which of its frames were sampled; `Video` and `VideoClip` of `@mcore/video` have it. */
export interface VideoFacts {
  name: string;
  /** `null` where it is unknown. */
  diveNumber: string | null;
  frameCount: number;
  durationSeconds: number;
  /** Number in the video of every sampled frame. */
  indices: readonly number[];
  /** When each of them is shown. */
  seconds: readonly number[];
  /** It is known to be rendered, not filmed. */
  rendered: boolean;
  notes: readonly string[];
}

/** A score in terms of the video it is of. */
export function scoredVideo(score: ClipScore, facts: VideoFacts): ScoredVideo {
  const { positions, ...rest } = score;
  return {
    video: facts.name,
    diveNumber: facts.diveNumber,
    ...rest,
    transitions: positions.map((position) => facts.indices[position]!),
    transitionSeconds: positions.map((position) => facts.seconds[position]!),
    frames: facts.frameCount,
    durationSeconds: facts.durationSeconds,
    notes: [...facts.notes],
  };
}
