import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entrySources, publishedPackages, root } from '../scripts/packages.mjs';
import { exportedSymbols, isDocumented, undocumentedMethods } from './support/exported-symbols.js';

it('@mcore/judge gives Node and browsers the same names', () => {
  const [node, page] = ['node', 'index'].map((entry) =>
    exportedSymbols(join(root, 'packages', 'judge', 'src', `${entry}.ts`))
      .map(({ name }) => name)
      .sort(),
  );
  expect(node).toEqual(page);
});

describe('every exported symbol has a documentation comment', () => {
  for (const { name, directory, json } of publishedPackages()) {
    const entries = entrySources(directory).map((file) => join(directory, file));
    if (!json.exports) continue;
    it(name, () => {
      const missing = entries.flatMap(exportedSymbols).flatMap((symbol) => {
        const place = relative(root, symbol.file);
        return [
          ...(symbol.declarations.some(isDocumented) ? [] : [`${symbol.name} (${place})`]),
          ...undocumentedMethods(symbol).map((method) => `${symbol.name}.${method} (${place})`),
        ];
      });
      expect([...new Set(missing)]).toEqual([]);
    });
  }
});
