import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { entrySources, root, workspaces } from '../../scripts/packages.mjs';

/** What each file, or folder, imports of ours. */
export type ImportGraph = ReadonlyMap<string, ReadonlySet<string>>;

/** TypeScript files of every package and application, tests included, as paths below the root with slashes. */
export function sourceFiles(): string[] {
  return workspaces().flatMap(({ directory }) =>
    ['src', 'test'].flatMap((folder) => {
      const path = join(directory, folder);
      if (!existsSync(path)) return [];
      return readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(ts|tsx|mts)$/.test(entry.name) && !entry.name.endsWith('.d.mts'))
        .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
    }),
  );
}

/** Whether a file is a test, or below a package's `test`. */
export const isTest = (file: string) => file.endsWith('.test.ts') || /^(packages|apps)\/[^/]+\/test\//.test(file);

/** Everything that a file imports, as written; types, `import()` and `new URL(..., import.meta.url)` of workers included. */
export function specifiersOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

/** The file that an import leads to, if it is one of ours. */
export function resolveSource(from: string, specifier: string): string | undefined {
  const [, name, entry = 'index'] = /^@mcore\/([a-z-]+)(?:\/([a-z-]+))?$/.exec(specifier) ?? [];
  const base = specifier.startsWith('.')
    ? join(dirname(from), specifier).replaceAll('\\', '/').replace(/\.js$/, '')
    : name && `packages/${name}/src/${entry}`;
  if (!base) return undefined;
  return ['', '.ts', '.tsx']
    .map((end) => `${base}${end}`)
    .find((file) => /\.m?tsx?$/.test(file) && existsSync(join(root, file)));
}

/** What published and application code imports, file by file. */
export function fileGraph(): ImportGraph {
  const files = sourceFiles().filter((file) => !isTest(file));
  return new Map(
    files.map((file) => [
      file,
      new Set(specifiersOf(file).flatMap((specifier) => resolveSource(file, specifier) ?? [])),
    ]),
  );
}

/**
 * The same by folders. A package's entries stand for themselves: they name what the folders below them give away, and nothing in
 * their own package imports them.
 */
export function folderGraph(files: ImportGraph): ImportGraph {
  const entries = new Set(
    workspaces().flatMap(({ path, directory }) => entrySources(directory).map((entry) => `${path}/${entry}`)),
  );
  const nodeOf = (file: string) => (entries.has(file) || /\/src\/main\.tsx$/.test(file) ? file : dirname(file));
  const graph = new Map<string, Set<string>>();
  for (const [file, imported] of files) {
    const node = nodeOf(file);
    const targets = graph.get(node) ?? new Set<string>();
    for (const target of imported) if (nodeOf(target) !== node) targets.add(nodeOf(target));
    graph.set(node, targets);
  }
  return graph;
}

/**
 * The strongly connected parts of more than one node: what imports itself around.
 *
 * Source: Tarjan, "Depth-First Search and Linear Graph Algorithms", 1972.
 */
export function cyclesOf(graph: ImportGraph): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string) => {
    order.set(node, order.size);
    lowest.set(node, order.get(node)!);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) lowest.set(node, Math.min(lowest.get(node)!, lowest.get(next)!));
    }
    if (lowest.get(node) !== order.get(node)) return;
    const part = stack.splice(stack.indexOf(node));
    if (part.length > 1) found.push(part.sort());
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return found;
}

/** Every file that can be reached from the given ones. */
export function reachableFrom(graph: ImportGraph, starts: readonly string[]): Set<string> {
  const reached = new Set<string>();
  const visit = (file: string) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const next of graph.get(file) ?? []) visit(next);
  };
  for (const start of starts) visit(start);
  return reached;
}
