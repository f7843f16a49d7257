import type { Page } from 'puppeteer-core';

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds of processor time; that of a clock grows with whatever else the machine does. */
  tdur?: number;
  args: { name?: string };
}

/** The longest task of the page's main thread while something goes on, in milliseconds of processor time. */
export async function longestTaskDuring(page: Page, act: () => Promise<unknown>): Promise<number> {
  await page.tracing.start({ categories: ['toplevel'] });
  await act();
  const trace = Buffer.from((await page.tracing.stop())!).toString();
  const { traceEvents } = JSON.parse(trace) as { traceEvents: TraceEvent[] };
  const thread = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  const main = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map((event) => thread(event)),
  );
  const tasks = traceEvents.filter((event) => event.name.endsWith('RunTask') && main.has(thread(event)));
  if (tasks.length === 0) throw new Error('longestTaskDuring: expected tasks in the trace, got none.');
  return Math.max(...tasks.map(({ tdur }) => tdur ?? 0)) / 1000;
}
