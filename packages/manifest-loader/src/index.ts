export {
  clipOfFile,
  ManifestDataset,
  type ManifestProblem,
  type OpenManifestOptions,
  openManifest,
} from './dataset.js';
export { type DraftManifest, draftManifest } from './draft-manifest.js';
export { withSpan } from './media-fragment.js';
export { type ManifestEntry, type ParsedManifest, parseManifest } from './parse-manifest.js';
export { type ListedVideo, readVideoList } from './read-video-list.js';
