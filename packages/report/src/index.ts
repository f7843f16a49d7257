export type { BenchmarkReportData, BenchmarkReportRow, BenchmarkReportValue } from './benchmark-data.js';
export { chooseClips, scoreError, segmentationIoU } from './choose-clips.js';
export { renderBenchmark } from './render-benchmark.js';
export { renderReport } from './render-report.js';
export type {
  ClipDetail,
  ClipPrediction,
  ReportData,
  SummaryTable,
  SummaryValue,
  TrainingHistory,
} from './report-data.js';
export { STAGE_COLORS } from './stage-colors.js';
