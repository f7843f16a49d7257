import cliProgress from 'cli-progress';

/** Shows how far a piece of work is; on standard error, so that results on standard output stay clean. */
export interface Progress {
  update(done: number, note?: string): void;
  stop(): void;
}

/** Milliseconds between lines where standard error is no terminal. */
const LINE_EVERY = 15_000;

/**
 * A progress bar with the time left, or, where nobody watches a terminal, a line every quarter of a minute.
 *
 * @param label - What is being done.
 * @param total - Units of work.
 * @param unit - What a unit is called, in the plural.
 * @param done - Units that were done before; the time left is judged by the others.
 */
export function startProgress(label: string, total: number, unit: string, done = 0): Progress {
  return process.stderr.isTTY ? bar(label, total, unit, done) : lines(label, total, unit, done);
}

function bar(label: string, total: number, unit: string, before: number): Progress {
  const shown = new cliProgress.SingleBar({
    stream: process.stderr,
    format: `${label} {bar} {value}/{total} ${unit}, {eta_formatted} left {note}`,
    hideCursor: true,
    etaBuffer: Math.max(10, Math.ceil(total / 20)),
  });
  shown.start(total, before, { note: '' });
  return { update: (done, note = '') => shown.update(done, { note }), stop: () => shown.stop() };
}

function lines(label: string, total: number, unit: string, before: number): Progress {
  const start = Date.now();
  let shown = start;
  const write = (done: number, note = '') => {
    const seconds = (Date.now() - start) / 1000;
    const left = done > before ? Math.round((seconds * (total - done)) / (done - before)) : 0;
    process.stderr.write(
      `${label}: ${done}/${total} ${unit}, ${Math.round(seconds)} s, about ${left} s left${note === '' ? '' : `, ${note}`}\n`,
    );
    shown = Date.now();
  };
  return {
    update: (done, note) => {
      if (done >= total || Date.now() - shown >= LINE_EVERY) write(done, note);
    },
    stop: () => {},
  };
}
