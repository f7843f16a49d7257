import type { FoldEvaluation, FoldPrediction } from '@mcore/feature-training';
import type { FeatureDataset } from '@mcore/features-loader';
import { table } from './output.js';

/** What an evaluation by a protocol was made of. */
export interface ProtocolAbout {
  readonly source: string;
  readonly protocol: string;
  readonly models: number;
  readonly steps: number;
}

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
    ...(verdictRows ? [table(verdictRows), ''] : []),
    table(rows),
    '',
    '[95 % bootstrap interval] over clips, and over folds. Metrics that are not defined are -.',
  ].join('\n');
}

/** What `mcore eval --protocol --json` prints. */
export function protocolJson(evaluation: FoldEvaluation, about: ProtocolAbout): Record<string, unknown> {
  const { targets, verdicts, clips, folds } = evaluation;
  const score = targets.find(({ target }) => target === 'score') ?? targets[0]!;
  return {
    data: about.source,
    protocol: about.protocol,
    clips,
    folds,
    models: about.models,
    steps: about.steps,
    srcc: score.srcc,
    srccInterval: score.srccInterval,
    rl2x100: score.rl2x100,
    targets,
    ...(verdicts && { auc: verdicts.auc, verdicts }),
  };
}

/** One row a clip: its fold, and every target as it is and as it was predicted. */
export function foldPredictionsCsv(
  source: FeatureDataset,
  predictions: readonly FoldPrediction[],
  scoreOf: (targets: readonly number[]) => number,
): string {
  const byId = new Map(source.clips.map((clip) => [clip.id, clip]));
  const names = source.targets;
  const head = [
    'clip',
    'class',
    'fold',
    'score',
    'predicted_score',
    ...names.flatMap((name) => [name, `predicted_${name}`]),
  ];
  const withVerdict = source.clips.every(({ passed }) => passed !== undefined);
  const rows = predictions.map(({ id, fold, targets }) => {
    const clip = byId.get(id)!;
    const predicted = scoreOf(names.map((name) => targets[name]!));
    return [
      id,
      clip.diveNumber,
      fold,
      clip.score,
      predicted,
      ...names.flatMap((name) => [clip.targets[name]!, targets[name]!]),
      ...(withVerdict ? [Number(clip.passed)] : []),
    ];
  });
  return `${[[...head, ...(withVerdict ? ['passed'] : [])], ...rows].map((row) => row.map(cell).join(',')).join('\n')}\n`;
}

function cell(value: string | number): string {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function withInterval(value: number, [low, high]: readonly [number, number]): string {
  return Number.isNaN(value) ? '-' : `${number(value)} [${number(low)}, ${number(high)}]`;
}

function number(value: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(3);
}
