export { gateShift } from '@mcore/ops';
export { type GsmRegNetYConfig, REGNETY_200MF, REGNETY_SMALL } from './config.js';
export { multiplyAdds, parameterCount } from './counts.js';
export { type ApplyOptions, GsmRegNetY } from './gsm-regnety.js';
export { InferenceBackbone, type InferenceOptions } from './inference.js';
export type { FrameFeatures } from './network.js';
