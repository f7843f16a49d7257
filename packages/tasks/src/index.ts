export { type Double, type MergedResults, mergeResults } from './merge.js';
export {
  type FailedRecord,
  type FinishedRecord,
  formatRecord,
  parseResults,
  type ResultFile,
  type ResultHeader,
  type TaskRecord,
} from './results.js';
export { detectShard, formatShard, parseShard, type Shard, shardOf } from './shard.js';
export { canonicalJson, checkTasks, parseTaskList, type Task, type TaskList } from './task.js';
