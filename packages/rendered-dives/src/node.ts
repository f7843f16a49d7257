export { type EncodableSurface, nodeCanvas } from './node-surface.js';
