import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findOptionalPackages, OPTIONAL_PACKAGES } from './optional-packages.js';

const declared = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional: boolean }>;
};

describe('OPTIONAL_PACKAGES', () => {
  it('are the optional peer dependencies of the command line, with their ranges', () => {
    const optional = Object.entries(declared.peerDependencies).filter(
      ([name]) => declared.peerDependenciesMeta[name]?.optional,
    );
    expect(OPTIONAL_PACKAGES.map(({ name, range }) => [name, range]).sort()).toEqual(optional.sort());
  });
});

describe('findOptionalPackages', () => {
  it('gives the version in the folder mcore runs in, and null for what is not installed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mcore-optional-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const home = join(folder, 'node_modules', '@tensorflow', 'tfjs-node');
    mkdirSync(home, { recursive: true });
    // no entry file and no exports: the version alone is read
    writeFileSync(join(home, 'package.json'), JSON.stringify({ version: '4.22.7', exports: {} }));
    const found = new Map(findOptionalPackages(folder).map(({ name, installed }) => [name, installed]));
    expect(found.get('@tensorflow/tfjs-node')).toBe('4.22.7');
    expect(found.get('@tensorflow/tfjs-node-gpu')).toBeNull();
  });
});
