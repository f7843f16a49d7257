/** A problem of a clip, to be printed. */
interface PrintedProblem {
  readonly clip: string;
  readonly problem: string;
  /** `error` unless given. */
  readonly kind?: 'error' | 'note';
}

/** A problem that more clips have is printed once, with some of them as examples. */
const MOST_LINES = 10;

/** Clips that stand for the others. */
const EXAMPLES = 3;

/**
 * Problems as lines of text: one a clip or, where more than ten clips have the same problem up to numbers and paths, one for all of
 * them with examples.
 */
export function problemLines(problems: readonly PrintedProblem[]): string[] {
  const groups = new Map<string, PrintedProblem[]>();
  for (const each of problems) {
    const key = keyOf(each);
    const group = groups.get(key);
    if (group) group.push(each);
    else groups.set(key, [each]);
  }
  return problems.flatMap((each) => {
    const group = groups.get(keyOf(each))!;
    if (group.length <= MOST_LINES) return [`${label(each)} ${each.clip}: ${each.problem}`];
    if (each !== group[0]) return [];
    const clips = group.slice(0, EXAMPLES).map(({ clip }) => clip);
    const such = group.every(({ problem }) => problem === each.problem) ? '' : 'such as ';
    return [`${label(each)} ${group.length} clips: ${such}${each.problem} (${clips.join(', ')}, ...)`];
  });
}

function label({ kind = 'error' }: PrintedProblem): string {
  return kind.padEnd(5);
}

/** The same for problems that differ in numbers, paths and quoted names alone. */
function keyOf({ kind = 'error', problem }: PrintedProblem): string {
  return `${kind} ${problem.replace(/"[^"]*"|\S*[\d/]\S*/g, '*')}`;
}
