import type { Costs, JudgeReady, Verdict } from '../judge/judge-api.js';
import { csv } from '../library/ranked-csv.js';

/** Everything a verdict says, for other programs: the keys of `mcore score --json`, and what the page knows besides. */
export function verdictJson(verdict: Verdict, ready: JudgeReady, costs: Costs, correctedFrom: Verdict | null): string {
  const { scored, seconds, probabilities } = verdict;
  const own = correctedFrom && {
    score: correctedFrom.scored.score,
    transitions: correctedFrom.scored.transitions,
    transitionSeconds: correctedFrom.scored.transitionSeconds,
  };
  return `${JSON.stringify(
    {
      ...scored,
      ...(own && { correctedByHand: true, modelsOwn: own }),
      sampledSeconds: seconds,
      transitionProbabilities: probabilities,
      weights: ready.weights,
      engine: { name: ready.engine.name, description: ready.engine.description },
      milliseconds: { ...ready.milliseconds, ...costs.milliseconds },
    },
    null,
    2,
  )}\n`;
}

/** The exemplars' votes as a table: one line each. */
export function verdictCsv({ scored, exemplars }: Verdict, stages: readonly string[]): string {
  const head = [
    'exemplar',
    'dive_number',
    'difficulty',
    'score',
    'delta',
    ...stages.map((name) => `delta_${slug(name)}`),
  ];
  const rows = scored.exemplars.map((vote, index) => [
    vote.id,
    vote.diveNumber,
    exemplars[index]!.difficulty,
    vote.score,
    vote.delta.toFixed(4),
    ...vote.stageDeltas.map((delta) => delta.toFixed(4)),
  ]);
  return csv([head, ...rows]);
}

function slug(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
}

/** Offers text as a file. */
export function download(name: string, type: string, text: string): void {
  downloadBlob(name, new Blob([text], { type }));
}

/** Offers bytes as a file. */
export function downloadBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A video's name without its ending, for names of files. */
export function stem(name: string): string {
  return name.replace(/\.[^.]+$/, '').replaceAll(/[^\w-]+/g, '_') || 'dive';
}
