export { openVideo } from './open-video.js';
export { partOfVideo } from './part-of-video.js';
export { type ReadClipOptions, readClip, type VideoClip } from './read-clip.js';
export { type OpenVideoOptions, type ReadFramesOptions, type Video, videoLimits } from './types.js';
