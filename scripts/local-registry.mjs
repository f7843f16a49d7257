import { createServer } from 'node:http';

/**
 * A registry in memory that `npm publish`, `npm view` and `npm install` can talk to: packages are put, their description and
 * tarballs got. What was not published is not found.
 *
 * Source: the npm registry's package metadata format (`npm/registry`, docs/responses/package-metadata.md).
 *
 * @returns {Promise<{ url: string, published: () => string[], close: () => Promise<void> }>} `published`: `name@version`.
 */
export async function startRegistry() {
  /** @type {Map<string, any>} */
  const packages = new Map();
  /** @type {Map<string, Buffer>} */
  const tarballs = new Map();

  const publish = (/** @type {any} */ body, /** @type {string} */ url) => {
    const known = packages.get(body.name) ?? { name: body.name, 'dist-tags': {}, versions: {} };
    for (const [version, manifest] of Object.entries(body.versions)) {
      if (known.versions[version]) return 409;
      const path = `/-/${encodeURIComponent(body.name)}-${version}.tgz`;
      const [attachment] = Object.values(body._attachments);
      tarballs.set(path, Buffer.from(attachment.data, 'base64'));
      known.versions[version] = { ...manifest, dist: { ...manifest.dist, tarball: `${url}${path}` } };
    }
    Object.assign(known['dist-tags'], body['dist-tags']);
    packages.set(body.name, known);
    return 201;
  };

  const server = createServer((request, response) => {
    /** @type {Buffer[]} */
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const answer = (/** @type {number} */ status, /** @type {unknown} */ value) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
      };
      const path = (request.url ?? '/').split('?')[0] ?? '/';
      if (request.method === 'PUT') {
        const status = publish(JSON.parse(Buffer.concat(chunks).toString('utf8')), addressOf(server));
        return answer(status, status === 201 ? { ok: true } : { error: 'this version is there already' });
      }
      const tarball = tarballs.get(path);
      if (tarball) return response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(tarball);
      const found = packages.get(decodeURIComponent(path.slice(1)));
      return found ? answer(200, found) : answer(404, { error: 'not found' });
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return {
    url: addressOf(server),
    published: () =>
      [...packages.values()].flatMap(({ name, versions }) =>
        Object.keys(versions).map((version) => `${name}@${version}`),
      ),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function addressOf(/** @type {import('node:http').Server} */ server) {
  return `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
}
