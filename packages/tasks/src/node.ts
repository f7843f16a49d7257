export { fingerprint } from './fingerprint.js';
export { type QueueOptions, type QueueStatus, TaskQueue, type WorkOptions } from './queue.js';
export { readResultFiles } from './read-result-files.js';
export { ResultStore, type ResultStoreOptions, resultFileName } from './result-store.js';
export { runProgram } from './run-program.js';
export { type RunOptions, type RunSummary, runTasks } from './run-tasks.js';
