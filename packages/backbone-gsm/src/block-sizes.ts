import type { GsmRegNetYConfig } from './config.js';

/** Input channels over the channels inside squeeze-and-excitation. Source: RegNet-Y, Radosavovic et al. 2020. */
const SQUEEZE_DIVISOR = 4;

/** One Y block: its name in the state dict, and its channels. */
export interface BlockSizes {
  /** As timm names it: `s2.b1` is the first block of the second stage. */
  readonly name: string;
  /** Name of its first convolution; a gate-shift module wraps it as `net`. */
  readonly first: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: 1 | 2;
  readonly groups: number;
  /** Channels inside squeeze-and-excitation; derived from the block's input channels. */
  readonly squeezed: number;
  /** Input channels of the gate-shift module; 0 without one. */
  readonly fold: number;
  /** Whether the shortcut is a convolution; otherwise it is the input itself. */
  readonly projected: boolean;
}

/** The blocks of a network, first to last. */
export function blockSizes(config: GsmRegNetYConfig): BlockSizes[] {
  let inputs = config.stemWidth;
  return config.widths.flatMap((outputs, stage) =>
    Array.from({ length: config.depths[stage]! }, (_, index) => {
      const name = `s${stage + 1}.b${index + 1}`;
      const block: BlockSizes = {
        name,
        first: config.gateShift ? `${name}.conv1.net` : `${name}.conv1`,
        inputs,
        outputs,
        stride: index === 0 ? 2 : 1,
        groups: outputs / config.groupWidth,
        squeezed: inputs / SQUEEZE_DIVISOR,
        fold: config.gateShift ? foldChannels(inputs) : 0,
        projected: index === 0,
      };
      inputs = outputs;
      return block;
    }),
  );
}

/**
 * Channels of a gate-shift module: a quarter of `channels`, rounded up to a multiple of 4.
 *
 * Source: the released code of MCoRe, `ceil(floor(channels / 4) / 4) * 4`: 32 -> 8, 56 -> 16, 152 -> 40, 368 -> 92.
 */
export function foldChannels(channels: number): number {
  return Math.ceil(Math.floor(channels / 4) / 4) * 4;
}
