import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { because, NOT_BUILT } from '@mcore/testing/skips';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const isSetUp = ['node_modules/.installed-from-lockfile', 'apps/demo/dist/index.html'].every((file) =>
  existsSync(`${root}${file}`),
);

it.skipIf(!isSetUp)(
  `npm run demo serves the page below any path and leaves the browser closed where told${because(isSetUp ? null : NOT_BUILT)}`,
  { timeout: 300_000 },
  async () => {
    const options = ['--open', 'false', '--port', '4873', '--base', '/some/where/'];
    const demo = spawn(process.execPath, [`${root}scripts/demo.mjs`, ...options], {
      // whoever opened a browser all the same would say so
      env: { ...process.env, BROWSER: 'no-such-browser', NO_COLOR: '1' },
    });
    let said = '';
    const address = await new Promise<string>((resolve, reject) => {
      const listen = (chunk: Buffer) => {
        said += chunk;
        const found = /(http:\/\/localhost:\d+\/some\/where\/)/.exec(said);
        if (found) resolve(found[1]!);
      };
      demo.stdout.on('data', listen);
      demo.stderr.on('data', listen);
      demo.on('close', () => reject(new Error(said)));
    });
    try {
      const page = await (await fetch(address)).text();
      const [script] = /assets\/index-[\w-]+\.js/.exec(page)!;
      for (const file of [script, 'sw.js', 'icon.svg']) {
        const response = await fetch(`${address}${file}`);
        expect([file, response.status]).toEqual([file, 200]);
        expect(response.headers.get('content-type')).not.toContain('text/html');
      }
      expect(said).not.toContain('no-such-browser');
    } finally {
      demo.kill();
    }
  },
);
