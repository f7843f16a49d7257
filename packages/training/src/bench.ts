export type { BenchProgram } from './bench/bench-process.js';
export type { BenchSizes } from './bench/inputs.js';
export type { Measured, Unable } from './bench/measure.js';
export { BENCH_WORKS, type BenchWork } from './bench/protocol.js';
export { type BenchOptions, type BenchResult, runBench, workingEngines } from './bench/run-bench.js';
export { type ServeOptions, serveBench } from './bench/serve-bench.js';
