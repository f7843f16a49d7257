import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { makeVideos, mixVideos } from './inputs.mjs';
import { check, mcore } from './run-mcore.mjs';

/** Milliseconds between looks at the memory. */
const LOOK_EVERY = 500;
/** How much the resident memory may grow from the second tenth, when all is loaded, to the last. */
const GROWTH = 1.15;

/** A module that notes the memory of the process it is loaded into. */
const WATCH_MEMORY = `
import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
if (isMainThread) {
  setInterval(() => {
    appendFileSync(process.env.MCORE_MEMORY_LOG, process.memoryUsage().rss + '\\n');
  }, ${LOOK_EVERY}).unref();
}
`;

/**
 * Scores many videos in one run, some of them broken.
 *
 * @param {string} folder Of its own.
 * @param {{ count: number, broken: number, random: () => number, long?: boolean }} options `long`: every result is kept
 *   in a file as soon as it is there, and the memory has to stay flat.
 * @returns {Promise<{ scored: number, named: number, seconds: number, memory: number[] }>} Memory in MB: medians of the tenths of
 *   the time.
 */
export async function scoreMany(folder, { count, broken, random, long = true }) {
  const videos = join(folder, 'many');
  mkdirSync(videos);
  const originals = await makeVideos(folder, 4);
  const { whole, bad } = mixVideos(videos, originals, { count, broken, random });
  const list = join(folder, 'videos.txt');
  const all = [...whole.keys(), ...bad.keys()].sort();
  writeFileSync(list, all.map((name) => `${join(videos, name)}\n`).join(''));
  const log = join(folder, 'memory.log');
  const watcher = join(folder, 'watch-memory.mjs');
  writeFileSync(watcher, WATCH_MEMORY);
  writeFileSync(log, '');

  const env = { NODE_OPTIONS: `--import ${pathToFileURL(watcher)}`, MCORE_MEMORY_LOG: log };
  const args = ['score', '--list', list, '--engine', 'wasm', '--json', ...(long ? ['--results', 'out'] : [])];
  const { status, stdout, stderr, seconds } = await mcore(args, folder, { env });
  check(status === 1 && !/^ {4}at /m.test(stderr), `expected status 1 and no stack, got ${status}: ${stderr}`);
  /** @type {{ video: string, score?: number, error?: { code: string, message: string } }[]} */
  const outcomes = JSON.parse(stdout);
  check(outcomes.length === count, `expected ${count} outcomes, got ${outcomes.length}`);
  /** @type {Map<string | undefined, number>} */
  const scoreOf = new Map();
  for (const { video, score, error } of outcomes) {
    const name = basename(video);
    if (bad.has(name)) {
      check(
        error?.code === 'ERR_MCORE_DATA',
        `${name} (${bad.get(name)}): expected ERR_MCORE_DATA, got ${error?.code}`,
      );
      check(stderr.includes(name), `${name}: expected it to be named on standard error`);
      continue;
    }
    check(score !== undefined && Number.isFinite(score), `${name}: expected a score, got ${error?.message}`);
    const original = whole.get(name);
    const known = scoreOf.get(original);
    check(known === undefined || known === score, `${name}: expected ${known} like other copies, got ${score}`);
    scoreOf.set(original, Number(score));
  }
  const looks = readFileSync(log, 'utf8').trim().split('\n').map(Number);
  const tenths = Array.from({ length: 10 }, (_, tenth) => {
    const [from, to] = [tenth, tenth + 1].map((edge) => Math.floor((edge * looks.length) / 10));
    return median(looks.slice(from, Math.max(Number(to), Number(from) + 1))) / 1e6;
  });
  const [, early = 0] = tenths;
  const late = tenths.at(-1) ?? 0;
  if (long) check(late <= GROWTH * early, `expected flat memory, got ${early} MB early and ${late} MB late`);
  return { scored: whole.size, named: bad.size, seconds, memory: tenths };
}

function median(/** @type {number[]} */ values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
