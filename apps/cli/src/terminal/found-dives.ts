import type { FoundDives } from '@mcore/judge';
import { textTable } from '@mcore/training';

/** Found dives in words: a line, and a table with a row for each. */
export function describeDives({ video, from, to, dives }: FoundDives): string {
  const replays = dives.filter(({ replay }) => replay).length;
  const live = dives.length - replays;
  const summary = `${video}: ${count(live, 'dive')} and ${count(replays, 'replay')} between ${clock(from)} and ${clock(to)}`;
  if (dives.length === 0) return summary;
  const rows = dives.map((dive, index) => [
    String(index + 1),
    ...[dive.start, dive.takeOff, dive.entry, dive.end].map(clock),
    dive.confidence.toFixed(2),
    dive.replay ? 'replay' : 'dive',
  ]);
  return [summary, textTable([['', 'start', 'take-off', 'entry', 'end', 'confidence', ''], ...rows])].join('\n');
}

/** `1:02:03.40`, hours only from the first hour on. */
function clock(second: number): string {
  const [hours, minutes] = [Math.floor(second / 3600), Math.floor((second % 3600) / 60)];
  const rest = (second % 60).toFixed(2).padStart(5, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
