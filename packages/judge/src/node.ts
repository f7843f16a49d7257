export { nearestExemplars, transitionProbabilities, UNCERTAIN } from '@mcore/model';
export {
  type ChosenExemplars,
  type ExemplarMatch,
  type ExemplarOptions,
  UnknownClassError,
} from './choose-exemplars.js';
export type { ClipScore, NoInterval } from './clip-score.js';
export type { ExaminedVideo, ExemplarFacts, ScoreMilliseconds } from './examined-video.js';
export { type DiveOfFile, divesManifest, diveWithin } from './find/dives-manifest.js';
export type { FindOptions, FoundDive, FoundDives } from './find/find-dives.js';
export { backboneId } from './find/lazy-finder.js';
export { type PairOptions, pairEvents, type SpottedDive } from './find/pair-events.js';
export { ProbabilityTrack } from './find/probability-track.js';
export { Spotter, type SpotterInfo, spotterOutputs } from './find/spotter.js';
export type { FailedVideo, Judge, JudgeProgress, ScoreOptions, VideoToScore } from './judge.js';
export type { LoadJudgeOptions } from './load-judge.js';
export { loadJudge } from './load-judge-node.js';
export type { FileInput, OpenOptions } from './platform.js';
export type { ClipOptions, VideoInput } from './read-clip-input.js';
export { type Saliency, type SaliencyOptions, saliency, scoreGradient } from './saliency.js';
export { Scorer, type ScorerOptions, type ScoringNetwork } from './scorer.js';
export { type ScoredVideo, scoredVideo, type VideoFacts } from './video-score.js';
