import { existsSync, readFileSync } from 'node:fs';
import { because, NOT_BUILT } from '@mcore/testing/skips';
import { describe, expect, it } from 'vitest';
import { bundledSize, entryOf, keptSize, libraries, limitsFile } from '../scripts/measure-sizes.mjs';
import { missingBuild, runExample } from './support/run-example.js';

const limits: Record<string, { gzip: number; kept: number }> = JSON.parse(readFileSync(limitsFile, 'utf8'));
const unbuilt = libraries().find((library) => !existsSync(entryOf(library)));
const suffix = because(unbuilt ? NOT_BUILT : null);

describe.skipIf(unbuilt)(`size in a page, within test/bundle-sizes.json (npm run sizes writes it)${suffix}`, () => {
  it.each(libraries())('$name: whole, minified and compressed', async (library) => {
    expect(limits).toHaveProperty([library.name]);
    expect(await bundledSize(library)).toBeLessThanOrEqual(limits[library.name]!.gzip);
  });

  it.each(libraries())('$name: what stays where nothing of it is used', async (library) => {
    expect(await keptSize(library)).toBeLessThanOrEqual(limits[library.name]!.kept);
  });
});

it('limits are of packages that there are', () => {
  expect(Object.keys(limits).sort()).toEqual(
    libraries()
      .map(({ name }) => name)
      .sort(),
  );
});

const missing = missingBuild();
it.skipIf(missing !== null)(
  `sideEffects: false is true: importing registers nothing with tfjs and sets nothing global${because(missing)}`,
  async () => {
    const entries = libraries().flatMap(({ name, json }) =>
      Object.keys(json.exports).map((entry) => (entry === '.' ? name : `${name}/${entry.slice(2)}`)),
    );
    const program = `
      const tf = await import('@tensorflow/tfjs-core');
      const state = () => ({
        kernels: [...globalThis._tfGlobals.get('kernelRegistry').keys()].length,
        gradients: [...globalThis._tfGlobals.get('gradRegistry').keys()].length,
        backends: Object.keys(tf.engine().registryFactory),
        flags: Object.keys(tf.env().getFlags()).length,
        globals: Object.getOwnPropertyNames(globalThis).sort(),
        prototypes: [Array, Map, Object, Promise, String, Uint8Array, tf.Tensor]
          .map((each) => Object.getOwnPropertyNames(each.prototype).length),
        listeners: process.eventNames().map(String),
      });
      tf.env().getFlags();
      // lazily defined by Node the first time that anything looks
      for (const name of Object.getOwnPropertyNames(globalThis)) void globalThis[name];
      const before = JSON.stringify(state());
      for (const entry of ${JSON.stringify(entries)}) {
        await import(entry);
        const after = JSON.stringify(state());
        if (after !== before) { console.log(entry, before, after); break; }
      }
      console.log('done');
    `;
    expect(await runExample(program)).toBe('done');
  },
);
