/**
 * Measures this project against PyTorch and ONNX Runtime on this machine and writes docs/performance.json and the tables of
 * docs/performance.md: `npm run build && node scripts/set-up-python.mjs && node bench/performance.mjs [piece ...]`.
 *
 * A piece takes minutes; without names all are run, one after another. Programs take turns within a piece (`mcore bench`), so compare
 * figures of one piece only. What was measured before stays until its piece is run again. `--write` only writes the tables.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { growthTable, profileTable, targetTable, workTable } from './performance-tables.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = join(root, 'docs', 'performance.json');
const page = join(root, 'docs', 'performance.md');
const cores = availableParallelism();
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'mcore', 'python');
const python = process.platform === 'win32' ? join(cache, 'Scripts', 'python.exe') : join(cache, 'bin', 'python');
const program = join(root, 'bench', 'pytorch', 'serve.py');

/** @param {string[]} modes */
const against = (...modes) =>
  modes.flatMap((mode) => ['--against', `pytorch ${mode}=${python} ${program} ${mode} --threads ${cores}`]);
const onnxPython = ['--against', `onnxruntime python=${python} ${program} onnxruntime --threads ${cores}`];
const own = (...engines) => ['--engines', engines.join(',')];
const several = (name) => (cores > 1 ? [name, `${name}:${cores}`] : [name]);
const threaded = [...several('native'), ...several('wasm')];

const growing = own('native', 'wasm', 'onnx');
/** @type {Record<string, string[][]>} Arguments of `mcore bench`; several runs make a piece. */
const PIECES = {
  parts: [
    [
      ...['--work', 'gru', '--rounds', '7', '--repeats', '3'],
      ...own('tensorflow', 'native', 'wasm'),
      ...against('eager'),
    ],
    [
      ...['--work', 'forward', '--rounds', '5'],
      ...own('tensorflow', 'native', 'wasm', 'onnx'),
      ...against('eager'),
      ...onnxPython,
    ],
  ],
  // torch.compile takes a minute or more to get ready
  compiled: [
    [...['--work', 'gradient', '--rounds', '5'], ...own('tensorflow', ...threaded), ...against('eager', 'compiled')],
  ],
  score: [
    [
      ...['--work', 'score', '--rounds', '5'],
      ...own('tensorflow', ...threaded, 'onnx'),
      ...against('original', 'eager'),
      ...onnxPython,
    ],
  ],
  profile: [['native'], ['wasm'], ['tensorflow']],
  train: [[...['--work', 'train', '--rounds', '3'], ...own('tensorflow', ...threaded), ...against('eager')]],
  growth: [
    ...['24', '48', '96', '192'].map((frames) => ['--frames', frames]),
    ...['56x56', '168x168', '224x224'].map((size) => ['--size', size]),
    ...['1', '4', '8'].map((clips) => ['--clips', clips]),
    ...['1', '50', '200'].map((exemplars) => ['--exemplars', exemplars]),
  ].map((sizes) => ['--work', 'score', '--rounds', '2', ...sizes, ...growing]),
};

const words = process.argv.slice(2);
const pieces = words.includes('--write') ? [] : words.length > 0 ? words : Object.keys(PIECES);
for (const piece of pieces) {
  if (!PIECES[piece]) fail(`expected pieces of ${Object.keys(PIECES).join(', ')}, got ${piece}.`);
  const outcomes = [];
  for (const args of PIECES[piece]) {
    if (args.includes('--against') && !existsSync(python)) fail('expected PyTorch: node scripts/set-up-python.mjs');
    outcomes.push(...(piece === 'profile' ? [profile(args)] : measure(args)));
    save({ ...load(), [piece]: outcomes }); // what is measured stays, whatever comes next
  }
  write(load());
}
write(load());

/** @param {string[]} args */
function measure(args) {
  const main = join(root, 'apps', 'cli', 'dist', 'main.js');
  const { status, stdout } = spawnSync(process.execPath, [main, 'bench', '--preset', 'released', '--json', ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) fail(`mcore bench ${args.join(' ')} ended with status ${status}.`);
  return JSON.parse(stdout);
}

/** @param {string[]} args Of bench/profile.mjs. */
function profile(args) {
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'bench', 'profile.mjs'), ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) fail(`bench/profile.mjs ${args.join(' ')} ended with status ${status}.`);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

function load() {
  return existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : {};
}

function save(measured) {
  replace(results, `${JSON.stringify(measured, null, 1)}\n`);
}

/** Fills in what lies between `<!-- table: NAME -->` and `<!-- end of table -->`. */
function write(measured) {
  const tables = {
    targets: () => targetTable(measured, cores),
    parts: () => (measured.parts ?? []).map(workTable).join('\n\n'),
    score: () => (measured.score ?? []).map(workTable).join('\n\n'),
    train: () => (measured.train ?? []).map(workTable).join('\n\n'),
    compiled: () => (measured.compiled ?? []).map(workTable).join('\n\n'),
    growth: () => growthTable(measured.growth ?? []),
    profile: () => profileTable(measured.profile ?? []),
  };
  const text = readFileSync(page, 'utf8').replace(
    /(<!-- table: (\w+) -->\n)[\s\S]*?(<!-- end of table -->)/g,
    (_, start, name, end) => `${start}\n${tables[name]()}\n\n${end}`,
  );
  replace(page, text);
}

function replace(path, text) {
  writeFileSync(`${path}.tmp`, text);
  renameSync(`${path}.tmp`, path);
}

function fail(reason) {
  console.error(`performance: ${reason}`);
  process.exit(1);
}
