import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/**
 * Starts Verdaccio with an empty storage and no way to any other registry: what is not published there is not found.
 *
 * @param {string} folder For its configuration and storage.
 * @param {string} bin Its program.
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function startVerdaccio(folder, bin) {
  const port = await freePort();
  const config = join(folder, 'verdaccio.yaml');
  writeFileSync(
    config,
    [
      `storage: ${JSON.stringify(join(folder, 'storage'))}`,
      'max_body_size: 100mb',
      'web:\n  enable: false',
      "packages:\n  '**':\n    access: $all\n    publish: $all",
      'log: { type: stdout, format: pretty, level: warn }',
    ].join('\n'),
  );
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [bin, '--config', config, '--listen', `127.0.0.1:${port}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      said += chunk;
    });
  }
  for (let attempt = 0; ; attempt++) {
    if (child.exitCode !== null || attempt > 600) throw new Error(`Verdaccio did not start: ${said}`);
    if (await answers(`${url}/-/ping`)) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return {
    url,
    close: async () => {
      child.kill();
    },
  };
}

async function answers(/** @type {string} */ url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}
