import { checkedConfig, type HeadConfig } from './config.js';
import { CoreHead } from './core/core.js';
import { HpMcoreHead } from './hp-mcore/hp-mcore.js';
import { Rica2Head } from './rica2/rica2.js';
import type { Head } from './shared/head.js';
import { TptHead } from './tpt/tpt.js';
import { TsaHead } from './tsa/tsa.js';
import { MusdlHead } from './usdl/musdl.js';
import { UsdlHead } from './usdl/usdl.js';

/**
 * Makes the head of a configuration, with random weights.
 *
 * @param config - As `headConfig` gives it, or as it was read from a checkpoint.
 * @param options - `seed`: the same seed gives the same weights on every engine.
 * @returns A head whose weights the caller frees with `dispose`.
 * @throws {@link ArgumentError} naming the first field that is invalid.
 */
export function createHead(config: HeadConfig, { seed }: { readonly seed: number | string }): Head {
  const checked = checkedConfig('createHead', config);
  switch (checked.method) {
    case 'usdl':
      return new UsdlHead(checked, seed);
    case 'musdl':
      return new MusdlHead(checked, seed);
    case 'core':
      return new CoreHead(checked, seed);
    case 'hp-mcore':
      return new HpMcoreHead(checked, seed);
    case 'tpt':
      return new TptHead(checked, seed);
    case 'tsa':
      return new TsaHead(checked, seed);
    case 'rica2':
      return new Rica2Head(checked, seed);
  }
}
