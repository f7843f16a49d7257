/**
 * Compiles Node-API addons in C for every platform there is a prebuilt one for.
 *
 * linux-x64 is compiled by clang and lld (Debian: apt-get install clang-19 lld-19), the other platforms by zig, whose clang brings the headers
 * of all of them (pip install ziglang==0.17.1). Results are committed, so only who changes C code needs either.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireCompiler } from './build-wasm.mjs';

/** The version of zig that compiled what is committed. */
export const ZIG = '0.17.1';

const nodeApi = join(createRequire(import.meta.url).resolve('node-api-headers/package.json'), '..');
const sharedHeaders = fileURLToPath(new URL('../native', import.meta.url));

const X64 = { avx2: 'x86-64-v3', avx512: 'x86-64-v4' };
const FROM_NODE = ['-shared', '-nostdlib', '-Wl,--strip-all', '-Wl,--build-id=none']; // what is needed of a C library, Node has loaded

/**
 * How each platform is compiled for: the compiler's target, instructions with their `-march`, flags of the compiler and of the linker.
 *
 * @type {Record<string, { target: string, instructions: Record<string, string>, flags: string[], link: string[] }>}
 */
export const PLATFORMS = {
  'linux-x64': {
    target: 'x86_64-linux-gnu',
    instructions: X64,
    flags: ['-D_GNU_SOURCE', '-fPIC', '-pthread'],
    link: [...FROM_NODE, '-fuse-ld=lld'],
  },
  'linux-arm64': {
    target: 'aarch64-linux-gnu.2.28',
    instructions: { neon: '' },
    flags: ['-D_GNU_SOURCE', '-fPIC'],
    link: FROM_NODE,
  },
  'darwin-x64': {
    target: 'x86_64-macos.11.0',
    instructions: X64,
    flags: [],
    link: ['-shared', '-Wl,-undefined,dynamic_lookup', '-s'],
  },
  'darwin-arm64': {
    target: 'aarch64-macos.11.0',
    instructions: { neon: '' },
    flags: [],
    link: ['-shared', '-Wl,-undefined,dynamic_lookup', '-s'],
  },
  'win32-x64': {
    target: 'x86_64-windows-gnu',
    instructions: X64,
    flags: [],
    link: ['-shared', '-s', 'node.lib'],
  },
};

/**
 * What an addon is made of.
 *
 * @typedef {object} Addon
 * @property {string} addon - Its C file for Node-API, compiled once.
 * @property {string[]} headers - Folders of headers, besides those of Node-API and of processor.h.
 * @property {string[]} flags - For every C file.
 * @property {(instructions: string) => { source: string, flags: string[] }} kernels - The C file to compile for some instructions, as text.
 */

/**
 * Compiles an addon.
 *
 * @param {string} platform - A key of {@link PLATFORMS}.
 * @param {string[]} compiler - The program and its first arguments.
 * @param {Addon} parts
 * @returns {Buffer} Its bytes.
 */
export function compileAddon(platform, compiler, parts) {
  const { target, instructions, flags, link } = PLATFORMS[platform];
  const folder = mkdtempSync(join(tmpdir(), 'mcore-addon-'));
  const [program, ...first] = compiler;
  const usesZig = first.length > 0;
  const run = (/** @type {string[]} */ ...args) =>
    execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'], env: zigEnvironment() });
  const cc = (/** @type {string[]} */ ...args) =>
    run(
      ...first,
      ...(usesZig ? ['cc', '-target', target, '-fno-sanitize=undefined'] : [`--target=${target}`]),
      ...args,
    );
  const march = (/** @type {string} */ name) => {
    if (name === '') return [];
    return [`-march=${usesZig ? name.replaceAll('-', '_') : name}`]; // zig has its own spelling
  };
  const all = [...parts.flags, ...flags, '-fvisibility=hidden', ...parts.headers.map((path) => `-I${path}`)];
  try {
    for (const [name, architecture] of Object.entries(instructions)) {
      const { source, flags: own } = parts.kernels(name);
      writeFileSync(join(folder, `${name}.c`), source);
      cc(...all, ...own, ...march(architecture), '-c', `${name}.c`, '-o', `${name}.o`);
    }
    cc(...all, `-I${join(nodeApi, 'include')}`, `-I${sharedHeaders}`, '-c', parts.addon, '-o', 'addon.o');
    if (link.includes('node.lib')) run(...first, 'dlltool', ...importsOfNode(folder));
    const objects = ['addon.o', ...Object.keys(instructions).map((name) => `${name}.o`)];
    cc('-o', 'addon.node', ...objects, ...link);
    return withoutTime(readFileSync(join(folder, 'addon.node')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Sets the time at which a Windows file was linked to zero, so that the same sources give the same bytes. */
function withoutTime(/** @type {Buffer} */ file) {
  if (file.toString('latin1', 0, 2) !== 'MZ') return file;
  const header = file.readUInt32LE(0x3c); // where "PE\0\0" is; the time comes 8 bytes later
  file.writeUInt32LE(0, header + 8);
  return file;
}

/** Windows wants a library that lists what node.exe exports: writes its definition and gives the arguments that make it. */
function importsOfNode(/** @type {string} */ folder) {
  const names = ['js_native_api.def', 'node_api.def'].flatMap((file) =>
    readFileSync(join(nodeApi, 'def', file), 'utf8')
      .split('\n')
      .filter((line) => /^\w+\s*$/.test(line) && line.trim() !== 'EXPORTS'),
  );
  writeFileSync(join(folder, 'node.def'), ['LIBRARY node.exe', 'EXPORTS', ...names].join('\n'));
  return ['-d', 'node.def', '-l', 'node.lib', '-m', 'i386:x86-64'];
}

function zigEnvironment() {
  const cache = join(tmpdir(), 'mcore-zig-cache');
  return { ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: cache, ...process.env };
}

/**
 * Compiles an addon for every platform into a folder, with a record of what it was compiled from.
 *
 * @param {string} folder
 * @param {Addon} parts
 * @param {string} sources - As {@link hashSources} gives it.
 */
export function buildAll(folder, parts, sources) {
  const clang = requireCompiler('build');
  const zig = requireZig();
  mkdirSync(folder, { recursive: true });
  for (const platform of Object.keys(PLATFORMS)) {
    const bytes = compileAddon(platform, platform === 'linux-x64' ? [clang.command] : zig, parts);
    writeFileSync(join(folder, `${platform}.node`), bytes);
    console.log(`${platform}: ${bytes.length} bytes`);
  }
  const record = { sources, 'linux-x64': clang.version, others: `zig ${ZIG}`, files: hashPrebuilt(folder) };
  writeFileSync(join(folder, 'built-from.json'), `${JSON.stringify(record, null, 2)}\n`);
}

/** The program of the zig that this asks for; exits with a message if it is not installed. */
function requireZig() {
  for (const command of [process.env.ZIG ?? 'zig', 'python3 -m ziglang', 'python -m ziglang']) {
    const [program, ...args] = command.split(' ');
    try {
      if (execFileSync(program, [...args, 'version'], { encoding: 'utf8', stdio: 'pipe' }).trim() !== ZIG) continue;
      // `cc` must follow, so even a plain zig has a first argument
      return args.length > 0 ? [program, ...args] : ['/usr/bin/env', program];
    } catch {
      // not installed
    }
  }
  console.error(`build: expected zig ${ZIG}, found none (pip install ziglang==${ZIG}, or ZIG=path of the program).`);
  process.exit(1);
}

/**
 * SHA-256 over how platforms are compiled for and over the names and contents of C files, without comments: prebuilt files are of older code if
 * it differs.
 *
 * @param {string[]} folders
 */
export function hashSources(folders) {
  const hash = createHash('sha256').update(JSON.stringify(PLATFORMS)).update(ZIG);
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => /\.[ch]$/.test(file))
      .sort()
      .map((file) => join(folder, file)),
  );
  for (const file of [...files, join(sharedHeaders, 'processor.h')]) {
    const code = readFileSync(file, 'utf8')
      .replace(/\/\/.*$/gm, '')
      .replace(/\s+/g, ' ');
    hash.update(basename(file)).update(code);
  }
  return hash.digest('hex');
}

/**
 * SHA-256 of every prebuilt addon in a folder, by platform.
 *
 * @param {string} folder
 * @returns {Record<string, string>}
 */
export function hashPrebuilt(folder) {
  const present = Object.keys(PLATFORMS).filter((platform) => existsSync(join(folder, `${platform}.node`)));
  return Object.fromEntries(
    present.map((platform) => [
      platform,
      createHash('sha256')
        .update(readFileSync(join(folder, `${platform}.node`)))
        .digest('hex'),
    ]),
  );
}
