import { presets } from './config.js';

/** Says what is wrong with a value, or nothing: `config.stages must be ..., got ...`. */
type Check = (value: unknown, path: string) => string | undefined;

const fail = (path: string, wanted: string, value: unknown) =>
  `${path} must be ${wanted}, got ${JSON.stringify(value) ?? String(value)}`;

const number =
  (least: number, most: number): Check =>
  (value, path) =>
    typeof value === 'number' && value >= least && value <= most
      ? undefined
      : fail(path, `a number in ${least} .. ${most}`, value);

const whole =
  (least: number, most: number): Check =>
  (value, path) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? undefined
      : fail(path, `a whole number in ${least} .. ${most}`, value);

const oneOf =
  (...choices: unknown[]): Check =>
  (value, path) =>
    choices.includes(value) ? undefined : fail(path, `one of ${choices.join(', ')}`, value);

const either =
  (choice: unknown, check: Check): Check =>
  (value, path) =>
    value === choice ? undefined : check(value, path);

const list =
  (item: Check, least: number, most: number): Check =>
  (value, path) => {
    if (!Array.isArray(value) || value.length < least || value.length > most) {
      return fail(path, `a list of ${least} to ${most}`, value);
    }
    return firstProblem(value.map((entry, index) => item(entry, `${path}[${index}]`)));
  };

const record =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail(path, 'an object', value);
    return firstProblem(
      Object.entries(fields).map(([key, check]) =>
        check(Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined, `${path}.${key}`),
      ),
    );
  };

function firstProblem(problems: readonly (string | undefined)[]): string | undefined {
  return problems.find((problem) => problem !== undefined);
}

const pixels = whole(1, 8192);
const width = whole(1, 16_384);
const size = record({ height: pixels, width: pixels });
const rate = number(0, 1e3);

// bounds are far beyond any use; they keep a hostile file from asking for absurd amounts of memory
const config = record({
  preset: oneOf(...Object.keys(presets)),
  input: record({ frames: whole(1, 100_000), transform: record({ resize: size, crop: size }) }),
  backbone: record({
    stemWidth: width,
    widths: list(width, 1, 16),
    depths: list(whole(1, 256), 1, 16),
    groupWidth: width,
    gateShift: oneOf(true, false),
    batchNorm: oneOf('fixed', 'batch'),
  }),
  segmenter: record({ hiddenSize: width, dropout: number(0, 1) }),
  regressor: record({
    blocks: whole(1, 256),
    heads: width,
    mlpRatio: number(0, 64),
    hidden: list(width, 0, 64),
  }),
  stages: whole(1, 1000),
  stepsPerStage: whole(1, 1000),
  decoding: oneOf('windowed', 'ordered'),
  exemplars: whole(1, 100_000),
  scoreScale: number(Number.MIN_VALUE, 1e6),
  loss: record({
    regressionDirections: oneOf('both', 'query'),
    segmentation: oneOf('paper', 'released'),
    contrastive: record({
      form: oneOf('paper', 'released'),
      temperature: number(Number.MIN_VALUE, 1e6),
      weight: number(0, 1e6),
    }),
  }),
  optimiser: record({
    learningRate: rate,
    backboneLearningRate: rate,
    schedule: oneOf('cosine', 'constant'),
    warmupSteps: whole(0, Number.MAX_SAFE_INTEGER),
    gradientNorm: either(null, number(Number.MIN_VALUE, Number.MAX_VALUE)),
    batchSize: whole(1, 1_000_000),
    epochs: whole(1, Number.MAX_SAFE_INTEGER),
  }),
});

const labelRange = record({ min: number(-1e9, 1e9), max: number(-1e9, 1e9) });
const training = record({
  trainedOn: (value, path) => (typeof value === 'string' ? undefined : fail(path, 'text', value)),
  seed: (value, path) =>
    typeof value === 'string' || Number.isFinite(value) ? undefined : fail(path, 'a number or text', value),
  step: whole(0, Number.MAX_SAFE_INTEGER),
});
const calibration = record({
  level: number(0, 1),
  halfWidth: number(0, Number.MAX_VALUE),
  clips: whole(1, Number.MAX_SAFE_INTEGER),
});
const notes = record({});

/**
 * What the metadata of a checkpoint must look like, by key: every check says what is wrong with a value from outside, or
 * nothing. What fields mean together is checked where a model is made of them.
 */
export const metadataChecks = { config, label_range: labelRange, training, calibration, notes } as const;
