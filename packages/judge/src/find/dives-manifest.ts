import type { FoundDive } from './find-dives.js';

/** A dive with the file that shows it; times are those within the file. */
export interface DiveOfFile extends FoundDive {
  /** As the manifest is to name it: relative to the manifest's folder, with `/` between its parts. */
  readonly path: string;
}

/**
 * A manifest of dives as CSV: `path,start,end,transition_seconds,confidence,replay`. `mcore score --list` reads it as it is; add scores
 * to train on it.
 */
export function divesManifest(dives: readonly DiveOfFile[]): string {
  const lines = dives.map(({ path, start, end, takeOff, entry, confidence, replay }) =>
    [
      /[",;\n]/.test(path) ? `"${path.replaceAll('"', '""')}"` : path,
      start.toFixed(3),
      end.toFixed(3),
      `${takeOff.toFixed(3)} ${entry.toFixed(3)}`,
      confidence.toFixed(3),
      replay ? 'yes' : 'no',
    ].join(','),
  );
  return `${['path,start,end,transition_seconds,confidence,replay', ...lines].join('\n')}\n`;
}

/** The same dive with times within a file that begins at this second of the film. */
export function diveWithin(dive: FoundDive, begin: number): FoundDive {
  const within = (second: number) => Math.max(0, second - begin);
  const { start, takeOff, entry, end } = dive;
  return { ...dive, start: within(start), takeOff: within(takeOff), entry: within(entry), end: within(end) };
}
