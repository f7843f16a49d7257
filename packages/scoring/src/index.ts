export { nearestExemplars } from './nearest-exemplars.js';
export { type Saliency, type SaliencyOptions, saliency, scoreGradient } from './saliency.js';
export {
  type ChosenExemplars,
  type ClipScore,
  type ExemplarMatch,
  Scorer,
  type ScorerOptions,
  type ScoringNetwork,
} from './scorer.js';
export { transitionProbabilities } from './transition-probabilities.js';
export { type ScoredVideo, scoredVideo, type VideoFacts } from './video-score.js';
