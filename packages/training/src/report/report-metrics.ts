import type { SummaryTable } from '@mcore/report';

/** The figures that every report's tables have, as columns. */
export const REPORT_METRICS: SummaryTable['metrics'] = [
  { key: 'srcc', label: 'SRCC', explanation: 'rank correlation with the judges', better: 'higher' },
  { key: 'rl2x100', label: 'R-l2 x 100', explanation: 'squared error over the range of scores', better: 'lower' },
  {
    key: 'aiou50',
    label: 'AIoU@0.5',
    explanation: 'clips whose stages overlap',
    better: 'higher',
    digits: 1,
    unit: '%',
  },
  { key: 'aiou75', label: 'AIoU@0.75', explanation: 'the same, more exactly', better: 'higher', digits: 1, unit: '%' },
];
