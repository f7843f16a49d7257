export { type CopiedPart, copyPart } from './copy-part.js';
export { fileKey, filesKey } from './file-key.js';
export { listFrames, type OpenFolderOptions, openFrameFolder } from './frame-folder.js';
export { forEachImage, readImage } from './image-files.js';
export { naturalOrder } from './natural-order.js';
export { openVideo } from './open-path.js';
export { type ReadClipOptions, readClip, type VideoClip } from './read-clip.js';
export { registerVideoDecoder } from './register-decoder.js';
export { type OpenVideoOptions, type ReadFramesOptions, type Video, videoLimits } from './types.js';
