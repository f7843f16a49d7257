export { loadNativeKernels, type NativeOptions } from './native-kernels.js';
