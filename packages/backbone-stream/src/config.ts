import { ArgumentError } from '@mcore/errors';

/** Sizes of a RegNet-Y with gate shifts; a `GsmRegNetYConfig` of `@mcore/backbone-gsm` is one. */
export interface StreamConfig {
  /** Channels of the stem's 3x3 convolution; a multiple of 4. */
  readonly stemWidth: number;
  /** Channels of each stage, first to last; multiples of `groupWidth`. The last one is the feature size. */
  readonly widths: readonly number[];
  /** Blocks in each stage, at least 1; every stage's first block halves height and width (rounding up). */
  readonly depths: readonly number[];
  /** Channels a group of the 3x3 convolutions; a multiple of 4. */
  readonly groupWidth: number;
  /** Whether a gate-shift module stands before every block's first convolution. */
  readonly gateShift: boolean;
}

/** Frames that one gate shift looks ahead: its gate sees the next frame, and moves what it sees there by one more. */
const LOOKAHEAD = 2;

/** How many frames after it have to come before a frame's feature is final: 26 for the paper's 13 blocks. */
export function latencyOf({ depths, gateShift }: StreamConfig): number {
  return gateShift ? LOOKAHEAD * depths.reduce((sum, depth) => sum + depth, 0) : 0;
}

/** The config as the C code reads it. */
export function encodeConfig({ stemWidth, widths, depths, groupWidth, gateShift }: StreamConfig): Int32Array {
  return Int32Array.of(stemWidth, groupWidth, gateShift ? 1 : 0, widths.length, ...widths, ...depths);
}

/** @throws {@link ArgumentError} naming the first field that is invalid. */
export function assertConfig(config: StreamConfig): void {
  const { stemWidth, widths, depths, groupWidth, gateShift } = config;
  const check = (fits: boolean, expected: string, value: unknown) => {
    if (!fits) throw new ArgumentError(`StreamingBackbone: expected ${expected}, got ${JSON.stringify(value)}.`);
  };
  const isMultiple = (value: number, of: number) => Number.isInteger(value) && value >= of && value % of === 0;
  check(isMultiple(groupWidth, 4), 'groupWidth to be a positive multiple of 4', groupWidth);
  check(isMultiple(stemWidth, 4), 'stemWidth to be a positive multiple of 4', stemWidth);
  check(
    widths.length > 0 && widths.every((width) => isMultiple(width, groupWidth)),
    `widths to be one or more positive multiples of groupWidth = ${groupWidth}`,
    widths,
  );
  check(
    depths.length === widths.length && depths.every((depth) => isMultiple(depth, 1)),
    `depths to be ${widths.length} positive whole numbers, one for each width`,
    depths,
  );
  check(typeof gateShift === 'boolean', 'gateShift to be true or false', gateShift);
}
