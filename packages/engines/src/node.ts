export { diagnoseEngines, type EngineDiagnosis, type EnginesDiagnosis } from './diagnose.js';
export { endProcess } from './end-process.js';
export { SELF_TEST_TOLERANCE, selfTest } from './self-test.js';
export type {
  Engine,
  EngineAttempt,
  EngineChoice,
  EngineName,
  SelfTestCheck,
  SelfTestReport,
  UseEngineOptions,
} from './types.js';
export { ENGINE_NAMES } from './types.js';
export { useEngine } from './use-engine-node.js';
export { type AdapterReport, describeAdapter } from './webgpu-adapter.js';
