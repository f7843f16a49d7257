import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addresses, incompleteFiles } from '../scripts/complete-packages.mjs';
import { dependencyLicences, isAllowed } from '../scripts/licences.mjs';
import { publishedPackages, root, workspaces } from '../scripts/packages.mjs';
import { billOfMaterials } from '../scripts/sbom.mjs';
import { sourceImports } from './support/source-imports.js';

const rootJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const isOurs = (name: string) => name.startsWith('@mcore/');
const isTfjs = (name: string) => name.startsWith('@tensorflow/tfjs');

it('every published package has what all have alike (else: npm run packages)', () => {
  expect(incompleteFiles().map(([path]) => relative(root, path))).toEqual([]);
});

it("packages get repository, homepage and bugs from the root's address, and nothing without one", () => {
  expect(addresses(undefined, 'packages/errors')).toEqual({});
  expect(addresses({ url: 'git+https://example.org/team/mcore.git' }, 'packages/errors')).toEqual({
    repository: { type: 'git', url: 'git+https://example.org/team/mcore.git', directory: 'packages/errors' },
    homepage: 'https://example.org/team/mcore/tree/main/packages/errors#readme',
    bugs: 'https://example.org/team/mcore/issues',
  });
});

describe.each(publishedPackages())('$name', ({ name, path, directory, json }) => {
  const { dependencies = {}, peerDependencies = {}, devDependencies = {} } = json;
  const imports = sourceImports(directory);

  it('says what it is: description, keywords, README, and an honest sideEffects where it is a library', () => {
    expect(json.description).toMatch(/^\S.{20,}[^.]$/);
    expect(json.keywords?.length).toBeGreaterThanOrEqual(3);
    expect(existsSync(join(directory, 'README.md')), `${path}/README.md`).toBe(true);
    if (json.exports) expect(json.sideEffects).toBe(false);
  });

  it('declares every package it imports, and none that it does not', () => {
    const declared = { ...dependencies, ...peerDependencies };
    expect([...imports.published].filter((used) => used !== name && !(used in declared))).toEqual([]);
    const otherwise = peersAndCommandsOf(Object.keys(dependencies));
    const unused = Object.keys(dependencies).filter(
      (each) => !imports.published.has(each) && !imports.text.includes(each) && !otherwise.has(each),
    );
    expect(unused).toEqual([]);
  });

  it('declares what its tests import, here or in the root', () => {
    const declared = { ...dependencies, ...peerDependencies, ...devDependencies, ...rootJson.devDependencies };
    // our own packages are read from their sources by an alias
    const missing = [...imports.development].filter((used) => !isOurs(used) && !(used in declared));
    expect(missing).toEqual([]);
  });

  it('takes tfjs as a peer, so that there is one engine', () => {
    // the command line is an application: it brings its own engine
    if (json.exports) expect(Object.keys(dependencies).filter(isTfjs)).toEqual([]);
    if (imports.published.has('@tensorflow/tfjs-core')) {
      expect({ ...peerDependencies, ...(json.exports ? {} : dependencies) }).toHaveProperty(['@tensorflow/tfjs-core']);
    }
  });
});

/** What packages are there for without being imported: the peers that some of ours ask for, and ours that bring a command. */
function peersAndCommandsOf(names: string[]): Set<string> {
  const ours = workspaces().filter(({ name }) => names.includes(name));
  const commands = ours.filter(({ json }) => json.bin).map(({ name }) => name);
  return new Set([...commands, ...ours.flatMap(({ json }) => Object.keys(json.peerDependencies ?? {}))]);
}

it('@mcore/metrics needs nothing at all', () => {
  const { json } = publishedPackages().find(({ name }) => name === '@mcore/metrics')!;
  const { dependencies = {}, peerDependencies = {}, optionalDependencies = {} } = json;
  expect({ ...dependencies, ...peerDependencies, ...optionalDependencies }).toEqual({});
});

it('there is one copy of tfjs-core and one of each of our packages', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const copies = Object.keys(packages).filter((path) =>
    /node_modules\/(@tensorflow\/tfjs-core|@mcore\/[^/]+)$/.test(path),
  );
  const expected = [...workspaces().map(({ name }) => name), '@tensorflow/tfjs-core'];
  expect(copies.sort()).toEqual(expected.map((name) => `node_modules/${name}`).sort());
});

describe('licences', () => {
  it('all dependencies of published packages have one that is allowed (npm run licences lists them)', () => {
    const refused = dependencyLicences().filter(({ allowed }) => !allowed);
    expect(refused.map(({ name, license }) => `${name}: ${license}`)).toEqual([]);
  });

  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0-only)', true],
    ['Apache-2.0 AND LGPL-3.0-or-later', true],
    ['Apache-2.0 AND GPL-3.0-only', false],
    ['GPL-3.0-only', false],
    ['SEE LICENSE IN LICENSE', false],
    ['none given', false],
  ])('%s: %s', (expression, allowed) => {
    expect(isAllowed(expression)).toBe(allowed);
  });
});

describe('bill of materials', () => {
  const { components, dependencies } = billOfMaterials();
  const references = components.map((component) => component['bom-ref']);

  it('holds every published package and what it needs, each once, with licence and checksum', () => {
    expect(new Set(references).size).toBe(references.length);
    for (const { name, json } of publishedPackages()) expect(references).toContain(`${name}@${json.version}`);
    const tfjs = components.find(({ purl }) => purl.startsWith('pkg:npm/%40tensorflow/tfjs-core@'));
    expect(tfjs).toMatchObject({ group: '@tensorflow', name: 'tfjs-core', licenses: [{ expression: 'Apache-2.0' }] });
    expect(tfjs?.hashes?.[0]).toEqual({ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) });
  });

  it('names in its dependencies only what it holds', () => {
    const unknown = dependencies.flatMap(({ dependsOn }) => dependsOn).filter((each) => !references.includes(each));
    expect(unknown).toEqual([]);
  });
});
