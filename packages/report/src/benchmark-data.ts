import type { ReportData } from './report-data.js';

/** Everything a page about a benchmark shows. All text is escaped by the renderer. */
export interface BenchmarkReportData
  extends Pick<ReportData, 'title' | 'description' | 'createdAt' | 'source' | 'reproduce'> {
  /** Test clips. */
  clips: number;
  /** Columns, in order. */
  metrics: ReportData['summary']['metrics'];
  /** Rows of the table, in order. */
  rows: BenchmarkReportRow[];
  /** `id` of the row that the others are compared with. */
  reference: string;
  /** Remarks that a reader needs to judge the numbers. */
  notes?: string[];
  /** What all trainings had in common. */
  configuration?: Record<string, unknown>;
}

/** A method with all its trainings. */
export interface BenchmarkReportRow {
  id: string;
  name: string;
  role: 'model' | 'baseline' | 'published';
  /** In a few words. */
  note?: string;
  /** By key of the metric; a metric that is missing shows a dash. */
  values: Record<string, BenchmarkReportValue>;
}

/** A metric of a method. */
export interface BenchmarkReportValue {
  /** Mean over trainings. */
  mean: number;
  /** Standard deviation over trainings (n - 1); left out for a single one. */
  deviation?: number;
  /** One value a training (a seed). */
  values: number[];
  /** Bootstrap 95 % interval over clips, of the mean over trainings. */
  interval?: [number, number];
  /** How the reference compares with this row on the same clips. */
  paired?: {
    /** The reference's value minus this row's; the sign is not adjusted to the metric. */
    difference: number;
    interval: [number, number];
    /** One-sided p value of "the reference beats this row". */
    p: number;
  };
}
