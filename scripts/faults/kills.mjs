import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readSafetensors } from '@mcore/safetensors';
import { readResultFiles } from '@mcore/tasks/node';
import { makeTimmFile, makeVideos } from './inputs.mjs';
import { check, filesBelow, leftoversBelow, mcoreDone, newFolder, startMcore } from './run-mcore.mjs';

/**
 * A command to kill: what it is called with, in a folder of its own, what must hold of its files at any moment, and what makes two
 * finished runs equal.
 *
 * @typedef {{
 *   name: string,
 *   args: string[],
 *   again?: (folder: string) => string[],
 *   outputs: string,
 *   lock?: string,
 *   whole: (folder: string) => Promise<void> | void,
 *   outcome: (folder: string) => Promise<unknown> | unknown,
 * }} Killable
 */

/** Files of checkpoints and banks that are there can be read. */
function checkpointsAreWhole(/** @type {string} */ folder) {
  for (const [path] of filesBelow(folder)) {
    if (path.endsWith('.safetensors')) readSafetensors(readFileSync(join(folder, path)));
  }
}

/** Folders of clips that are there have every frame from the first to the last, each a whole JPEG. */
function clipsAreWhole(/** @type {string} */ folder) {
  for (const [path] of filesBelow(folder)) {
    if (path.includes('.partial') || !path.endsWith('.jpg')) continue;
    const bytes = readFileSync(join(folder, path));
    check(bytes.at(-2) === 0xff && bytes.at(-1) === 0xd9, `${path} is cut off`);
    const frames = readdirSync(join(folder, dirname(path)));
    check(frames.length === Number(/** @type {string} */ (frames.sort().at(-1)).slice(0, 5)), `${path}: frames lack`);
  }
}

/** What a score says, without the time it took. */
async function scores(/** @type {string} */ folder) {
  const [file] = await readResultFiles([folder]);
  return (file?.records ?? []).map((record) => ({ ...record, seconds: 0 })).sort((a, b) => a.index - b.index);
}

/** What is beside the result: settings with paths, what a killed `import` or `bank` leaves, and what has the time of day in it. */
const BESIDE = /(^|\/)config\.json$|(^|\/)times\.jsonl$|\.tmp$|^report\.html$|^tensorboard\//;

/** What a run left as its result. */
const hashes = (/** @type {string} */ folder) => [...filesBelow(folder)].filter(([path]) => !BESIDE.test(path));

/** The commands that write. */
export const killables = {
  /** @type {() => Killable} */
  train: () => ({
    name: 'mcore train',
    args: [
      ...['train', '--steps', '8', '--batch', '2', '--train-clips', '12', '--validation-clips', '10', '--out', 'out'],
      ...['--render-height', '72', '--checkpoint-every', '2', '--validate-every', '3', '--engine', 'wasm'],
      ...['--workers', '2', '--cache', '../train-cache'],
    ],
    // a run that was killed before it saved its settings has left nothing to resume, and says so
    again: (folder) => (existsSync(join(folder, 'config.json')) ? ['--resume'] : []),
    outputs: 'out',
    whole: checkpointsAreWhole,
    outcome: hashes,
  }),
  /** @type {() => Killable} */
  render: () => ({
    name: 'mcore data render',
    args: ['data', 'render', '--out', 'out', '--clips', '6', '--height', '32', '--workers', '2'],
    outputs: 'out',
    whole: clipsAreWhole,
    outcome: hashes,
  }),
  /** @type {() => Killable} */
  bank: () => ({
    name: 'mcore bank',
    args: [
      ...['bank', '--weights', '../start/best.safetensors', '--out', 'out/bank.safetensors', '--per-dive', '1'],
      ...['--render-height', '72', '--engine', 'wasm', '--workers', '2', '--cache', '../bank-cache'],
    ],
    outputs: 'out',
    whole: checkpointsAreWhole,
    outcome: hashes,
  }),
  /** @type {() => Killable} */
  score: () => ({
    name: 'mcore score --results',
    args: [
      ...['score', '../videos/original-0.mp4', '../videos/original-1.mp4', '../videos/original-2.mp4'],
      ...['--results', 'out', '--engine', 'wasm'],
    ],
    outputs: 'out',
    lock: 'results-0001-of-0001.jsonl.mcore.lock',
    whole: async (folder) =>
      void ([...filesBelow(folder).keys()].some((path) => path.endsWith('.jsonl')) && (await scores(folder))),
    outcome: scores,
  }),
  /** @type {() => Killable} */
  import: () => ({
    name: 'mcore import',
    args: ['import', '../timm.safetensors', '--preset', 'paper', '--out', 'out/start.safetensors'],
    outputs: 'out',
    whole: checkpointsAreWhole,
    outcome: hashes,
  }),
};

/**
 * Kills a command (SIGKILL) at random moments, each run several times before it may go through, and compares what it leaves with
 * a run that nobody disturbed.
 *
 * @param {string} folder Of its own, with what {@link prepareKills} made.
 * @param {Killable} killable
 * @param {{ kills: number, perRun: number, random: () => number }} options Kills in all, and of one run at most.
 * @returns {Promise<{ kills: number, runs: number, seconds: number }>}
 */
export async function killAtRandom(folder, killable, { kills, perRun, random }) {
  const place = (/** @type {string | number} */ name) =>
    newFolder(folder, `${killable.name.replaceAll(/\W+/g, '-')}-${name}`);
  const reference = place('reference');
  await mcoreDone(killable.args, reference, {});
  // the second run has warm caches, as those that are killed
  const timed = place('timed');
  let { seconds } = await mcoreDone(killable.args, timed, {});
  const expected = JSON.stringify(await killable.outcome(join(reference, killable.outputs)));
  check(
    JSON.stringify(await killable.outcome(join(timed, killable.outputs))) === expected,
    `${killable.name}: expected equal files from equal runs`,
  );
  let killed = 0;
  let runs = 0;
  // a run that was quicker than the moment it was to be killed at counts for nothing
  for (; killed < kills && runs < 3 * kills; runs++) {
    const here = place(runs);
    const outputs = join(here, killable.outputs);
    for (let kill = 0; kill < perRun && killed < kills; kill++) {
      const started = startMcore([...killable.args, ...(killable.again?.(outputs) ?? [])], here);
      const timer = setTimeout(() => started.process.kill('SIGKILL'), random() * seconds * 1000);
      const { signal, status, stderr, seconds: took } = await started.finished;
      clearTimeout(timer);
      check(signal === 'SIGKILL' || status === 0, `${killable.name}: ended with ${status}: ${stderr}`);
      await killable.whole(outputs);
      if (signal !== 'SIGKILL') {
        if (kill === 0) seconds = Math.min(seconds, took);
        break;
      }
      killed++;
    }
    await mcoreDone([...killable.args, ...(killable.again?.(outputs) ?? [])], here, {});
    const got = JSON.stringify(await killable.outcome(outputs));
    check(got === expected, `${killable.name}: expected what an undisturbed run leaves, ${expected}, got ${got}`);
    const left = leftoversBelow(outputs);
    // a file that was named on its own lies where others may write, so that what is beside it is not touched
    if (['train', 'data'].includes(killable.args[0] ?? '')) {
      check(left.length === 0, `${killable.name}: left behind ${left.join(', ')}`);
    }
  }
  return { kills: killed, runs, seconds };
}

/** Makes what the commands read. */
export async function prepareKills(/** @type {string} */ folder, /** @type {string[]} */ names) {
  if (names.includes('score')) await makeVideos(newFolder(folder, 'videos'), 3);
  if (names.includes('import')) makeTimmFile(join(folder, 'timm.safetensors'));
  if (names.includes('bank')) {
    const { args } = killables.train();
    await mcoreDone([...args, '--out', '../start'], newFolder(folder, 'start-run'), {});
  }
}
