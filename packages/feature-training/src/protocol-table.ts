import { textTable } from '@mcore/training';
import type { FoldEvaluation } from './evaluate-folds.js';
import type { ProtocolAbout } from './fold-results.js';

/** What `mcore eval --protocol` prints for people. */
export function protocolTable(evaluation: FoldEvaluation, about: ProtocolAbout): string {
  const { targets, verdicts, clips, folds } = evaluation;
  const rows = [
    ['', 'SRCC', 'SRCC over folds', "Fisher's z", 'R-l2 x100', 'MAE'],
    ...targets.map(({ target, srcc, srccInterval, srccFolds, rl2x100, mae }) => [
      target,
      withInterval(srcc, srccInterval),
      withInterval(srccFolds.mean, srccFolds.interval),
      number(srccFolds.fisherMean),
      number(rl2x100),
      number(mae),
    ]),
  ];
  const verdictRows = verdicts && [
    ['', 'all clips', 'over folds'],
    [
      'AUC',
      withInterval(verdicts.auc, verdicts.aucInterval),
      withInterval(verdicts.aucFolds.mean, verdicts.aucFolds.interval),
    ],
    ['accuracy', number(verdicts.accuracy), withInterval(verdicts.accuracyFolds.mean, verdicts.accuracyFolds.interval)],
  ];
  return [
    `${clips} clips, ${folds} folds (${about.protocol}), ${about.source}`,
    '',
    // a verdict as a score is what the AUC says already
    ...(verdictRows ? [textTable(verdictRows), ''] : []),
    textTable(rows),
    '',
    '[95 % bootstrap interval] over clips, and over folds. Metrics that are not defined are -.',
  ].join('\n');
}

function withInterval(value: number, [low, high]: readonly [number, number]): string {
  return Number.isNaN(value) ? '-' : `${number(value)} [${number(low)}, ${number(high)}]`;
}

function number(value: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(3);
}
