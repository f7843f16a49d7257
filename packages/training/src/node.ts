export { benchmarkMarkdown, insertMeasured } from './benchmark/page.js';
export { type BenchmarkRow, benchmarkRows } from './benchmark/rows.js';
export {
  type BenchmarkSettings,
  type RowMachine,
  type RowResult,
  type RowTask,
  rowTasks,
  runRow,
} from './benchmark/run-row.js';
export { type SummaryRow, summariseRows } from './benchmark/summarise-rows.js';
export { PreparedClips, type PreparedOptions } from './data/prepared-clips.js';
export {
  assertStages,
  DEFAULT_RENDER_HEIGHT,
  describeSource,
  notesOf,
  openSource,
  renderings,
  type SourceDescriptor,
} from './data/source.js';
export { assertWritable, removeLeftovers, writeFileAtomically } from './files/atomic-file.js';
export { clipsCsv, parseClipsCsv } from './files/clips-csv.js';
export { type FolderLock, holdingResults, lockFolder } from './files/folder-lock.js';
export { RunFiles, readCheckpoint, readNamed, writeCheckpoint } from './files/run-files.js';
export { type ExportedFile, onnxFiles, safetensorsFiles } from './onnx/export-weights.js';
export { OnnxModel } from './onnx/onnx-model.js';
export { loadOnnxRuntime } from './onnx/onnx-runtime.js';
export { testOnnx } from './onnx/onnx-self-test.js';
export { benchmarkReport } from './report/benchmark-report.js';
export { writeEvaluationReport } from './report/evaluation-report.js';
export { reportData } from './report/report-data.js';
export { calibrationFor, type EvalSettings, evalTasks, runEvalTasks, wholeChoice } from './run/eval-tasks.js';
export {
  type CheckpointEvaluation,
  type EvaluatedDraw,
  evaluateCheckpoint,
  evaluateDraws,
} from './run/evaluate-checkpoint.js';
export { type PretrainingRun, pretrain, type ReadingRecord } from './run/pretrain.js';
export { type TrainingResult, type TrainingRun, train, type ValidationRecord } from './run/train.js';
export type { Rendering } from './run/windows.js';
export { type OneCoreEngine, usesOneCore } from './threads/one-core.js';
export {
  createReplicas,
  loadThreads,
  type ScoringEngine,
} from './threads/replicas.js';
export type { WorkerThread } from './threads/worker-thread.js';
