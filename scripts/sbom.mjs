import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publishedDependencies } from './dependencies.mjs';
import { dependencyLicences } from './licences.mjs';
import { root } from './packages.mjs';

/**
 * `npm run sbom`: the bill of materials of all published packages, CycloneDX 1.5, on standard output. The same lockfile
 * gives the same text.
 *
 * Source: the CycloneDX 1.5 JSON reference; package addresses (purl) as the package-url specification has them for npm.
 */
export function billOfMaterials() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const dependencies = publishedDependencies();
  const licences = new Map(dependencyLicences().map(({ name, license }) => [name, license]));
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: { 'bom-ref': `mcore@${version}`, type: 'application', name: 'mcore', version } },
    components: dependencies.map(({ name, version, license, integrity }) => ({
      'bom-ref': `${name}@${version}`,
      type: 'library',
      ...splitName(name),
      version,
      purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
      licenses: [{ expression: licences.get(name) ?? license }],
      ...(integrity ? { hashes: [hashOf(integrity)] } : {}),
    })),
    dependencies: [
      {
        ref: `mcore@${version}`,
        dependsOn: dependencies.filter(({ ours }) => ours).map(({ name, version }) => `${name}@${version}`),
      },
      ...dependencies.map(({ name, version, uses }) => ({ ref: `${name}@${version}`, dependsOn: uses })),
    ],
  };
}

function splitName(/** @type {string} */ name) {
  const [first, second] = name.split('/');
  return second === undefined ? { name: first } : { group: first, name: second };
}

/** A lockfile's `sha512-<base64>` as CycloneDX has it. */
function hashOf(/** @type {string} */ integrity) {
  const [algorithm, value] = integrity.split(' ')[0].split('-');
  return { alg: algorithm.toUpperCase().replace('SHA', 'SHA-'), content: Buffer.from(value, 'base64').toString('hex') };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify(billOfMaterials(), null, 2)}\n`);
}
