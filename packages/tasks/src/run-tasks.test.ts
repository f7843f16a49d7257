import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourcePath } from '@mcore/testing/fixtures';
import { because } from '@mcore/testing/skips';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mergeResults, type Task, type TaskList } from './index.js';
import { ResultStore, readResultFiles, runTasks } from './node.js';

const root = mkdtempSync(join(tmpdir(), 'mcore-tasks-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(root, 'run-'));
});

interface Square {
  value: number;
}

const squares = (count: number, settings = {}): TaskList<Square> => ({
  kind: 'squares',
  settings: { power: 2, ...settings },
  tasks: Array.from({ length: count }, (_, value) => ({ id: `square-${value}`, kind: 'square', params: { value } })),
});
const square = async ({ params }: Task<Square>) => params.value ** 2;
const merged = async (...paths: string[]) => mergeResults<number>(await readResultFiles<number>(paths));

describe('runTasks', () => {
  it('does all shards, in files that merge to one result in the order of the list', async () => {
    const list = squares(10);
    for (const index of [3, 1, 2]) await runTasks({ folder, list, shard: { index, count: 3 }, run: square });
    expect(readdirSync(folder)).toEqual([
      'results-0001-of-0003.jsonl',
      'results-0002-of-0003.jsonl',
      'results-0003-of-0003.jsonl',
    ]);
    const { finished, missing, double, failed, settings } = await merged(folder);
    expect(finished.map(({ result }) => result)).toEqual([0, 1, 4, 9, 16, 25, 36, 49, 64, 81]);
    expect({ missing, double, failed, settings }).toEqual({
      missing: { tasks: [], shards: [], count: 0 },
      double: [],
      failed: [],
      settings: { power: 2 },
    });
  });

  it('does a task again whose input has changed, and takes its last result', async () => {
    const list = (input: string | undefined): TaskList<Square> => ({
      ...squares(3),
      tasks: squares(3).tasks.map((task) => (task.id === 'square-1' && input ? { ...task, input } : task)),
    });
    const run = (factor: number) => async (task: Task<Square>) => factor * (await square(task));
    await runTasks({ folder, list: list('first file'), run: run(1) });
    // the same input, and none that can be told, as of a file that is gone
    for (const input of ['first file', undefined]) {
      const { skipped, finished } = await runTasks({ folder, list: list(input), run: run(100) });
      expect([skipped, finished]).toEqual([3, 0]);
    }
    expect((await runTasks({ folder, list: list('second file'), run: run(10) })).finished).toBe(1);
    expect((await runTasks({ folder, list: list('second file'), run: run(100) })).finished).toBe(0);
    const { finished, double, missing } = await merged(folder);
    expect(finished.map(({ result }) => result)).toEqual([0, 10, 4]);
    expect([double, missing.count]).toEqual([[], 0]);
  });

  it('skips what is done, tries again what failed, and drops a line that was cut off', async () => {
    const list = squares(5);
    const done: string[] = [];
    const failing = async (task: Task<Square>) => {
      done.push(task.id);
      if (task.params.value === 1) throw new RangeError('no one');
      if (task.params.value === 3) throw Object.assign(new Error('killed here'), { stop: true });
      return square(task);
    };
    const stop = new AbortController();
    const onRecord = (record: { index: number }) => record.index === 2 && stop.abort();
    const first = await runTasks({ folder, list, run: failing, onRecord, signal: stop.signal });
    expect(first).toMatchObject({ total: 5, skipped: 0, finished: 2, failed: 1 });
    const path = join(folder, 'results-0001-of-0001.jsonl');
    appendFileSync(path, '{"id":"square-3","index":3,"resu');
    const before = await merged(folder);
    expect(before.failed.map(({ id, error }) => [id, error])).toEqual([
      ['square-1', { code: 'ERR_MCORE_UNEXPECTED', message: 'no one' }],
    ]);
    expect(before.missing).toEqual({ tasks: ['square-3', 'square-4'], shards: [], count: 2 });

    done.length = 0;
    const progress: number[] = [];
    const run = (task: Task<Square>) => {
      done.push(task.id);
      return square(task);
    };
    const second = await runTasks({ folder, list, run, onProgress: (count) => progress.push(count) });
    expect(second).toEqual({ path, total: 5, skipped: 2, finished: 3, failed: 0 });
    expect(done).toEqual(['square-1', 'square-3', 'square-4']);
    expect(progress).toEqual([2, 3, 4, 5]);
    const after = await merged(folder);
    expect(after.finished.map(({ result }) => result)).toEqual([0, 1, 4, 9, 16]);
    expect({ ...after.missing, failed: after.failed, double: after.double }).toEqual({
      tasks: [],
      shards: [],
      count: 0,
      failed: [],
      double: [],
    });
  });

  it('runs as many at a time as asked for, and lines stay whole', async () => {
    let under = 0;
    let most = 0;
    const run = async ({ params }: Task<Square>) => {
      most = Math.max(most, ++under);
      await new Promise((resolve) => setTimeout(resolve, 2));
      under--;
      return 'x'.repeat(20_000) + params.value;
    };
    await runTasks({ folder, list: squares(40), run, concurrency: 8 });
    expect(most).toBe(8);
    const { finished } = mergeResults<string>(await readResultFiles<string>([folder]));
    expect(finished.map(({ result }) => Number(result.slice(20_000)))).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  it('refuses to resume a file of other settings or of another list', async () => {
    await runTasks({ folder, list: squares(3), run: square });
    const path = join(folder, 'results-0001-of-0001.jsonl');
    await expect(runTasks({ folder, list: squares(3, { power: 3 }), run: square })).rejects.toThrow(
      `mergeResults: expected results of one job, got different ones in ${path} and this run: settings.power 2 and 3.`,
    );
    await expect(runTasks({ folder, list: squares(4), run: square })).rejects.toThrow(
      /list\.count 3 and 4; list\.hash/,
    );
    const twice = squares(1);
    await expect(
      runTasks({ folder, list: { ...twice, tasks: [...twice.tasks, ...twice.tasks] }, run: square }),
    ).rejects.toThrow('checkTasks: expected every id once, got "square-0" twice.');
  });
});

const onWindows = process.platform === 'win32' ? 'Windows has neither signals nor ulimit' : null;

describe.skipIf(onWindows !== null)(`as a process${because(onWindows)}`, () => {
  const script = join(root, 'child.mjs');
  beforeAll(() =>
    build({
      stdin: {
        contents: `
          import { appendFileSync } from 'node:fs';
          import { runTasks } from './node.js';
          const [folder] = process.argv.slice(2);
          const tasks = Array.from({ length: 60 }, (_, value) => ({ id: 'task-' + value, kind: 'wait', params: { value } }));
          const run = async ({ params }) => {
            await new Promise((resolve) => setTimeout(resolve, 15));
            return { value: params.value, filling: 'x'.repeat(50_000) };
          };
          const onRecord = ({ id }) => appendFileSync(folder + '/done.log', id + '\\n');
          await runTasks({ folder, list: { kind: 'wait', settings: {}, tasks }, run, onRecord, concurrency: 2 });
          process.exit(0);
        `,
        resolveDir: fileURLToPath(new URL('.', import.meta.url)),
        loader: 'ts',
      },
      alias: { '@mcore/errors': sourcePath('errors') },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: script,
      logLevel: 'silent',
    }),
  );
  const ended = (child: ChildProcess) => new Promise<number | null>((resolve) => child.on('exit', resolve));
  const start = () => spawn(process.execPath, [script, folder], { stdio: ['ignore', 'ignore', 'inherit'] });

  /** All 60 are there once, and none that had been reported as written was done again. */
  async function expectComplete() {
    const { finished, double, missing } = mergeResults(await readResultFiles<{ value: number }>([folder]));
    expect(finished.map(({ result }) => result.value)).toEqual(Array.from({ length: 60 }, (_, i) => i));
    expect({ double, missing: missing.count }).toEqual({ double: [], missing: 0 });
    const log = readFileSync(join(folder, 'done.log'), 'utf8').trim().split('\n');
    expect(new Set(log).size).toBe(log.length);
  }

  it('killed with SIGKILL again and again, loses nothing that was written and repeats nothing that was done', async () => {
    let kills = 0;
    for (let attempt = 0; ; attempt++) {
      const child = start();
      // moments differ from attempt to attempt, some before the first result, some between two of them
      const timer = attempt < 6 ? setTimeout(() => child.kill('SIGKILL'), 60 + attempt * 37) : undefined;
      const status = await ended(child);
      clearTimeout(timer);
      if (status === 0) break;
      kills++;
    }
    expect(kills).toBeGreaterThan(1);
    await expectComplete();
  });

  it('stops with part of a line if the file cannot grow, and resumes once there is room', async () => {
    // 512 blocks of 512 or 1,024 bytes: the sixth or eleventh result is cut off
    const shell = ['-c', 'ulimit -f 512; exec "$0" "$@"'];
    const child = spawn('sh', [...shell, process.execPath, script, folder], { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    expect(await ended(child)).not.toBe(0);
    expect(stderr).toContain('EFBIG');
    const path = join(folder, 'results-0001-of-0001.jsonl');
    const [file] = await readResultFiles([folder]);
    expect(file!.records.length).toBeGreaterThanOrEqual(5);
    expect(readFileSync(path).length).toBeGreaterThan(file!.bytes);
    expect(await ended(start())).toBe(0);
    await expectComplete();
  });
});

describe('mergeResults', () => {
  const run = (list: TaskList<Square>, index: number, count: number, to = folder) =>
    runTasks({ folder: to, list, shard: { index, count }, run: square });

  it('names shards and tasks that are missing', async () => {
    await run(squares(10), 2, 4);
    const open = await ResultStore.open<Square, number>({ folder, list: squares(10), shard: { index: 4, count: 4 } });
    await open.add({ id: 'square-3', index: 3, seconds: 0, result: 9 });
    await open.close();
    expect((await merged(folder)).missing).toEqual({ tasks: ['square-7'], shards: ['1/4', '3/4'], count: 6 });
  });

  it('takes equal results of a task once and says so; refuses different ones', async () => {
    const other = join(folder, 'other');
    await run(squares(4), 1, 1);
    await run(squares(4), 1, 2, other);
    const { finished, double, missing } = await merged(folder, other);
    const files = [join(folder, 'results-0001-of-0001.jsonl'), join(other, 'results-0001-of-0002.jsonl')];
    expect(finished).toHaveLength(4);
    expect(missing.count).toBe(0);
    expect(double).toEqual([
      { id: 'square-0', files },
      { id: 'square-2', files },
    ]);
    await runTasks({ folder: other, list: squares(4), shard: { index: 2, count: 2 }, run: async () => -1 });
    await expect(merged(folder, other)).rejects.toThrow(
      'mergeResults: expected one result of "square-1", got different ones in',
    );
  });

  it('refuses results of other settings or of another list', async () => {
    const other = join(folder, 'other');
    await run(squares(4), 1, 2);
    await run(squares(4, { weights: 'b' }), 2, 2, other);
    await expect(merged(folder, other)).rejects.toThrow(/settings\.weights nothing and "b"\.$/);
    await expect(merged()).rejects.toThrow('mergeResults: expected files of results, got none.');
  });
});

describe('readResultFiles', () => {
  it.each([
    [
      'text',
      /^parseResults: expected results of tasks with a header of version 1 in .*broken\.jsonl, got something else\.$/,
    ],
    ['no json\n', /^parseResults: expected a JSON object in .*broken\.jsonl:1, got "no json"\.$/],
    [
      '{"format":"mcore-results","version":1,"tasks":["a"]}\n{"id":"a","index":0}\n',
      /expected a result or an error .*:2\.$/,
    ],
    [
      '{"format":"mcore-results","version":1,"tasks":["a"]}\n{"id":"b","index":0,"result":1}\n',
      /expected only tasks of the header in .*:2, got "b"\.$/,
    ],
  ])('refuses %j', async (text, message) => {
    const file = join(folder, 'broken.jsonl');
    writeFileSync(file, text);
    await expect(readResultFiles([file])).rejects.toThrow(message);
  });

  it('says what is not there', async () => {
    await expect(readResultFiles([join(folder, 'none')])).rejects.toThrow(
      /expected results in .*none, got no such file\.$/,
    );
    await expect(readResultFiles([folder])).rejects.toThrow(/expected results-\*\.jsonl in .*, got none\.$/);
  });
});
