export { prepareWebgpu, useTestWebgpu } from './use-test-webgpu.js';
