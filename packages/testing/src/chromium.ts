import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';

/** Switches that give Chromium a WebGPU in software: right, and slow. */
const webgpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan'];
/** A camera that shows a test picture and asks nobody. */
const camera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

/** Why there is no Chromium to test with here, or `null`. */
export const noChromium: string | null =
  process.platform === 'linux' && process.arch === 'x64'
    ? null
    : `the Chromium of npm's @sparticuz/chromium is for linux-x64, this is ${process.platform}-${process.arch}`;

/**
 * Starts the headless Chromium that comes as an npm package, with the libraries it needs from the same package, so that
 * nothing has to be installed on the machine.
 *
 * @param options - Whether with WebGPU, and further switches.
 */
export async function startChromium(
  options: { webgpu?: boolean; switches?: readonly string[] } = {},
): Promise<Browser> {
  const { default: chromium } = await withLibraries(() => import('@sparticuz/chromium'));
  const executablePath = await withLibraries(() => chromium.executablePath());
  const { launch } = await import('puppeteer-core');
  const libraries = [join(tmpdir(), 'al2023', 'lib'), join(tmpdir())].filter((folder) => existsSync(folder));
  return launch({
    executablePath,
    headless: 'shell',
    args: [
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--hide-scrollbars',
      ...camera,
      ...(options.webgpu ? webgpu : []),
      ...(options.switches ?? []),
    ],
    env: { ...process.env, LD_LIBRARY_PATH: [...libraries, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':') },
    protocolTimeout: 240_000,
  });
}

/** The package unpacks its libraries only where it believes to be in the cloud it is made for. */
async function withLibraries<T>(use: () => Promise<T>): Promise<T> {
  const { AWS_EXECUTION_ENV: before, LD_LIBRARY_PATH: path } = process.env;
  process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs20.x';
  try {
    return await use();
  } finally {
    restore('AWS_EXECUTION_ENV', before);
    restore('LD_LIBRARY_PATH', path);
  }
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
