import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { entrySources } from '../../scripts/packages.mjs';

/** What a package's own sources import, split by whether users get them. */
export interface SourceImports {
  /** Packages imported by what is published. */
  published: Set<string>;
  /** Packages imported by tests, their helpers and scripts alone. */
  development: Set<string>;
  /** The text of everything published, for packages that are used by name alone (`require.resolve`). */
  text: string;
}

/**
 * Which packages the sources below `directory` import: statically, by `import()`, by `require` or as types. Sources that no entry
 * point leads to are development ones.
 */
export function sourceImports(directory: string): SourceImports {
  const published = new Set<string>();
  const development = new Set<string>();
  const reached = new Set<string>();
  const visit = (file: string) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith('.')) {
        const target = join(dirname(file), specifier.replace(/\.js$/, '.ts'));
        if (existsSync(target) && target.endsWith('.ts')) visit(target);
      } else add(published, specifier);
    }
  };
  for (const entry of entrySources(directory)) visit(join(directory, entry));
  for (const folder of ['src', 'test']) {
    for (const file of typescriptFiles(join(directory, folder))) {
      if (!reached.has(file)) {
        for (const specifier of importsOf(file)) if (!specifier.startsWith('.')) add(development, specifier);
      }
    }
  }
  const text = [...reached].map((file) => readFileSync(file, 'utf8')).join('\n');
  return { published, development, text };
}

function importsOf(file: string): string[] {
  // preProcessFile scans tokens: quick, and finds import(), require() and import types too
  const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true);
  return importedFiles.map(({ fileName }) => fileName);
}

function add(packages: Set<string>, specifier: string): void {
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) return;
  const [first, second] = specifier.split('/');
  packages.add(first!.startsWith('@') ? `${first}/${second}` : first!);
}

function typescriptFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}
