import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Builds the page as it is shipped, into a folder; in a process of its own, because vitest's says that it is a test.
 * `MCORE_DEMO_SITE=<folder>` takes a page that was built before, to try one test again and again.
 */
export async function buildSite(folder: string): Promise<void> {
  const built = process.env.MCORE_DEMO_SITE;
  if (built) {
    cpSync(built, folder, { recursive: true });
    return;
  }
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
  const child = spawn(
    process.execPath,
    [vite, 'build', root, '--outDir', folder, '--emptyOutDir', '--logLevel', 'error'],
    {
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: 'inherit',
    },
  );
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (status !== 0) throw new Error(`vite build ended with ${status}`);
}
