import { type Item, labelledScore, scoredOf } from './item.js';

/** Quoted as RFC 4180 says. */
export function csvField(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows as CSV. */
export function csv(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => `${row.map(csvField).join(',')}\r\n`).join('');
}

/**
 * The judged videos, the highest score first; videos that the judge abstains on come last and have no rank.
 *
 * @returns CSV: rank, video, number, score, interval, what the judge makes of it, judges' score, beginnings of the phases in seconds.
 */
export function rankedCsv(items: readonly Item[]): string {
  const judged = items.flatMap((item) => {
    const scored = scoredOf(item);
    return scored ? [{ item, scored, abstains: scored.inDistribution?.value === false }] : [];
  });
  judged.sort((a, b) => Number(a.abstains) - Number(b.abstains) || b.scored.score - a.scored.score);
  const head = [
    ...['rank', 'video', 'dive_number', 'score', 'interval_low', 'interval_high'],
    ...['in_distribution', 'judges_score', 'transition_seconds'],
  ];
  const rows = judged.map(({ item, scored, abstains }, index) => [
    abstains ? null : index + 1,
    item.name,
    item.className,
    scored.score.toFixed(2),
    scored.interval ? scored.interval[0].toFixed(2) : null,
    scored.interval ? scored.interval[1].toFixed(2) : null,
    scored.inDistribution ? String(scored.inDistribution.value) : null,
    labelledScore(item.labels),
    scored.transitionSeconds.map((seconds) => seconds.toFixed(2)).join(' '),
  ]);
  return csv([head, ...rows]);
}
