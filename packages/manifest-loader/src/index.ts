export {
  clipOfFile,
  ManifestDataset,
  type ManifestProblem,
  type OpenManifestOptions,
  openManifest,
} from './dataset.js';
export { type ManifestEntry, type ParsedManifest, parseManifest } from './parse-manifest.js';
