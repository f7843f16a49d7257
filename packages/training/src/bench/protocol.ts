/**
 * What programs of `mcore bench` can be asked to do, each from decoded frames:
 *
 * - `score`: score every query against the exemplars;
 * - `train`: one optimisation step on as many pairs as there are queries, Adam included;
 * - `forward`: the first query through the backbone;
 * - `gradient`: every query through the backbone and back: gradients of the mean square of all features by all weights;
 * - `gru`: the recurrent unit over a sequence, with all gradients.
 */
export const BENCH_WORKS = ['score', 'train', 'forward', 'gradient', 'gru'] as const;

/** One of {@link BENCH_WORKS}. */
export type BenchWork = (typeof BENCH_WORKS)[number];

/**
 * A line to a program: `load` makes work ready, does it once and comes first, `run` does it `repeats` times. Programs are programs of any
 * language that answer every line of standard input with one of standard output.
 */
export type BenchRequest = { id: number } & (
  | { method: 'load'; argument: LoadArgument }
  | { method: 'run'; argument: { repeats: number } }
);

/** What a program is given. */
export interface LoadArgument {
  work: BenchWork;
  /** A checkpoint file. */
  weights: string;
  /** A folder with the same weights as backbone.onnx, segmenter.onnx and regressor.onnx. */
  onnx: string;
  /** A safetensors file, see `writeBenchInputs`. */
  inputs: string;
}

/** The answer to `load`: what computes, or why it can't do this work. */
export type Loaded = { description: string } | { unsupported: string };

/** The answer to `run`. */
export interface RunResult {
  /** Of every repetition. */
  milliseconds: number[];
  /** What came out, as one number: a score, a loss, the norm of gradients. The same for all programs but for rounding. */
  value: number;
  /** Largest resident memory of the process so far. */
  peakMegabytes: number;
}

/** A line from a program. */
export type BenchAnswer = { id: number; result: unknown } | { id: number; error: string };
