import type { FeatureSource } from '@mcore/clips';
import { csvCell } from '@mcore/table';
import type { FoldPrediction } from './cross-validate.js';
import type { FoldEvaluation } from './evaluate-folds.js';
import type { FeatureMethod } from './fit-method.js';

/** What an evaluation by a protocol was made of. */
export interface ProtocolAbout {
  readonly source: string;
  readonly protocol: string;
  /** What was trained. */
  readonly method: FeatureMethod;
  readonly models: number;
  /** Training steps, if they were part of it. */
  readonly steps?: number;
}

/** What `mcore eval --protocol --json` prints. */
export function protocolJson(evaluation: FoldEvaluation, about: ProtocolAbout): Record<string, unknown> {
  const { targets, verdicts, clips, folds } = evaluation;
  const score = targets.find(({ target }) => target === 'score') ?? targets[0]!;
  return {
    data: about.source,
    protocol: about.protocol,
    method: about.method,
    clips,
    folds,
    models: about.models,
    ...(about.steps !== undefined && { steps: about.steps }),
    srcc: score.srcc,
    srccInterval: score.srccInterval,
    rl2x100: score.rl2x100,
    targets,
    ...(verdicts && { auc: verdicts.auc, verdicts }),
  };
}

/** One row a clip: its fold, and every target as it is and as it was predicted. */
export function foldPredictionsCsv(
  source: Pick<FeatureSource, 'clips' | 'targets'>,
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
  return `${[[...head, ...(withVerdict ? ['passed'] : [])], ...rows].map((row) => row.map((value) => (typeof value === 'string' ? csvCell(value) : value)).join(',')).join('\n')}\n`;
}
