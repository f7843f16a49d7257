import type { EngineAttempt, EngineChoice, EngineName } from '@mcore/engines';
import type { ExemplarFacts, Saliency, ScoredVideo, ScoreMilliseconds } from '@mcore/judge';

/** Weights of one's own with their bank; exemplar-free weights need none. */
export interface OwnWeights {
  weights: File;
  bank: File | null;
}

/** How the judge is set up. */
export interface JudgeSetup {
  engine: EngineChoice;
  own: OwnWeights | null;
}

/** What was set up. */
export interface JudgeReady {
  engine: { name: EngineName; description: string; attempts: EngineAttempt[] };
  weights: {
    trainedOn: string;
    /** Trained on drawings. */
    rendered: boolean;
    preset: string;
    step: number;
    level: number | null;
    clips: number | null;
  };
  /** Sampled frames the model takes, and the part of the picture it sees, as fractions of width and height. */
  frames: number;
  view: { left: number; top: number; width: number; height: number };
  stages: number;
  /** Stages that every vote has a part for: 1 where weights compare whole clips. */
  comparedStages: number;
  /** Dive numbers or classes there are exemplars of, with how many. */
  classes: { name: string; exemplars: number }[];
  milliseconds: { engine: number; weights: number };
}

/** Where the frames to judge come from. */
export type JudgedSource =
  | { kind: 'dive'; id: string }
  | { kind: 'file'; file: Blob; name: string; fromSeconds: number; toSeconds: number };

/** One thing to judge. */
export interface JudgeJob {
  source: JudgedSource;
  diveNumber: string | null;
}

/** A verdict with all that it rests on. */
export interface Verdict {
  scored: ScoredVideo;
  exemplars: ExemplarFacts[];
  /** Indices of sampled frames: where the later stages begin. */
  positions: number[];
  /** When the sampled frames are shown, in seconds from the video's first. */
  seconds: number[];
  /** For every transition its probability at every sampled frame. */
  probabilities: number[][];
}

/** How long each part of a verdict took, and what it holds. */
export interface Costs {
  milliseconds: ScoreMilliseconds;
  memory: { tensors: number; bytes: number; heapBytes: number | null };
}

/** What the judge worker does. */
export type JudgeApi = {
  start(setup: JudgeSetup): Promise<JudgeReady>;
  judge(job: JudgeJob): Promise<Verdict & { costs: Costs }>;
  /** The last clip with other transitions. */
  move(positions: number[]): Promise<Verdict>;
  /** Where the evidence for the last clip's score lies, at given transitions. */
  saliency(positions: number[]): Promise<Saliency & { milliseconds: number }>;
};

/** What the judge worker tells without being asked. */
export type JudgeEvents = {
  /** What it is doing, for people. */
  phase(text: string): void;
  /** The graphics device went away, and why. */
  lost(reason: string): void;
};
