import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants, homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { parseTar } from 'nanotar';

/** Files of the archive that Vulkan needs; the others are for OpenGL. */
const FILES = ['libvk_swiftshader.so', 'libvulkan.so.1', 'vk_swiftshader_icd.json'];

/**
 * Unpacks SwiftShader, a software Vulkan driver, and a Vulkan loader from the npm package `@sparticuz/chromium` into the
 * user's cache folder, once, and makes this process use them.
 *
 * @throws `Error` on platforms other than Linux x64, and if the package isn't installed.
 */
export function useSwiftShader(): void {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`SwiftShader comes for linux-x64 only, this is ${process.platform}-${process.arch}`);
  }
  const folder = unpackOnce();
  process.env.VK_ICD_FILENAMES = join(folder, 'vk_swiftshader_icd.json');
  process.env.XDG_RUNTIME_DIR ??= folder; // the loader warns without one
  keepLoaded(join(folder, 'libvulkan.so.1'));
}

function unpackOnce(): string {
  const main = createRequire(import.meta.url).resolve('@sparticuz/chromium'); // .../build/cjs/index.cjs
  const packageFolder = join(dirname(main), '..', '..');
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'mcore');
  const folder = join(cache, `swiftshader-${version}`);
  if (existsSync(folder)) return folder;

  mkdirSync(cache, { recursive: true });
  const partial = mkdtempSync(`${folder}-`);
  const archive = brotliDecompressSync(readFileSync(join(packageFolder, 'bin', 'swiftshader.tar.br')));
  for (const { name, data } of parseTar(archive)) {
    if (data && FILES.includes(basename(name))) writeFileSync(join(partial, basename(name)), data);
  }
  try {
    renameSync(partial, folder); // so that another process never sees half of it
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/**
 * Loads a shared library for good, so that Dawn's `dlopen("libvulkan.so.1")` finds it by name: LD_LIBRARY_PATH would
 * have to be set before Node starts.
 */
function keepLoaded(library: string): void {
  const RTLD_NODELETE = 0x1000; // glibc; Node unloads what isn't an addon, and this prevents it
  try {
    process.dlopen({ exports: {} }, library, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('did not self-register'))) throw error;
  }
}
