/** A benchmark on which results were published. */
export type PublishedBenchmark =
  | 'finediving'
  | 'finediving, no dive numbers'
  | 'mtl-aqa'
  | 'mtl-aqa, no difficulty'
  | 'aqa-7';

/** A result as it was published. None was computed with this project, none is comparable across backbones. */
export interface PublishedRow {
  readonly benchmark: PublishedBenchmark;
  readonly method: string;
  /** Spearman's rank correlation. */
  readonly srcc: number;
  /** Relative L2 distance x 100. */
  readonly rl2x100?: number;
  /** Shares of clips whose stages have an average IoU of at least 0.5 and 0.75, in percent. */
  readonly aiou?: readonly [number, number];
  /** Where the number was read. */
  readonly source: string;
  /** What is known of how its epoch was chosen. */
  readonly selection: Selection;
}

/**
 * - `'best test epoch'`: the released code evaluates the test split during training and keeps its best epoch; no released repository has a
 *   validation split.
 * - `'unknown'`: no code or log says.
 */
export type Selection = 'best test epoch' | 'unknown';

const hpMcore = 'HP-MCoRe repository, asset/results.png';
const rica2 = 'RICA2 repository, assets/results_fig.png';
const awesome = 'Lyman-Smoker/Awesome-AQA repository, Benchmarks.md';
const fineParser = 'FineParser repository, images/poster.png';
const notes = 'triplepiers/AQA repository, notes on the papers';
const best = 'best test epoch';

type Measures = readonly [srcc: number, rl2x100?: number, aiou?: readonly [number, number]];

function row(
  benchmark: PublishedBenchmark,
  method: string,
  measures: Measures,
  source: string,
  selection: Selection,
): PublishedRow {
  const [srcc, rl2x100, aiou] = measures;
  return {
    benchmark,
    method,
    srcc,
    ...(rl2x100 === undefined ? {} : { rl2x100 }),
    ...(aiou === undefined ? {} : { aiou }),
    source,
    selection,
  };
}

/** Published results up to 2025, method by method in the order of their papers. */
export const PUBLISHED_ROWS: readonly PublishedRow[] = [
  row('finediving, no dive numbers', 'USDL', [0.8302, 0.5927], awesome, 'unknown'),
  row('finediving, no dive numbers', 'MUSDL', [0.8427, 0.5733], awesome, 'unknown'),
  row('finediving, no dive numbers', 'CoRe', [0.8631, 0.5565], awesome, 'unknown'),
  row('finediving, no dive numbers', 'TSA', [0.8925, 0.4782, [80.71, 30.17]], hpMcore, best),
  row('finediving, no dive numbers', 'MCoRe', [0.8897, 0.461, [89.42, 74.46]], hpMcore, best),
  row('finediving, no dive numbers', 'HP-MCoRe', [0.9041, 0.411, [98.17, 93.68]], hpMcore, best),
  row(
    'finediving',
    'USDL',
    [0.8913, 0.3822],
    'MCoRe and RICA2 papers, retrained; HP-MCoRe prints 0.8504 and 0.583',
    'unknown',
  ),
  row('finediving', 'MUSDL', [0.8978, 0.3704], rica2, 'unknown'),
  row('finediving', 'CoRe', [0.9061, 0.3615], rica2, 'unknown'),
  row('finediving', 'TSA', [0.9203, 0.342, [82.51, 34.31]], hpMcore, best),
  row('finediving', 'TPT', [0.9333, 0.2877], `${rica2}, run by its authors`, 'unknown'),
  row('finediving', 'T2CR', [0.9275, 0.33], hpMcore, best),
  row('finediving', 'MCoRe', [0.9232, 0.3265, [98.26, 79.17]], hpMcore, best),
  row('finediving', 'RICA2', [0.9402, 0.2838], rica2, best),
  row('finediving', 'RICA2, deterministic', [0.9421, 0.26], rica2, best),
  row('finediving', 'HP-MCoRe', [0.9383, 0.269, [99.07, 97.96]], hpMcore, best),
  row('mtl-aqa, no difficulty', 'USDL', [0.9066, 0.654], awesome, best),
  row('mtl-aqa, no difficulty', 'CoRe', [0.9341, 0.365], awesome, best),
  row('mtl-aqa, no difficulty', 'TPT', [0.9451, 0.3222], awesome, best),
  row('mtl-aqa', 'USDL', [0.9231, 0.468], rica2, best),
  row('mtl-aqa', 'MUSDL', [0.9273, 0.451], rica2, best),
  row('mtl-aqa', 'CoRe', [0.9512, 0.26], rica2, best),
  row('mtl-aqa', 'TPT', [0.9607, 0.2378], rica2, best),
  row('mtl-aqa', 'RICA2', [0.9594, 0.258], rica2, best),
  row('mtl-aqa', 'RICA2, deterministic', [0.962, 0.228], rica2, best),
  row('mtl-aqa', 'FineParser', [0.9585, 0.2411], fineParser, best),
  row('aqa-7', 'CoRe', [0.8401, 2.12], notes, best),
  row('aqa-7', 'TPT', [0.8715], notes, best),
];

/** What best test epochs are worth, from released logs. */
export const SELECTION_NOTES: readonly string[] = [
  'USDL on MTL-AQA: best epoch 0.9064, mean of the last 20 epochs 0.8947 +- 0.0041.',
  'MUSDL on MTL-AQA: best epoch 0.9306, mean of the last 20 epochs 0.9103 +- 0.0079.',
  'RICA2 on FineDiving: best epoch 0.9450, mean of the last 50 tests 0.9366 +- 0.0020; deterministic 0.9429 and 0.9364 +- 0.0024.',
  'RICA2 on MTL-AQA: best epoch 0.9617, late 0.9550; deterministic 0.9622 and 0.9557.',
  'MCoRe on FineDiving: best epoch 0.9270, last epoch 0.9216.',
];

/** The published rows of one benchmark, the best last. */
export function publishedRows(benchmark: PublishedBenchmark): PublishedRow[] {
  return PUBLISHED_ROWS.filter((each) => each.benchmark === benchmark).sort((a, b) => a.srcc - b.srcc);
}
