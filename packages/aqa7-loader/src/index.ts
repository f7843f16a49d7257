export { type Aqa7Action, aqa7Actions, isAqa7, type OpenAqa7Options, openAqa7 } from './aqa7.js';
export { type MatMatrix, readMat } from './read-mat.js';
export { ScoredVideos } from './scored-videos.js';
export { isUnlvDive, type OpenUnlvDiveOptions, openUnlvDive } from './unlv-dive.js';
