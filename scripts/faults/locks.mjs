import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { killables, prepareKills } from './kills.mjs';
import { check, failureOf, leftoversBelow, mcore, mcoreDone, newFolder, startMcore, until } from './run-mcore.mjs';

/**
 * Two runs on one folder: the second ends with a message and the first is not disturbed; a run that was killed holds nothing.
 *
 * @param {string} folder Of its own.
 * @param {'render' | 'train' | 'score'} kind
 * @returns {Promise<string>} The message.
 */
export async function runTwice(folder, kind) {
  const { args, outputs, outcome, lock: lockName = '.mcore.lock' } = killables[kind]();
  await prepareKills(folder, [kind]);
  const reference = newFolder(folder, `${kind}-reference`);
  await mcoreDone(args, reference, {});
  const place = newFolder(folder, kind);
  const lock = join(place, outputs, lockName);
  const first = startMcore(args, place);
  await until(() => existsSync(lock), first.process);
  // however quick the first is, it is still there when the second comes; Windows can't halt a process
  const canHalt = process.platform !== 'win32';
  if (canHalt) first.process.kill('SIGSTOP');
  const second = await mcore(args, place, {});
  if (canHalt) first.process.kill('SIGCONT');
  const message = failureOf(second);
  check(message.includes(`process ${first.process.pid} on `), `expected the process to be named, got ${message}`);
  const { status, stderr } = await first.finished;
  check(status === 0, `expected the first run to go through, got ${status}: ${stderr}`);
  const same = async (/** @type {string} */ where) =>
    JSON.stringify(await outcome(join(where, outputs))) === JSON.stringify(await outcome(join(reference, outputs)));
  check(await same(place), 'expected the first run to leave what it leaves alone');

  const other = newFolder(folder, `${kind}-killed`);
  const killed = startMcore(args, other);
  await until(() => existsSync(join(other, outputs, lockName)), killed.process);
  killed.process.kill('SIGKILL');
  await killed.finished;
  await mcoreDone(args, other, {});
  check(await same(other), 'expected the folder of a killed run to be taken over');
  check(leftoversBelow(other).length === 0, `left behind ${leftoversBelow(other).join(', ')}`);
  return message;
}
