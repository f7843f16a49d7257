import type { EngineAttempt, EngineChoice, EngineName } from '@mcore/engines';
import type { Exemplar } from '@mcore/model';
import type { Saliency, ScoredVideo } from '@mcore/scoring';

/** Weights and bank of one's own; both files, or neither for the shipped ones. */
export interface OwnWeights {
  weights: Blob;
  weightsName: string;
  bank: Blob;
  bankName: string;
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
    preset: string;
    step: number;
    level: number | null;
    clips: number | null;
  };
  /** Sampled frames the model takes, and the part of the picture it sees, as fractions of width and height. */
  frames: number;
  view: { left: number; top: number; width: number; height: number };
  stages: number;
  /** Dive numbers there are exemplars of, with how many. */
  diveNumbers: { diveNumber: string; exemplars: number }[];
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

/** One exemplar, without its features. */
export type ExemplarFacts = Omit<Exemplar, 'stages'>;

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
  milliseconds: { frames: number; backbone: number; comparing: number };
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
export interface JudgeEvents {
  phase: string;
  lost: string;
}
