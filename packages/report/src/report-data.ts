/**
 * Everything a report shows. Only the fields without `?` are needed; a section whose data are missing is left out.
 * All text is escaped by the renderer: pass it as it is. Scores are in points as judged (0 .. about 115), transitions in
 * native frames of the clip.
 */
export interface ReportData {
  /** Headline, e.g. `Quickstart`. */
  title: string;
  /** What was done and with what, one or two sentences for a reader who has not seen this project. */
  description: string;
  /** When the run ended, ISO 8601 with zone, e.g. `2026-03-01T12:30:00Z`. */
  createdAt: string;
  /** Where the clips come from. */
  source: {
    /** The `description` of the clip source, e.g. `rendered dives`. */
    description: string;
    /** Whether the clips are rendered from labels. The page then says so at the top, with the consequences. */
    rendered: boolean;
  };
  /** Results beside the label-only baselines. */
  summary: SummaryTable;
  /** Losses and validation over the training; missing for an evaluation alone. */
  history?: TrainingHistory;
  /** One entry for every clip of the split that was evaluated. */
  predictions: ClipPrediction[];
  /** Film strips and exemplars of a few clips, shown in this order; {@link chooseClips} picks the usual ones. */
  details?: ClipDetail[];
  /** Seed of the run. */
  seed: number;
  /** The configuration as the run used it; nested values are shown by their path (`optimizer.rate`). */
  configuration: Record<string, unknown>;
  /** How to reproduce the numbers. */
  reproduce: {
    /** Commands for a shell, in order. */
    commands: string[];
    /** Versions and machine by name, e.g. `{ Node: '20.20.0', engine: 'wasm', processor: '...' }`. */
    environment?: Record<string, string>;
  };
  /** Remarks that a reader needs to judge the numbers, each a sentence or two. */
  notes?: string[];
  /** Names of the stages in order; `Take-off`, `Flight`, `Entry` unless given. */
  stageNames?: string[];
}

/** A table of metrics: one row for the model, further ones for what it is compared with. */
export interface SummaryTable {
  /** Number of clips the metrics were taken over. */
  clips: number;
  /** Columns, in order. */
  metrics: {
    /** Key into the `values` of rows, e.g. `srcc`. */
    key: string;
    /** Heading, e.g. `SRCC`. */
    label: string;
    /** What it measures, in a few words. */
    explanation?: string;
    better: 'higher' | 'lower';
    /** Digits after the decimal point; 3 unless given. */
    digits?: number;
    /** Written after the value, e.g. `%`. */
    unit?: string;
  }[];
  /** Rows, in order; several may be models (e.g. seeds, or their mean). */
  rows: {
    name: string;
    /** `published`: measured by others, on other clips; shown apart. */
    role: 'model' | 'baseline' | 'published';
    /** Where the numbers come from, in a few words. */
    note?: string;
    /** By key of the metric; a metric that is missing shows a dash. */
    values: Record<string, SummaryValue>;
  }[];
}

/** A metric with what is known of its uncertainty. */
export interface SummaryValue {
  value: number;
  /** Bootstrap interval over the clips, `[low, high]`. */
  interval?: [number, number];
  /** Level of the interval; 0.95 unless given. */
  level?: number;
  /** Standard deviation over seeds or epochs. */
  deviation?: number;
}

/** Curves of a training run. */
export interface TrainingHistory {
  /** Losses by optimisation step, ascending; missing parts leave out their curve. Long histories are thinned for drawing. */
  losses: { step: number; total: number; aqa?: number; ce?: number; contrastive?: number }[];
  /** Validation by step, ascending. */
  validation: { step: number; srcc: number; interval?: [number, number] }[];
  /** SRCC of the label-only baseline on the validation clips, drawn as a line. */
  baselineSrcc?: number;
}

/** One clip, true and predicted. */
export interface ClipPrediction {
  /** As in the clip source, e.g. `01__10`. */
  id: string;
  /** e.g. `407c`. */
  diveNumber: string;
  /** True score, points. */
  score: number;
  /** Predicted score, points. */
  predicted: number;
  /** Interval of the prediction, `[low, high]`, points. */
  interval?: [number, number];
  /** Frames of the clip. */
  frameCount: number;
  /** True first frames of the second and later stages; empty if they are not labelled; the page then shows no errors of transitions. */
  transitions: number[];
  /** Predicted ones, as many, at least one. */
  predictedTransitions: number[];
  /** Which of them are uncertain; not known unless given. */
  uncertain?: boolean[];
}

/** Further data of one clip of `predictions`. */
export interface ClipDetail {
  /** `id` of the clip in `predictions`. */
  id: string;
  /** Why it is shown, e.g. `largest error`. */
  reason: string;
  /** Pictures in the order of time, about 8 to 16; frames are native. */
  strip?: {
    frame: number;
    /** `data:image/jpeg;base64,...` (or png, webp); anything else is refused. */
    image: string;
  }[];
  /** The exemplars that voted. */
  exemplars?: {
    id: string;
    /** True score of the exemplar, points. */
    score: number;
    /** Predicted difference to it, points; the vote is `score + delta`. */
    delta: number;
    /** Each stage's part of `delta`, in the order of stages, where the regressor tells. */
    stageDeltas?: number[];
  }[];
  /** One of `exemplars` to be seen beside the clip. */
  beside?: {
    /** `id` of the exemplar. */
    id: string;
    /** Frames of its clip. */
    frameCount: number;
    /** Its true transitions, native frames; empty where nobody labelled them. */
    transitions: number[];
    /** Its pictures, as in {@link ClipDetail.strip}. */
    strip: { frame: number; image: string }[];
  };
}
