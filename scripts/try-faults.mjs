import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '@mcore/random';
import { fillDisk, limitFiles, noDisk, noLimit, noPermissions, refuse } from './faults/folders.mjs';
import { loseGpu, noGpu } from './faults/gpu.mjs';
import { killAtRandom, killables, prepareKills } from './faults/kills.mjs';
import { runTwice } from './faults/locks.mjs';
import { scoreMany } from './faults/videos.mjs';
import { root } from './packages.mjs';
import { say } from './set-up.mjs';

/**
 * `node scripts/try-faults.mjs [PART...] [--videos 1000] [--kills 20] [--only train,bank] [--seed 1]`: the command line under load and faults, each real:
 * broken videos among many, SIGKILL at random moments, a disk that is full, folders that are closed, a GPU that goes away, two runs
 * in one folder. Writes the table of docs/reliability.md; rows of parts, and of commands to kill, that were not run stay. Needs `npm run build`.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    videos: { type: 'string', default: '1000' },
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
const page = join(root, 'docs', 'reliability.md');
const marks = /** @type {const} */ (['<!-- faults: made by scripts/try-faults.mjs -->', '<!-- end of faults -->']);

/** @typedef {{ what: string, outcome: string }} Row */

/** @type {Record<string, (folder: string, random: Random, save: (rows: Row[]) => void) => Promise<Row[]>>} */
const parts = {
  videos: async (folder, random) => {
    const count = Number(values.videos);
    const broken = Math.round(count / 20);
    const { scored, named, seconds, memory } = await scoreMany(folder, {
      count,
      broken,
      random: () => random.uniform(),
    });
    return [
      {
        what: `${count.toLocaleString('en')} videos in one \`mcore score --results\`, ${broken} of them empty, text, cut off, missing or a folder without images`,
        outcome: `all ${scored} good ones scored, copies of one video alike; all ${named} bad ones named; status 1. Resident memory, medians of the tenths of the time: ${memory.map((each) => each.toFixed(0)).join(', ')} MB; ${(seconds / count).toFixed(2)} s a video`,
      },
    ];
  },
  kills: async (folder, random, save) => {
    await prepareKills(folder, Object.keys(killables));
    /** @type {Row[]} */
    const rows = [];
    for (const [key, make] of Object.entries(killables)) {
      if (values.only !== undefined && !values.only.split(',').includes(key)) continue;
      const killable = make();
      const perRun = 4;
      const { kills, runs, seconds } = await killAtRandom(folder, killable, {
        kills: Number(values.kills),
        perRun,
        random: () => random.uniform(),
      });
      say(`${killable.name}: ${kills} kills`);
      const row = {
        what: `SIGKILL in \`${killable.name}\`, at ${kills} random moments of its ${seconds.toFixed(1)} s, up to ${perRun} times a run`,
        outcome: `every file that was there could be read whole after each; ${runs} runs, resumed, ended with the same bytes as one that was left alone`,
      };
      rows.push(row);
      save([row]);
    }
    return rows;
  },
  disk: async (folder) => {
    /** @type {Row[]} */
    const rows = [];
    if (noDisk === null) {
      const messages = await fillDisk(folder);
      rows.push({
        what: 'Disk full (a small tmpfs) in `mcore import`, `data render` and `train`',
        outcome: `${quote(messages)}. What was there before is as it was; with room again, all three end with the same bytes`,
      });
    } else rows.push({ what: 'Disk full', outcome: `skipped: ${noDisk}` });
    if (noLimit === null) {
      const message = await limitFiles(join(folder));
      rows.push({
        what: 'Files limited in size (RLIMIT_FSIZE) in `mcore import`',
        outcome: `${quote([message])}; nothing is left`,
      });
    } else rows.push({ what: 'Files limited in size', outcome: `skipped: ${noLimit}` });
    return rows;
  },
  permissions: async (folder) => {
    if (noPermissions !== null) return [{ what: 'Closed folders', outcome: `skipped: ${noPermissions}` }];
    const messages = await refuse(folder);
    return [
      {
        what: 'Closed folder, file in place of a folder, unreadable weights, read-only disk: `import`, `data render`, `train`',
        outcome: `${quote(messages)}. Each before the work begins`,
      },
    ];
  },
  gpu: async (folder) => {
    if (noGpu !== null) return [{ what: 'GPU lost', outcome: `skipped: ${noGpu}` }];
    const messages = await loseGpu(folder);
    return [
      {
        what: 'WebGPU device destroyed in the middle of `mcore score --results` and of `mcore train` (Dawn on SwiftShader)',
        outcome: `${quote(messages)}. What was scored before is kept, the rest is scored by running it again; no weights are written`,
      },
    ];
  },
  locks: async (folder) => {
    const messages = [
      await runTwice(folder, 'render'),
      await runTwice(folder, 'train'),
      await runTwice(folder, 'score'),
    ];
    return [
      {
        what: 'Two runs in one folder: `data render`, `train`, `score --results`; then a third after the holder was killed',
        outcome: `the second ends at once, ${quote(messages.slice(0, 1))}; the first ends with the same bytes as alone; a lock of a killed run is taken over`,
      },
    ];
  },
};

const expected = positionals.length > 0 ? positionals : Object.keys(parts);
const unknown = expected.filter((name) => !(name in parts));
if (unknown.length > 0) {
  say(`Expected parts out of ${Object.keys(parts).join(', ')}, got ${unknown.join(', ')}.`);
  process.exit(2);
}
let failed = 0;
for (const name of expected) {
  const folder = mkdtempSync(join(tmpdir(), `mcore-faults-${name}-`));
  const started = Date.now();
  try {
    const rows = await /** @type {(typeof parts)[string]} */ (parts[name])(
      folder,
      Random.for(Number(values.seed), 'faults', name),
      (done) => writeRows(name, done, folder),
    );
    writeRows(name, rows, folder);
    say(`${name}: as expected, in ${Math.round((Date.now() - started) / 1000)} s`);
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    failed++;
    say(`${name}: FAILED. ${/** @type {Error} */ (error).stack}\nIts files are in ${folder}`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;

/** Puts a part's rows into the page, in the order of the parts. */
function writeRows(/** @type {string} */ name, /** @type {Row[]} */ rows, /** @type {string} */ folder) {
  const replaced = new Set(rows.map(({ what }) => keyOf(name, `| ${name} | ${what}`)));
  const text = readFileSync(page, 'utf8').replaceAll('\r\n', '\n');
  const [start, end] = [text.indexOf(marks[0]), text.indexOf(marks[1])];
  if (start < 0 || end < start) throw new Error(`expected ${marks.join(' and ')} in ${page}`);
  const kept = text
    .slice(start, end)
    .split('\n')
    .filter((line) => /^\| [a-z]+ \|/.test(line) && !line.startsWith('| part |'))
    .filter((line) => !replaced.has(keyOf(name, line)));
  const date = new Date().toISOString().slice(0, 10);
  const mine = rows.map(
    ({ what, outcome }) =>
      `| ${name} | ${what} | ${outcome.replaceAll(folder, '…').replaceAll('|', '\\|')} | ${date}, Node ${process.versions.node}, seed ${values.seed} |`,
  );
  const order = Object.keys(parts);
  const all = [...kept, ...mine].sort(
    (a, b) => order.indexOf(a.split(' ')[1] ?? '') - order.indexOf(b.split(' ')[1] ?? ''),
  );
  const table = ['| part | what was done | what came of it | when |', '| --- | --- | --- | --- |', ...all].join('\n');
  mkdirSync(join(root, 'docs'), { recursive: true });
  writeFileSync(page, `${text.slice(0, start)}${marks[0]}\n\n${table}\n\n${text.slice(end)}`);
}

/** A part's rows are replaced together, those of killed commands each by itself. */
function keyOf(/** @type {string} */ name, /** @type {string} */ line) {
  if (!line.startsWith(`| ${name} |`)) return undefined;
  return name === 'kills' ? /`.*?`/.exec(line)?.[0] : name;
}

/** Messages as the page shows them, without what is of this machine. */
function quote(/** @type {string[]} */ messages) {
  const plain = messages
    .map((message) => message.replace(/process \d+ on .*?, since [^)]*/, 'process 4711 on this-machine, since …'))
    .map((message) => `"${message.replace(/^.*?Failed: /, '')}"`);
  return [...new Set(plain)].join('; ');
}
