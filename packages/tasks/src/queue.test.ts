import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sourcePath } from '@mcore/testing/fixtures';
import { missingRedis, RedisServer } from '@mcore/testing/redis-server';
import { because } from '@mcore/testing/skips';
import { build } from 'esbuild';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mergeResults, type TaskList } from './index.js';
import { TaskQueue } from './node.js';

interface Trial {
  value: number;
  milliseconds?: number;
  blocks?: number;
}

const folder = mkdtempSync(join(tmpdir(), 'mcore-queue-'));
const script = join(folder, 'worker.cjs');
const bundle = (outfile: string, external: string[]) =>
  build({
    entryPoints: [sourcePath('testing', 'queue-worker.ts')],
    alias: { '@mcore/errors': sourcePath('errors'), '@mcore/tasks': sourcePath('tasks', '') },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile,
    external,
    logLevel: 'silent',
  });
beforeAll(() => bundle(script, []));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const trials = (count: number, params: (value: number) => Omit<Trial, 'value'> = () => ({})): TaskList<Trial> => ({
  kind: 'squares',
  settings: { power: 2 },
  tasks: Array.from({ length: count }, (_, value) => ({
    id: `square-${value}`,
    kind: 'square',
    params: { value, ...params(value) },
  })),
});
const squares = (count: number) => Array.from({ length: count }, (_, value) => value ** 2);

interface Worker {
  process: ChildProcess;
  ended: Promise<{ status: number | null; stdout: string; stderr: string }>;
}

function startWorker(
  url: string,
  name: string,
  label: string,
  { settings = '{"power":2}', program = script, alive = 1 } = {},
): Worker {
  const child = spawn(process.execPath, [program, url, name, logOf(name), label, settings, `${alive}`], {
    cwd: folder,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return {
    process: child,
    ended: new Promise((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr }))),
  };
}

const logOf = (name: string) => join(folder, `${name}.log`);
/** Lines `start square-3 a` and `done square-3 a`, split. */
const events = (name: string) =>
  existsSync(logOf(name))
    ? readFileSync(logOf(name), 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split(' ') as [what: string, id: string, label: string])
    : [];
const count = (name: string, what: string, id: string) =>
  events(name).filter(([happened, task]) => happened === what && task === id).length;
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await wait(5);
}

describe.skipIf(missingRedis !== null)(`TaskQueue on a real redis-server${because(missingRedis)}`, () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start(mkdtempSync(join(folder, 'redis-')));
  });
  afterAll(() => server?.stop());
  const open = (name: string) => TaskQueue.open<Trial, number>({ url: server.url, name });
  const results = async (queue: TaskQueue<Trial, number>) => mergeResults([await queue.collect()]);

  it.concurrent('a worker killed with SIGKILL at a task: another does it, nothing is lost or done twice', async () => {
    const queue = await open('killed');
    const list = trials(40, (value) => ({ milliseconds: value === 7 ? 1500 : 40 }));
    expect(await queue.add(list)).toEqual({ added: 40, retried: 0 });
    const workers = ['a', 'b', 'c'].map((label) => startWorker(server.url, 'killed', label, { alive: 2 }));
    await until(() => count('killed', 'start', 'square-7') > 0);
    const victim = 'abc'.indexOf(events('killed').find(([what, id]) => what === 'start' && id === 'square-7')![2]);
    workers[victim]!.process.kill('SIGKILL');
    const ends = await Promise.all(workers.map(({ ended }) => ended));
    expect(ends.map(({ status }) => status)).toEqual([0, 1, 2].map((index) => (index === victim ? null : 0)));

    const { finished, missing, failed, double } = await results(queue);
    expect(finished.map(({ result }) => result)).toEqual(squares(40));
    expect({ missing: missing.count, failed, double }).toEqual({ missing: 0, failed: [], double: [] });
    for (const { id } of list.tasks) expect([id, count('killed', 'done', id)]).toEqual([id, 1]);
    for (const { id } of list.tasks)
      expect([id, count('killed', 'start', id)]).toEqual([id, id === 'square-7' ? 2 : 1]);
    expect(await queue.status()).toMatchObject({ count: 40, finished: 40, failed: 0, active: 0, waiting: 0 });
    await queue.close();
  });

  it.concurrent('a worker declared dead that is still alive: its task has one result', async () => {
    const queue = await open('silent');
    await queue.add(trials(6, (value) => (value === 2 ? { blocks: 5000 } : { milliseconds: 20 })));
    const workers = ['a', 'b'].map((label) => startWorker(server.url, 'silent', label));
    for (const { ended } of workers) expect(await ended).toMatchObject({ status: 0 });
    expect(count('silent', 'start', 'square-2')).toBeGreaterThan(1);
    expect(count('silent', 'done', 'square-2')).toBe(1);
    expect((await results(queue)).finished.map(({ result }) => result)).toEqual(squares(6));
    await queue.close();
  });

  it.concurrent('Redis itself killed and started again: workers continue, nothing is lost or done twice', async () => {
    const own = await RedisServer.start(mkdtempSync(join(folder, 'redis-')));
    try {
      const queue = await TaskQueue.open<Trial, number>({ url: own.url, name: 'crash' });
      await queue.add(trials(20, () => ({ milliseconds: 50 })));
      const worker = startWorker(own.url, 'crash', 'a', { alive: 5 });
      await until(() => count('crash', 'done', 'square-5') > 0);
      await own.crash(300);
      expect(await worker.ended).toMatchObject({ status: 0 });
      expect((await results(queue)).finished.map(({ result }) => result)).toEqual(squares(20));
      for (const value of squares(20).keys()) expect(count('crash', 'done', `square-${value}`)).toBe(1);
      await queue.close();
    } finally {
      await own.stop();
    }
  });

  it.concurrent('a task that fails is tried again, then given up and in the results; adding the list tries it again', async () => {
    const queue = await open('failing');
    const list = trials(3);
    await queue.add(list, 2);
    let tries = 0;
    const work = (broken: (value: number) => boolean) =>
      queue.work({
        settings: list.settings,
        run: async ({ params: { value } }) => {
          if (value === 1) tries++;
          if (broken(value)) throw new RangeError(`no ${value}`);
          return value ** 2;
        },
      });
    expect(await work((value) => value === 1 || (value === 2 && tries === 0))).toMatchObject({ finished: 2 });
    expect(tries).toBe(2);
    expect(await queue.status()).toMatchObject({ finished: 2, failed: 1 });
    const { failed, missing } = await results(queue);
    expect(failed).toMatchObject([
      { id: 'square-1', index: 1, error: { code: 'ERR_MCORE_UNEXPECTED', message: 'no 1' } },
    ]);
    expect(missing.count).toBe(0);

    expect(await queue.add(list, 2)).toEqual({ added: 0, retried: 1 });
    expect(await work(() => false)).toEqual({ finished: 1, failed: 0 });
    expect((await results(queue)).finished.map(({ result }) => result)).toEqual(squares(3));
    await queue.close();
  });

  it.concurrent('a task whose result was kept before its worker died is not done again', async () => {
    const queue = await open('kept');
    const list = trials(3);
    await queue.add(list);
    const redis = new Redis(server.url);
    const kept = { id: 'square-1', index: 1, seconds: 1, result: 1 };
    await redis.hset('mcore-results:kept', kept.id, JSON.stringify(kept));
    await redis.quit();
    const done: string[] = [];
    const run = async ({ id, params }: { id: string; params: Trial }) => {
      done.push(id);
      return params.value ** 2;
    };
    expect(await queue.work({ run, settings: list.settings })).toEqual({ finished: 2, failed: 0 });
    expect(done.sort()).toEqual(['square-0', 'square-2']);
    expect((await results(queue)).finished.map(({ result }) => result)).toEqual([0, 1, 4]);
    await queue.clear();
    expect(await queue.status()).toBeUndefined();
    await queue.close();
  });

  it.concurrent('stops taking tasks when it is told to, and the rest stays for others', async () => {
    const queue = await open('stopped');
    const list = trials(10);
    await queue.add(list);
    const stop = new AbortController();
    const run = async ({ params }: { params: Trial }) => {
      if (params.value === 3) stop.abort();
      return params.value;
    };
    const { finished } = await queue.work({ run, settings: list.settings, signal: stop.signal });
    expect(finished).toBeGreaterThanOrEqual(4);
    expect(await queue.status()).toMatchObject({ finished, waiting: 10 - finished, active: 0 });
    await queue.close();
  });

  it.concurrent('refuses another list, other settings, and an empty queue', async () => {
    const queue = await open('settings');
    const settings = { power: 2 };
    const run = async () => 0;
    await expect(queue.work({ run, settings })).rejects.toThrow(
      'TaskQueue: expected a list of tasks in the queue "settings", got none.',
    );
    await queue.add(trials(2));
    await expect(queue.add(trials(3))).rejects.toThrow(
      /expected results of one job, got different ones in queue settings and this list: list\.count 2 and 3/,
    );
    await expect(queue.add({ ...trials(2), settings: { power: 3 } })).rejects.toThrow(/: settings\.power 2 and 3\.$/);
    const { status, stderr } = await startWorker(server.url, 'settings', 'a', { settings: '{"power":3}' }).ended;
    expect(status).toBe(1);
    expect(stderr).toBe(
      'mergeResults: expected results of one job, got different ones in queue settings and this worker: settings.power 2 and 3.\n',
    );
    await queue.close();
    await expect(open('a:b')).rejects.toThrow(
      'TaskQueue: expected a name of letters, digits, points and hyphens, got "a:b".',
    );
  });
});

it('says which Redis does not answer, without its password', async () => {
  await expect(TaskQueue.open({ url: 'redis://user:secret@127.0.0.1:1', name: 'none' })).rejects.toThrow(
    'TaskQueue: expected Redis at redis://127.0.0.1:1, got ECONNREFUSED.',
  );
});

it('says what to install where BullMQ is missing', async () => {
  const program = join(folder, 'without.cjs');
  await bundle(program, ['bullmq', 'ioredis']);
  const { status, stderr } = await startWorker('redis://127.0.0.1:1', 'none', 'a', { program }).ended;
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^TaskQueue: expected the optional packages bullmq and ioredis, got: Cannot find (module|package) 'bullmq'/,
  );
  expect(stderr).toContain('npm install bullmq ioredis');
});
