import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTimmFile } from './inputs.mjs';
import { killables } from './kills.mjs';
import { check, failureOf, filesBelow, hashOf, leftoversBelow, mcore, mcoreDone, newFolder } from './run-mcore.mjs';

/** A user without rights of its own: `nobody` nearly everywhere. */
const NOBODY = 65534;

const isRoot = process.getuid?.() === 0;

/** Why no small disk can be made here, or null. */
export const noDisk = process.platform !== 'linux' ? 'no tmpfs here' : isRoot ? whyNoMount() : 'mounting needs root';
/** Why files can't be limited in size here, or null. */
export const noLimit = works('prlimit', '--fsize=1000000', 'true') ? null : 'no prlimit here';
/** Why no folder can be refused here, or null. */
export const noPermissions =
  process.platform === 'win32'
    ? 'folders are protected otherwise on Windows'
    : !isRoot || works('setpriv', ...asNobody(), 'true')
      ? null
      : 'root may write everywhere, and there is no setpriv to be somebody else';

function works(/** @type {string} */ program, /** @type {string[]} */ ...args) {
  return spawnSync(program, args).status === 0;
}

function asNobody() {
  return [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
}

/** Root in a container may lack the right to mount. */
function whyNoMount() {
  const folder = mkdtempSync(join(tmpdir(), 'mcore-mount-'));
  try {
    if (!works('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder)) return 'root may not mount here';
    return works('umount', folder) ? null : 'root may not unmount here';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Mounts a small disk in memory while `use` runs. */
async function withDisk(
  /** @type {string} */ folder,
  /** @type {string} */ size,
  /** @type {(disk: string) => Promise<void>} */ use,
) {
  const disk = newFolder(folder, `disk-${size}`);
  mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk);
  try {
    await use(disk);
  } finally {
    spawnSync('umount', [disk]);
  }
}

function mount(/** @type {string[]} */ ...args) {
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
  check(status === 0, `mount ${args.join(' ')}: ${stderr}`);
}

/** A full disk in the middle of an import, a rendering and a training; each goes through once there is room. */
export async function fillDisk(/** @type {string} */ folder, { training = true } = {}) {
  /** @type {string[]} */
  const messages = [];
  makeTimmFile(join(folder, 'timm.safetensors'));
  const importing = (/** @type {string} */ out) => [
    ...['import', join(folder, 'timm.safetensors'), '--preset', 'paper', '--out', out],
  ];
  await withDisk(folder, '8m', async (disk) => {
    const kept = join(disk, 'kept.safetensors');
    writeFileSync(kept, 'what was there before');
    const before = hashOf(kept);
    messages.push(failureOf(await mcore(importing(kept), folder, {})));
    check(/ENOSPC/.test(messages.at(-1) ?? ''), `expected ENOSPC, got ${messages.at(-1)}`);
    check(hashOf(kept) === before, 'expected the file from before as it was');
    check(leftoversBelow(disk).length === 0, `left behind ${leftoversBelow(disk).join(', ')}`);
  });

  const render = killables.render();
  const reference = newFolder(folder, 'render-reference');
  await mcoreDone(render.args, reference, {});
  await withDisk(folder, '512k', async (disk) => {
    messages.push(failureOf(await mcore(render.args, disk, {})));
    check(/ENOSPC/.test(messages.at(-1) ?? ''), `expected ENOSPC, got ${messages.at(-1)}`);
    await render.whole(join(disk, 'out'));
    mount('-o', 'remount,size=64m', disk);
    await mcoreDone(render.args, disk, {});
    checkEqual(await render.outcome(join(disk, 'out')), await render.outcome(join(reference, 'out')), 'data render');
  });
  if (!training) return messages;

  const train = killables.train();
  const unbroken = newFolder(folder, 'train-reference');
  await mcoreDone(train.args, unbroken, {});
  const last = statSync(join(unbroken, 'out', 'last.safetensors')).size;
  // the first checkpoint fits, a second one beside it does not
  await withDisk(folder, `${Math.ceil((1.5 * last) / 1024)}k`, async (disk) => {
    const args = train.args.map((arg) => (arg.startsWith('../') ? join(folder, 'cache') : arg));
    messages.push(failureOf(await mcore(args, disk, {})));
    check(/ENOSPC/.test(messages.at(-1) ?? ''), `expected ENOSPC, got ${messages.at(-1)}`);
    await train.whole(join(disk, 'out'));
    check(existsSync(join(disk, 'out', 'last.safetensors')), 'expected the first checkpoint to be there');
    mount('-o', 'remount,size=256m', disk);
    await mcoreDone([...args, '--resume'], disk, {});
    checkEqual(await train.outcome(join(disk, 'out')), await train.outcome(join(unbroken, 'out')), 'train');
  });
  return messages;
}

function checkEqual(/** @type {unknown} */ got, /** @type {unknown} */ expected, /** @type {string} */ name) {
  check(JSON.stringify(got) === JSON.stringify(expected), `${name}: expected what an undisturbed run leaves`);
}

/** A limit on the size of files, as quotas and `ulimit -f` set it. */
export async function limitFiles(/** @type {string} */ folder) {
  makeTimmFile(join(folder, 'timm.safetensors'));
  const args = ['import', 'timm.safetensors', '--preset', 'paper', '--out', 'out/start.safetensors'];
  const message = failureOf(await mcore(args, folder, { before: ['prlimit', '--fsize=1000000'] }));
  check(filesBelow(join(folder, 'out')).size === 0, 'expected nothing to be left');
  return message;
}

/** Folders one may not write to, a disk that can only be read, weights one may not read. */
export async function refuse(/** @type {string} */ folder) {
  /** @type {string[]} */
  const messages = [];
  makeTimmFile(join(folder, 'timm.safetensors'));
  chmodSync(folder, 0o755);
  const closed = newFolder(folder, 'closed');
  writeFileSync(join(closed, 'kept.txt'), 'kept');
  chmodSync(closed, 0o555);
  const secret = join(folder, 'secret.safetensors');
  writeFileSync(secret, readFileSync(join(folder, 'timm.safetensors')));
  chmodSync(secret, 0o000);
  const own = newFolder(folder, 'own');
  if (isRoot) chownSync(own, NOBODY, NOBODY);
  const before = isRoot ? ['setpriv', ...asNobody()] : [];
  const options = { before, env: { HOME: own, XDG_CACHE_HOME: own } };
  const timm = join(folder, 'timm.safetensors');
  const out = (/** @type {string} */ name) => join(closed, name);
  const commands = [
    ['import', timm, '--preset', 'paper', '--out', out('start.safetensors')],
    ['import', timm, '--preset', 'paper', '--out', join(closed, 'kept.txt', 'start.safetensors')],
    ['import', secret, '--preset', 'paper', '--out', join(own, 'start.safetensors')],
    ['data', 'render', '--out', out('rendered'), '--clips', '2', '--height', '32'],
    ['train', '--steps', '1', '--out', out('run'), '--engine', 'wasm', '--cache', join(own, 'cache')],
  ];
  for (const args of commands) messages.push(failureOf(await mcore(args, own, options)));
  check(filesBelow(closed).size === 1, 'expected nothing new in the closed folder');
  if (noDisk === null) {
    await withDisk(folder, '1m', async (disk) => {
      mount('-o', 'remount,ro', disk);
      const args = ['import', timm, '--preset', 'paper', '--out', join(disk, 'start.safetensors')];
      messages.push(failureOf(await mcore(args, folder, {})));
      check(/EROFS/.test(messages.at(-1) ?? ''), `expected EROFS, got ${messages.at(-1)}`);
    });
  }
  chmodSync(closed, 0o755);
  rmSync(secret, { force: true });
  return messages;
}
