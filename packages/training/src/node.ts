export { type MergedBenchmark, mergeBenchmark } from './benchmark/merged.js';
export { type BenchmarkRow, benchmarkRows } from './benchmark/rows.js';
export {
  type BenchmarkSettings,
  type RowMachine,
  type RowResult,
  type RowTask,
  rowTasks,
  runRow,
} from './benchmark/run-row.js';
export type { SummaryRow } from './benchmark/summarise-rows.js';
export { parseRunConfig, parseSetting, readRunConfig } from './config/read-config.js';
export { editorSchema, type RunOptions } from './config/run-schema.js';
export {
  type SettingsOptions,
  saveSettings,
  settingsPath,
  type TrainSettings,
  trainSettings,
} from './config/train-settings.js';
export {
  DEFAULT_RENDER_HEIGHT,
  describeSource,
  type MissingClips,
  openSource,
  renderings,
  type SourceDescriptor,
} from './data/source.js';
export {
  type EvalSettings,
  evalTasks,
  runEvalTasks,
  wholeChoice,
} from './evaluation/eval-tasks.js';
export { assertWritable, removeLeftovers, writeFileAtomically } from './files/atomic-file.js';
export { clipsCsv, readClipsCsv } from './files/clips-csv.js';
export { type FolderLock, holdingResults, lockFolder } from './files/folder-lock.js';
export { RunFiles, readCheckpoint, readNamed, writeCheckpoint } from './files/run-files.js';
export { type CrossValidation, crossValidateClips } from './node/cross-validate.js';
export { keptExemplars } from './node/kept-exemplars.js';
export { evaluate, fit } from './node/node-fit.js';
export { type NodeOptions, sourceFor } from './node/node-platform.js';
export { type KeptClips, openPreparedClips, type PreparedOptions } from './node/prepared-clip-files.js';
export { type ExportedFile, onnxFiles, pythonLines, safetensorsFiles } from './onnx/export-weights.js';
export { OnnxModel } from './onnx/onnx-model.js';
export { loadOnnxRuntime } from './onnx/onnx-runtime.js';
export { testOnnx } from './onnx/onnx-self-test.js';
export { type PretrainOptions, pretrain } from './pretrain/pretrain-clips.js';
export type { PretrainEvent, PretrainingRun, PretrainingSettings, ReadingRecord } from './pretrain/pretraining-run.js';
export { benchmarkReport } from './report/benchmark-report.js';
export { writeEvaluationReport } from './report/evaluation-report.js';
export { reportData } from './report/report-data.js';
export { writeTrainingReport } from './report/training-report.js';
export { type OneCoreEngine, usesOneCore } from './threads/one-core.js';
export { createReaders } from './threads/readers.js';
export { createReplicas, loadThreads, replicaFactory, type ScoringEngine } from './threads/replicas.js';
export type { WorkerThread } from './threads/worker-thread.js';
