import type { ExemplarFacts } from '@mcore/judge';

/** A score as divers read it: what was executed, times how hard it was. */
export interface Execution {
  difficulty: number;
  /** Where the difficulty is from. */
  from: 'label' | 'same number' | 'similar dives';
  /** Sum of the three awards that count, 0 .. 30. */
  execution: number;
  /** One such award, 0 .. 10. */
  award: number;
}

/**
 * Divides a score by the degree of difficulty: five or seven judges give 0 to 10, three awards count, their sum times the
 * difficulty is the score (World Aquatics, Competition Regulations, part four).
 *
 * @param labelled - The difficulty, where it is known.
 * @param exemplars - Of the score; their middle difficulty is taken where it is not.
 * @returns `null` where no difficulty is known, as with exemplar-free weights.
 */
export function executionOf(
  score: number,
  labelled: number | null,
  exemplars: readonly ExemplarFacts[],
  sameNumber: boolean,
): Execution | null {
  const sorted = exemplars.map(({ difficulty }) => difficulty).sort((a, b) => a - b);
  const difficulty = labelled ?? sorted[Math.floor((sorted.length - 1) / 2)];
  if (!difficulty) return null;
  const execution = Math.min(30, Math.max(0, score / difficulty)); // no judge gives more than 10 or less than 0
  const from = labelled !== null ? 'label' : sameNumber ? 'same number' : 'similar dives';
  return { difficulty, from, execution, award: execution / 3 };
}
