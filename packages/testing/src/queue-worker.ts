import { appendFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Task } from '@mcore/tasks';
import { TaskQueue } from '@mcore/tasks/node';

/** A worker as a process: does tasks that write what they do into a log, and take as long as their parameters say. */
interface Trial {
  value: number;
  milliseconds?: number;
  /** Blocks the thread, so that no sign of life is given. */
  blocks?: number;
}

async function main([url, name, log, label, settings, alive]: string[]): Promise<void> {
  const queue = await TaskQueue.open<Trial, number>({ url: url!, name: name! });
  const say = (what: string) => appendFileSync(log!, `${what} ${label}\n`);
  const run = async ({ id, params }: Task<Trial>) => {
    say(`start ${id}`);
    await wait(params.milliseconds ?? 0);
    const end = Date.now() + (params.blocks ?? 0);
    while (Date.now() < end);
    return params.value ** 2;
  };
  const done = await queue.work({
    run,
    settings: JSON.parse(settings!),
    aliveSeconds: Number(alive),
    onRecord: ({ id }) => say(`done ${id}`),
    onTrouble: () => {},
  });
  await queue.close();
  process.stdout.write(JSON.stringify(done));
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
