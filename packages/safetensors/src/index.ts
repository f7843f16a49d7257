export type { Dtype, DtypeArrays, SafeTensor } from './dtypes.js';
export { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from './half.js';
export { MAX_HEADER_BYTES, readSafetensors, type Safetensors, type SafetensorsLimits } from './read.js';
export { toFloat32 } from './to-float32.js';
export { writeSafetensors } from './write.js';
