import { ArgumentError } from '@mcore/errors';

/** Sizes and modes of a {@link GsmRegNetY}: plain data that survives JSON. */
export interface GsmRegNetYConfig {
  /** Channels of the stem's 3x3 convolution; a multiple of 4. */
  readonly stemWidth: number;
  /** Channels of each stage, first to last; multiples of `groupWidth`. The last one is the feature size. */
  readonly widths: readonly number[];
  /** Blocks in each stage, at least 1; the first block of every stage halves height and width (rounding up). */
  readonly depths: readonly number[];
  /** Channels per group of the 3x3 convolutions; a multiple of 4. */
  readonly groupWidth: number;
  /** Whether a gate-shift module wraps every block's first convolution. Without it frames are independent. */
  readonly gateShift: boolean;
  /**
   * Normalisation in training. `'fixed'`: uses the running statistics and never changes them, so a clip's features do not depend on its
   * batch, and gradients of small batches add up exactly. `'batch'`: each call normalises with the statistics of its batch and moves the
   * running ones by a tenth, as in PyTorch's training mode.
   */
  readonly batchNorm: 'fixed' | 'batch';
}

/**
 * RegNetY-200MF with gate shifts, the paper's backbone: 368 features, 2,815,598 parameters, 5.67 G multiply-adds for
 * 96 frames of 112x112.
 *
 * Source: Radosavovic et al., "Designing Network Design Spaces", CVPR 2020 (timm's `regnety_002`).
 */
export const REGNETY_200MF: GsmRegNetYConfig = {
  stemWidth: 32,
  widths: [24, 56, 152, 368],
  depths: [1, 1, 4, 7],
  groupWidth: 8,
  gateShift: true,
  batchNorm: 'fixed',
};

/**
 * Our own smaller network of the same design, for training from random weights on a laptop: 192 features, 380,814
 * parameters, and 4.4 times fewer multiply-adds than {@link REGNETY_200MF} at 64x64.
 */
export const REGNETY_SMALL: GsmRegNetYConfig = {
  stemWidth: 16,
  widths: [16, 32, 96, 192],
  depths: [1, 1, 2, 3],
  groupWidth: 8,
  gateShift: true,
  batchNorm: 'fixed',
};

/**
 * Fills omitted fields from {@link REGNETY_200MF} and checks the others.
 *
 * @throws {@link ArgumentError} naming the first invalid field.
 */
export function completeConfig(config: Partial<GsmRegNetYConfig>): GsmRegNetYConfig {
  const { stemWidth, widths, depths, groupWidth, gateShift, batchNorm } = { ...REGNETY_200MF, ...config };
  const reject = (expected: string, got: unknown): never => {
    throw new ArgumentError(`GsmRegNetY: ${expected}, got ${JSON.stringify(got)}.`);
  };
  const isMultiple = (value: number, of: number) => Number.isInteger(value) && value >= of && value % of === 0;
  if (!isMultiple(groupWidth, 4)) {
    reject('groupWidth must be a positive multiple of 4', groupWidth);
  }
  if (!isMultiple(stemWidth, 4)) {
    reject('stemWidth must be a positive multiple of 4', stemWidth);
  }
  if (widths.length === 0 || widths.some((width) => !isMultiple(width, groupWidth))) {
    reject(`widths must be one or more positive multiples of groupWidth = ${groupWidth}`, widths);
  }
  if (depths.length !== widths.length || depths.some((depth) => !isMultiple(depth, 1))) {
    reject(`depths must be ${widths.length} positive whole numbers, one for each width`, depths);
  }
  if (typeof gateShift !== 'boolean') {
    reject('gateShift must be true or false', gateShift);
  }
  if (batchNorm !== 'fixed' && batchNorm !== 'batch') {
    reject("batchNorm must be 'fixed' or 'batch'", batchNorm);
  }
  return { stemWidth, widths: [...widths], depths: [...depths], groupWidth, gateShift, batchNorm };
}
