export { chooseClips, scoreError, transitionIoU } from './choose-clips.js';
export { renderReport } from './render-report.js';
export type {
  ClipDetail,
  ClipPrediction,
  ReportData,
  SummaryTable,
  SummaryValue,
  TrainingHistory,
} from './report-data.js';
