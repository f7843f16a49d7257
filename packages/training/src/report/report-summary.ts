import type { ReportData, SummaryValue } from '@mcore/report';
import { type EvaluationExtras, publishedFigures } from '../evaluation/evaluation-json.js';
import type { Evaluation, Figure } from '../predictions/evaluate-predictions.js';
import type { EvaluationSpread } from '../predictions/summarise.js';
import { REPORT_METRICS } from './report-metrics.js';

/**
 * The table of a report: the model, the labels alone, and published rows where the clips are FineDiving's own.
 *
 * @param kind - Which data set it is.
 */
export function reportSummary(
  { clips, scores, transitions, baselines }: Evaluation,
  kind: string | undefined,
  { overDraws, overWeights }: EvaluationExtras = {},
): ReportData['summary'] {
  const value = ({ value, interval }: Figure): SummaryValue => ({ value, interval });
  const byDive = baselines.medianTransitionsOfDiveNumber;
  const byAll = baselines.medianTransitions;
  const row = (s: Evaluation['scores'], t: Evaluation['transitions']) => ({
    srcc: value(s.srcc),
    rl2x100: value(s.rl2x100),
    aiou50: value(t.aiou50),
    aiou75: value(t.aiou75),
  });
  return {
    clips,
    metrics: REPORT_METRICS,
    rows: [
      { name: 'MCoRe', role: 'model', values: row(scores, transitions) },
      ...spreadRow('draws of exemplars', overDraws),
      ...spreadRow('weights', overWeights),
      {
        name: 'Labels only, of the dive number',
        role: 'baseline',
        note: 'mean score and median transitions of the dive number in training',
        values: row(baselines.meanScoreOfDiveNumber, byDive),
      },
      {
        name: 'Labels only, of all dives',
        role: 'baseline',
        note: 'median transitions of training',
        values: { aiou50: value(byAll.aiou50), aiou75: value(byAll.aiou75) },
      },
      ...publishedFigures(kind).map(({ name, ...figures }) => ({
        name,
        role: 'published' as const,
        values: Object.fromEntries(Object.entries(figures).map(([key, figure]) => [key, { value: figure }])),
      })),
    ],
  };
}

/** Mean and standard deviation over several evaluations, as a row. */
function spreadRow(over: string, spread: EvaluationSpread | undefined): ReportData['summary']['rows'] {
  if (!spread) return [];
  const { srcc, rl2x100, aiou50, aiou75 } = spread;
  const values = Object.entries({ srcc, rl2x100, aiou50, aiou75 }).map(([key, { mean, deviation }]) => [
    key,
    { value: mean, ...(Number.isFinite(deviation) ? { deviation } : {}) },
  ]);
  return [{ name: `Mean of ${srcc.values.length} ${over}`, role: 'model', values: Object.fromEntries(values) }];
}
