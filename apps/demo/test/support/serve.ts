import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/**
 * A server of files as plain as can be, with the folder under a path of its own.
 *
 * @param refuses - Files that it does not give.
 */
export async function serveFolder(
  folder: string,
  path = '/some/where/',
  refuses: (file: string) => boolean = () => false,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(async ({ url = '/' }, response) => {
    const expected = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    const file = expected === path ? 'index.html' : normalize(expected.slice(path.length));
    if (!expected.startsWith(path) || file.startsWith('..') || file.startsWith(sep) || refuses(file)) {
      response.writeHead(404).end();
      return;
    }
    try {
      const bytes = await readFile(join(folder, file));
      response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}${path}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
