import { readdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineError } from '@mcore/errors';

let ready: Promise<void> | undefined;

/**
 * Gives Node a `navigator.gpu`: Dawn, through the npm package `webgpu`. tfjs looks for it when its webgpu backend is
 * imported, so this comes first.
 *
 * @throws {@link EngineError} if the package is missing or has no binary for this platform.
 */
export function installDawn(): Promise<void> {
  ready ??= install().catch((error: unknown) => {
    ready = undefined;
    throw error;
  });
  return ready;
}

async function install(): Promise<void> {
  if ((globalThis.navigator as Navigator | undefined)?.gpu) return; // Deno, Bun, Electron, or the program's own
  assertVulkan();
  if (process.platform === 'linux') process.env.XDG_RUNTIME_DIR ??= tmpdir(); // Mesa's drivers complain without one
  const { create, globals } = await importDawn();
  Object.assign(globalThis, globals);
  const gpu: GPU = create([]);
  // Node 20 has no navigator; later ones have one without gpu that can't be assigned to
  if (globalThis.navigator === undefined) {
    Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true, writable: true });
  } else {
    Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  }
}

/** On Linux Dawn works through Vulkan and would write warnings to standard error where its loader is missing. */
function assertVulkan(): void {
  if (process.platform !== 'linux') return;
  try {
    process.dlopen({ exports: {} }, 'libvulkan.so.1');
  } catch (error) {
    if ((error as Error).message.includes('did not self-register')) return; // it is there, and no Node addon
    throw new EngineError(
      "useEngine: 'webgpu' needs a graphics driver with Vulkan, and the Vulkan loader libvulkan.so.1 is not there. Install the driver of the graphics card and the loader (Debian, Ubuntu: apt install libvulkan1).",
      { cause: error },
    );
  }
}

/**
 * Whether a Vulkan driver is registered where its loader looks (Vulkan Loader, "Driver Discovery on Linux"). Without one, Dawn finds no adapter
 * and writes warnings about that to standard error.
 *
 * @param environment - Variables that name drivers or folders.
 */
export function hasVulkanDriver(environment: NodeJS.ProcessEnv = process.env): boolean {
  const { VK_DRIVER_FILES, VK_ICD_FILENAMES, VK_ADD_DRIVER_FILES } = environment;
  if (process.platform !== 'linux' || VK_DRIVER_FILES || VK_ICD_FILENAMES || VK_ADD_DRIVER_FILES) return true;
  const { XDG_CONFIG_HOME, XDG_CONFIG_DIRS, XDG_DATA_HOME, XDG_DATA_DIRS } = environment;
  const folders = [
    XDG_CONFIG_HOME || join(homedir(), '.config'),
    ...(XDG_CONFIG_DIRS || '/etc/xdg').split(':'),
    ...['/etc', '/run/opengl-driver/share'],
    XDG_DATA_HOME || join(homedir(), '.local', 'share'),
    ...(XDG_DATA_DIRS || '/usr/local/share:/usr/share').split(':'),
  ];
  return folders.some((folder) => filesIn(join(folder, 'vulkan', 'icd.d')).some((file) => file.endsWith('.json')));
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

async function importDawn(): Promise<typeof import('webgpu')> {
  try {
    return await import('webgpu');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND';
    throw new EngineError(
      missing
        ? "useEngine: 'webgpu' in Node needs the npm package webgpu: npm install webgpu."
        : `useEngine: the npm package webgpu can't be loaded on ${process.platform}-${process.arch}: ${(cause as Error).message}`,
      { cause },
    );
  }
}
