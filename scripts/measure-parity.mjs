import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root, say } from './set-up.mjs';

/**
 * `node scripts/measure-parity.mjs [--engine NAME]... [--full-size FILE]`: measures every part on every engine against the values
 * that PyTorch computed, and writes the table of docs/parity.md. Ends with 1 where an error is larger than promised.
 * `--full-size` takes a file of `python goldens/full-size.py FILE` and adds a row. Engines that are not named keep their columns.
 */
const ENGINES = ['cpu', 'wasm, plain', 'wasm', 'native', 'webgpu', 'tensorflow'];
const START = '<!-- measured: made by scripts/measure-parity.mjs -->';
const END = '<!-- end of measured -->';
const PAGE = join(root, 'docs', 'parity.md');
const KEPT = join(root, 'bench', 'parity', 'measured.json');

const { values } = parseArgs({
  options: { engine: { type: 'string', multiple: true, default: ENGINES }, 'full-size': { type: 'string' } },
});

/**
 * Measures one engine in a process of its own: registered kernels can't be taken back.
 *
 * @param {string} engine
 */
function measure(engine) {
  const folder = mkdtempSync(join(tmpdir(), 'mcore-parity-'));
  const out = join(folder, 'result.json');
  const full = values['full-size'];
  try {
    const { status } = spawnSync(
      process.execPath,
      [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--config', 'bench/parity/vitest.config.ts'],
      {
        cwd: root,
        stdio: ['ignore', 'ignore', 'inherit'],
        env: {
          ...process.env,
          MCORE_PARITY_ENGINE: engine,
          MCORE_PARITY_OUT: out,
          ...(full === undefined ? {} : { MCORE_PARITY_FULL: full }),
        },
      },
    );
    if (status !== 0) throw new Error(`measuring ${engine} failed`);
    return JSON.parse(readFileSync(out, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {number} error */
const digits = (error) => (error === 0 ? '0' : error.toExponential(1));

/** @param {{ forward: number, gradients?: number }} errors */
const pair = ({ forward, gradients }) =>
  gradients === undefined ? digits(forward) : `${digits(forward)} / ${digits(gradients)}`;

/** @param {any[]} results */
function table(results) {
  const names = [...new Set(results.flatMap(({ parts }) => parts.map((/** @type {any} */ part) => part.name)))];
  const rows = names.map((name) => {
    const cells = results.map(({ parts }) => parts.find((/** @type {any} */ part) => part.name === name));
    const { against, bounds } = cells.find((cell) => cell !== undefined);
    const shown = cells.map((cell) => (cell?.measured ? pair(cell.measured) : 'left out'));
    return `| ${[name, against, ...shown, pair(bounds)].join(' | ')} |`;
  });
  const engines = results.map(
    ({ engine, about, unavailable }) => `- ${engine}: ${about ?? `none here, ${unavailable}`}`,
  );
  return [
    START,
    `| part | against | ${results.map(({ engine }) => engine).join(' | ')} | promised |`,
    `| --- | --- | ${results.map(() => '---').join(' | ')} | --- |`,
    ...rows,
    '',
    ...engines,
    END,
  ].join('\n');
}

const known = JSON.parse(readFileSync(KEPT, 'utf8'));
for (const engine of values.engine) {
  if (!ENGINES.includes(engine)) {
    say(`--engine must be one of ${ENGINES.join('; ')}, got ${engine}.`);
    process.exit(2);
  }
  known[engine] = measure(engine);
}
const results = ENGINES.filter((engine) => engine in known).map((engine) => known[engine]);
const text = readFileSync(PAGE, 'utf8');
const [before, rest] = text.split(START);
writeFileSync(PAGE, `${before}${table(results)}${rest?.split(END)[1] ?? ''}`);
writeFileSync(KEPT, `${JSON.stringify(known, null, 1)}\n`);

let failed = 0;
for (const { engine, parts } of results) {
  for (const { name, measured, bounds } of parts) {
    if (!measured) continue;
    for (const kind of /** @type {const} */ (['forward', 'gradients'])) {
      if (measured[kind] === undefined || measured[kind] <= (bounds[kind] ?? Number.POSITIVE_INFINITY)) continue;
      say(`${engine}, ${name}: ${kind} off by ${digits(measured[kind])}, promised ${digits(bounds[kind])}.`);
      failed++;
    }
  }
}
process.stdout.write(`${PAGE}: ${results.length} engines, ${failed} errors larger than promised\n`);
process.exitCode = failed === 0 ? 0 : 1;
