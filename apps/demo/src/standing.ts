import type { ScoredVideo } from '@mcore/judge';

/** What may be said of a score, in words; the page says it before the number. */
export interface Standing {
  /** `trusted`: the interval holds. `unlike`: the judge abstains. `film`: the judge has only seen drawings. `unknown`: nobody measured it. */
  kind: 'trusted' | 'unlike' | 'film' | 'unknown';
  headline: string;
  /** Why, one sentence each. */
  reasons: string[];
}

/** What is known beside the score. */
export interface Circumstances {
  /** A file or a recording, not a drawing. */
  isFilm: boolean;
  /** The weights were trained on drawings. */
  knowsDrawingsOnly: boolean;
}

/** What exceeds a limit, for a person; in the order of importance. */
const reasons = {
  featureDistance: 'It looks unlike all the clips that this judge learned from',
  transitionFlatness: 'No clear beginning of the phases was found in it',
  voteSpread: 'The comparison clips contradict each other about it',
} as const;

/** Sorts a score by how far it can be relied on, the most serious doubt first. */
export function standingOf(
  scored: Pick<ScoredVideo, 'inDistribution' | 'interval'>,
  { isFilm, knowsDrawingsOnly }: Circumstances,
): Standing {
  const exceeded = exceededLimits(scored.inDistribution);
  const filmReason = 'It has only ever seen drawings of dives. No one knows how far off it is on film';
  if (scored.inDistribution?.value === false) {
    return {
      kind: 'unlike',
      headline: 'This judge can’t judge this clip.',
      reasons: [...exceeded, ...(isFilm && knowsDrawingsOnly ? [filmReason] : [])].map(sentence),
    };
  }
  if (isFilm && knowsDrawingsOnly) {
    return { kind: 'film', headline: 'Don’t rely on this number.', reasons: [sentence(filmReason)] };
  }
  if (!scored.interval) {
    return {
      kind: 'unknown',
      headline: 'How far off this may be is unknown.',
      reasons: ['This judge was not tested on clips of its own, so there is no interval.'],
    };
  }
  return { kind: 'trusted', headline: 'Like the clips this judge knows.', reasons: [] };
}

function exceededLimits(known: ScoredVideo['inDistribution']): string[] {
  if (!known) return [];
  return (Object.keys(reasons) as (keyof typeof reasons)[]).flatMap((name) => {
    const part = known.parts[name];
    if (!part || part.within) return [];
    const times = part.value / part.limit;
    return [`${reasons[name]}${Number.isFinite(times) ? ` (${times.toFixed(1)} times the limit)` : ''}`];
  });
}

const sentence = (text: string) => `${text}.`;
