/// <reference path="./binary-files.d.ts" />
import bankFile from '../weights/bank.safetensors';
import modelFile from '../weights/model.safetensors';
import spotterFile from '../weights/spotter.safetensors';

/** The checkpoint's bytes within JavaScript, for pages: every bundler and server passes them on. 3.4 MB of text. */
export const weights: Uint8Array = modelFile;

/** The bytes of its exemplar bank within JavaScript. 4.7 MB of text. */
export const bank: Uint8Array = bankFile;

/** The bytes of its spotter within JavaScript. 0.3 MB of text. */
export const spotter: Uint8Array = spotterFile;
