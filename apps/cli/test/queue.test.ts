import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { writeVideo } from '@mcore/rendered-dives/node';
import { missingRedis, RedisServer } from '@mcore/testing/redis-server';
import { runMcore, startMcore } from '@mcore/testing/run-mcore';
import { because } from '@mcore/testing/skips';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'mcore-queue-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const dives = fineDivingLabels.filter(({ split }) => split === 'test').slice(0, 4);
/** Many tasks of few files: each has several paths. */
const videos = Array.from({ length: 24 }, (_, index) => `./${'./'.repeat(index)}${dives[index % 4]!.id}.mp4`);

describe.skipIf(missingRedis !== null)(`mcore queue on a real redis-server${because(missingRedis)}`, () => {
  let server: RedisServer;
  const queue = (...args: string[]) => runMcore(['queue', ...args, '--json'], folder, { MCORE_REDIS: server.url });
  beforeAll(async () => {
    server = await RedisServer.start(mkdtempSync(join(folder, 'redis-')));
    for (const clip of dives) await writeVideo(join(folder, `${clip.id}.mp4`), clip, { height: 48 });
    writeFileSync(join(folder, 'videos.txt'), `${videos.join('\n')}\n`);
  });
  afterAll(() => server?.stop());

  it('a worker killed with SIGKILL in the middle: the others finish, and merged it is what one process prints', async () => {
    const added = await queue('add', '--list', 'videos.txt');
    expect(JSON.parse(added.stdout)).toEqual({ queue: 'scores', tasks: 24, added: 24, retried: 0 });
    const work = ['queue', 'work', '--engine', 'wasm', '--alive', '3', '--json'];
    const workers = [0, 1].map(() => startMcore(work, folder, { MCORE_REDIS: server.url }));
    const finished = async () => (JSON.parse((await queue('status')).stdout) as { finished: number }).finished;
    while ((await finished()) === 0) await wait(10);
    workers[0]!.process.kill('SIGKILL');
    expect((await workers[0]!.finished).signal).toBe('SIGKILL');
    expect(await workers[1]!.finished).toMatchObject({ status: 0 });
    expect(JSON.parse((await queue('status')).stdout)).toMatchObject({
      kind: 'score',
      ...{ count: 24, finished: 24, failed: 0, active: 0, waiting: 0 },
    });

    expect((await queue('collect', '--results', 'scores')).status).toBe(0);
    const merged = await runMcore(['merge', 'scores', '--json'], folder);
    expect(merged.status).toBe(0);
    const whole = await runMcore(['score', '--list', 'videos.txt', '--engine', 'wasm', '--json'], folder);
    expect(merged.stdout).toBe(whole.stdout);

    const other = await queue('add', '--list', 'videos.txt', '--seed', '5');
    expect(other.status).toBe(1);
    expect(other.stderr).toContain('settings.seed 0 and 5');
    expect((await queue('clear')).status).toBe(0);
    expect((await queue('status')).stderr).toContain('expected tasks in queue scores, got none.');
  }, 180_000);

  it('trainings of a benchmark: a worker killed in the middle of one, another resumes it, and merge makes the table', async () => {
    const small = ['--steps', '6', '--train-clips', '10', '--validation-clips', '10', '--test-clips', '12'];
    const rows = ['--rows', 'exemplar-free,complete', '--seeds', '1', '--render-height', '72'];
    const listed = await runMcore(
      ['benchmark', ...small, ...rows, '--cache', 'cache', '--tasks', 'trainings.json', '--json'],
      folder,
    );
    expect(JSON.parse(listed.stdout)).toEqual({ path: 'trainings.json', tasks: 2 });
    await queue('add', '--tasks', 'trainings.json', '--queue', 'benchmark');
    const data = ['--render-height', '72', '--cache', 'cache', '--engine', 'wasm', '--workers', '1'];
    const work = ['queue', 'work', '--queue', 'benchmark', '--alive', '3', ...data];
    const elsewhere = await runMcore([...work.filter((word) => word !== '72' && word !== '--render-height')], folder, {
      MCORE_REDIS: server.url,
    });
    expect(elsewhere.status).toBe(1);
    expect(elsewhere.stderr).toContain('settings.source');

    const killed = startMcore(work, folder, { MCORE_REDIS: server.url });
    const log = join(folder, 'runs', 'benchmark', 'trainings', 'exemplar-free-seed-0', 'log.jsonl');
    while (!existsSync(log) || !readFileSync(log, 'utf8').includes('"step":1,')) await wait(20);
    killed.process.kill('SIGKILL');
    expect((await killed.finished).signal).toBe('SIGKILL');
    const other = await runMcore(work, folder, { MCORE_REDIS: server.url });
    expect(other.status).toBe(0);
    await queue('collect', '--queue', 'benchmark', '--results', 'trained');
    const merged = await runMcore(['merge', 'trained', '--json'], folder);
    expect(merged.status).toBe(0);
    const { done, count, rows: table } = JSON.parse(merged.stdout);
    expect({ done, count }).toEqual({ done: 2, count: 2 });
    expect(table.map(({ id }: { id: string }) => id)).toEqual(['labels', 'exemplar-free', 'complete', 'complete']);
  }, 300_000);

  it('tasks that are mcore commands: one that fails is tried again, then given up and named by merge', async () => {
    const score = (id: string, ...args: string[]) => ({
      id,
      kind: 'mcore',
      params: { args: ['score', ...args, '--engine', 'wasm'] },
    });
    const tasks = [score('seed 1', videos[0]!, '--seed', '1'), score('no video', 'none.mp4')];
    writeFileSync(join(folder, 'tasks.json'), JSON.stringify({ kind: 'mcore', settings: { purpose: 'test' }, tasks }));
    await queue('add', '--tasks', 'tasks.json', '--queue', 'commands', '--attempts', '1');
    const work = await queue('work', '--queue', 'commands', '--concurrency', '2');
    expect(work.status).toBe(0);
    expect(JSON.parse(work.stdout)).toEqual({ queue: 'commands', finished: 1, failed: 1 });
    await queue('collect', '--queue', 'commands', '--results', 'commands');
    const merged = await runMcore(['merge', 'commands', '--json'], folder);
    expect(merged.status).toBe(1);
    expect(merged.stderr).toContain('Failed: no video: mcore score none.mp4 --engine wasm: ended with 1.');
    expect(JSON.parse(merged.stdout)).toMatchObject({
      kind: 'mcore',
      results: [{ id: 'seed 1', result: [{ video: videos[0], score: expect.any(Number) }] }],
    });
  }, 60_000);
});

it('queue says which Redis does not answer, and what is wrong with a list of tasks', async () => {
  const silent = await runMcore(['queue', 'status', '--redis', 'redis://127.0.0.1:1'], folder);
  expect(silent.status).toBe(1);
  expect(silent.stderr).toBe('Failed: expected Redis at redis://127.0.0.1:1, got ECONNREFUSED. (ERR_MCORE_QUEUE)\n');
  writeFileSync(join(folder, 'broken.json'), '{"kind":"train","settings":{},"tasks":[]}');
  const broken = await runMcore(['queue', 'add', '--tasks', 'broken.json'], folder);
  expect(broken.stderr).toContain('mcore queue: expected a list of kind score, benchmark, mcore, got "train".');
});
