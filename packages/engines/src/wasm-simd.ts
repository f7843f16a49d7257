/// <reference path="./binary-files.d.ts" />
import bytes from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm';

export { bytes };
