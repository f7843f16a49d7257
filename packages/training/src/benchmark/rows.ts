import type { MCoReConfig } from '@mcore/model';
import type { DeepPartial } from '../fit/merge-config.js';

/** A way to train, by what it does otherwise than the preset. */
export interface BenchmarkRow {
  id: string;
  title: string;
  changes: DeepPartial<MCoReConfig>;
  /** How its transitions are decoded when it is tested; every one is a line of the table. */
  decodings: readonly MCoReConfig['decoding'][];
}

/** The row that the others are compared with. */
export const COMPLETE = 'complete';

/** What the paper's tables compare (tables 1 and 3 and "w/o gsm" of table 2), and the two forms of the losses. */
export const benchmarkRows: readonly BenchmarkRow[] = [
  {
    id: 'exemplar-free',
    title: 'Regression without exemplars',
    changes: { regression: 'exemplar-free' },
    decodings: ['ordered'],
  },
  {
    id: 'without-stages',
    title: 'Against exemplars, without stages',
    changes: { stagewise: false },
    decodings: ['ordered'],
  },
  {
    id: 'without-contrast',
    title: 'MCoRe without L_cont',
    changes: { loss: { contrastive: { weight: 0 } } },
    decodings: ['ordered'],
  },
  {
    id: 'without-gsm',
    title: 'MCoRe without gate shifts',
    changes: { backbone: { gateShift: false } },
    decodings: ['ordered'],
  },
  {
    id: COMPLETE,
    title: 'MCoRe, losses as released',
    changes: {},
    decodings: ['ordered', 'windowed'],
  },
  {
    id: 'paper-losses',
    title: 'MCoRe, losses of the paper',
    changes: {
      loss: { segmentation: 'paper', regressionDirections: 'query', contrastive: { form: 'paper', weight: 1 } },
    },
    decodings: ['ordered', 'windowed'],
  },
];
