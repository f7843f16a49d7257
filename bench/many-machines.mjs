import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { arch, cpus, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { writeVideo } from '@mcore/rendered-dives/node';
import { root } from '../scripts/packages.mjs';

/**
 * `node bench/many-machines.mjs [--videos 96] [--repeats 3] [--page docs/guides/many-machines.md]`: how long 1, 2 and 4 processes of this
 * machine take to score the same videos, as shards and as workers of a queue. Times are from the start of the first process to the
 * end of the last, so that starting Node and loading weights is in them. With `--page` the table is written into that page.
 * Needs `npm run build`, and redis-server for the queue.
 */
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const videoCount = Number(option('videos', '96'));
const repeats = Number(option('repeats', '3'));
const page = option('page', undefined);
const WORKERS = [1, 2, 4];

const main = join(root, 'apps', 'cli', 'dist', 'main.js');
const folder = mkdtempSync(join(tmpdir(), 'mcore-bench-'));
const say = (text) => process.stderr.write(`${text}\n`);

/** Runs mcore to its end. */
async function mcore(args, environment = {}) {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`mcore ${args.join(' ')} ended with ${status}`);
  return stdout;
}

async function seconds(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

const scoring = ['--list', 'videos.txt', '--engine', 'wasm', '--workers', '1'];

async function shards(count, whole) {
  const results = mkdtempSync(join(folder, 'shards-'));
  const one = (index) => mcore(['score', ...scoring, '--results', results, '--shard', `${index}/${count}`]);
  const time = await seconds(() => Promise.all(Array.from({ length: count }, (_, index) => one(index + 1))));
  check(await mcore(['merge', results, '--json']), whole);
  return time;
}

async function queue(count, whole, redis) {
  const environment = { MCORE_REDIS: redis };
  await mcore(['queue', 'add', '--list', 'videos.txt'], environment);
  const one = () => mcore(['queue', 'work', '--engine', 'wasm'], environment);
  const time = await seconds(() => Promise.all(Array.from({ length: count }, one)));
  const results = mkdtempSync(join(folder, 'queue-'));
  await mcore(['queue', 'collect', '--results', results], environment);
  await mcore(['queue', 'clear'], environment);
  check(await mcore(['merge', results, '--json']), whole);
  return time;
}

function check(merged, whole) {
  if (merged !== whole) throw new Error('the merged result is not that of one process');
}

/** A redis-server that keeps every write on disk, as it should be run. */
async function startRedis() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  const directory = join(folder, 'redis');
  mkdirSync(directory);
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', directory, '--save', ''];
  const child = spawn('redis-server', [...args, '--appendonly', 'yes', '--appendfsync', 'always'], { stdio: 'ignore' });
  await wait(500);
  return { url: `redis://127.0.0.1:${port}`, stop: () => child.kill('SIGKILL') };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const redis = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });
const server = redis.status === 0 ? await startRedis() : undefined;
try {
  say(`Rendering ${videoCount} videos ...`);
  const clips = fineDivingLabels.filter(({ split }) => split === 'test').slice(0, videoCount);
  for (const clip of clips) await writeVideo(join(folder, `${clip.id}.mp4`), clip, { height: 128 });
  writeFileSync(join(folder, 'videos.txt'), clips.map(({ id, diveNumber }) => `${id}.mp4\t${diveNumber}\n`).join(''));
  const whole = await mcore(['score', ...scoring, '--json']);
  const modes = [['shards', shards], ...(server ? [['queue', queue]] : [])];
  const times = {};
  // all configurations in every round, so that a slow minute does not fall on one of them
  for (let round = 0; round < repeats; round++) {
    for (const [mode, run] of modes) {
      for (const workers of WORKERS) {
        const time = await run(workers, whole, server?.url);
        say(`${mode}, ${workers}: ${time.toFixed(1)} s`);
        times[`${mode} ${workers}`] = [...(times[`${mode} ${workers}`] ?? []), time];
      }
    }
  }
  const cell = (mode, workers) => {
    const time = median(times[`${mode} ${workers}`]);
    const gain = median(times[`${mode} 1`]) / time;
    return `${time.toFixed(1)} s | ${(videoCount / time).toFixed(1)} | ${gain.toFixed(2)}`;
  };
  const rows = modes.flatMap(([mode]) =>
    WORKERS.map(
      (workers) =>
        `| ${mode === 'shards' ? '`--shard i/n`' : '`mcore queue work`'} | ${workers} | ${cell(mode, workers)} |`,
    ),
  );
  const text = [
    '| way | processes | time | videos/s | times as fast as 1 |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    `${videoCount} rendered test dives (mp4, 228x128) with the shipped weights on wasm, one thread a process; ${cpus()[0].model.trim()}, ${cpus().length} cores,`,
    `${platform()} ${arch()}, Node ${process.version}${server ? `, Redis ${/v=([\d.]+)/.exec(redis.stdout)?.[1]} on the same machine, \`appendfsync always\`` : ''}. Median of ${repeats} rounds, from the start of`,
    'the first process to the end of the last. Every merged result was compared with that of one process: the same bytes.',
  ].join('\n');
  process.stdout.write(`${text}\n`);
  if (page !== undefined) {
    const path = join(root, page);
    if (!existsSync(path)) throw new Error(`expected a page with the marks of figures, got no ${page}`);
    const before = readFileSync(path, 'utf8');
    const marks = /(<!-- figures: made by bench\/many-machines.mjs -->\n)[\s\S]*(<!-- end of figures -->)/;
    if (!marks.test(before)) throw new Error(`expected the marks of figures in ${page}`);
    writeFileSync(
      path,
      before.replace(marks, (_, start, end) => `${start}\n${text}\n\n${end}`),
    );
  }
} finally {
  server?.stop();
  rmSync(folder, { recursive: true, force: true });
}
