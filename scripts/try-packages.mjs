import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build as esbuild } from 'esbuild';
import { build as vite } from 'vite';
import { startBrowser } from './browser-page.mjs';
import { root } from './packages.mjs';
import {
  assertPrinted,
  emptyProject,
  exampleOf,
  installAlone,
  installedFor,
  librariesToTry,
  readmeOf,
  releaseInto,
  run,
} from './release.mjs';
import { say } from './set-up.mjs';
import { installTools } from './tools.mjs';
import { startVerdaccio } from './verdaccio.mjs';

/**
 * `node scripts/try-packages.mjs [PACKAGE...]`: each library, published to Verdaccio, alone in an empty project, and its README's
 * example run in Nodes 20, 22 and 24, installed by npm and by pnpm; its types resolved as node16 and as bundlers do; the
 * example bundled by esbuild, Vite and webpack and run in Chromium, and run from a plain page with an import map. Writes
 * docs/packages.md; rows of packages that were not tried stay. What it needs is installed into `.mcore/tools`.
 */
const libraries = librariesToTry(process.argv.slice(2));
const page = join(root, 'docs', 'packages.md');
const marks = /** @type {const} */ ([
  '<!-- packages: made by scripts/try-packages.mjs -->',
  '<!-- end of packages -->',
]);
const END = "\nconsole.log('end of example');\n";

/**
 * Entries of foreign packages that browsers can load as they are, the first that is installed: tfjs in one file, so that there is one
 * engine, and its core by itself where nothing else of it is there.
 */
const FOREIGN = /** @type {Record<string, string[]>} */ ({
  '@tensorflow/tfjs': ['@tensorflow/tfjs/dist/tf.fesm.js'],
  '@tensorflow/tfjs-core': ['@tensorflow/tfjs/dist/tf.fesm.js', '@tensorflow/tfjs-core/dist/tf-core.fesm.js'],
  '@tensorflow/tfjs-backend-cpu': ['@tensorflow/tfjs-backend-cpu/dist/tf-backend-cpu.fesm.js'],
  // of the backend, for drawing random numbers alone
  seedrandom: ['seedrandom/seedrandom.min.js'],
  fflate: ['fflate/esm/browser.js'],
});

const tools = await installTools();
const folder = mkdtempSync(join(tmpdir(), 'mcore-packages-'));
const registry = await startVerdaccio(folder, tools.file('verdaccio/bin/verdaccio'));
const browser = await startBrowser(tools.file);
let failed = 0;
try {
  const released = await releaseInto(folder, registry.url);
  for (const [name, { after }] of released) {
    const answer = await fetch(`${registry.url}/${name.replace('/', '%2f')}/${after}`);
    if (!answer.ok) throw new Error(`expected ${name}@${after} on the registry, got status ${answer.status}`);
  }
  say(`${released.size} packages on Verdaccio`);
  for (const library of libraries) {
    const cells = await tryPackage(library);
    failed += Object.values(cells).filter((cell) => cell.startsWith('FAILED')).length;
    say(`${library.name}: ${JSON.stringify(cells)}`);
    writeRow(library.name, cells);
  }
} finally {
  await browser.close();
  await registry.close();
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(failed === 0 ? 'Everything works.\n' : `${failed} failed.\n`);
process.exitCode = failed === 0 ? 0 : 1;

/** What came of each try, for a cell of the table. */
async function tryPackage(/** @type {import('./release.mjs').Library} */ library) {
  const readme = readmeOf(library);
  const example = exampleOf(readme);
  const specifications = installedFor(library, readme);
  const project = join(folder, library.name.replace('/', '-'));
  const pnpmProject = `${project}-pnpm`;
  const inPage = example && isForPages(library, example.code);
  const code = example?.code ?? `import '${library.name}';\n`;
  const output = example?.output ?? '';
  const expected = (/** @type {string} */ printed) => assertPrinted(printed, output);
  /** @type {Record<string, string>} */
  const cells = {};
  const attempt = async (/** @type {string} */ column, /** @type {() => Promise<string>} */ action) => {
    try {
      cells[column] = await action();
    } catch (error) {
      cells[column] = 'FAILED';
      say(`${library.name}, ${column}: ${/** @type {Error} */ (error).message}`);
    }
  };
  await attempt('npm', async () => {
    await installAlone(project, registry.url, library);
    return inNodes(project, code, expected);
  });
  await attempt('pnpm', async () => {
    emptyProject(pnpmProject, registry.url);
    await run(pnpmProject, process.execPath, [tools.file('pnpm/bin/pnpm.cjs'), 'add', ...specifications]);
    return inNodes(pnpmProject, code, expected);
  });
  await attempt('types', () => checkTypes(library, project));
  if (!inPage) {
    return { ...cells, esbuild: 'Node.js only', vite: 'Node.js only', webpack: 'Node.js only', map: 'Node.js only' };
  }
  writeFileSync(join(project, 'page.js'), code + END);
  for (const [name, bundle] of Object.entries({ esbuild: withEsbuild, vite: withVite, webpack: withWebpack })) {
    await attempt(name, async () => {
      const file = join(project, `${name}.js`);
      await bundle(project, join(project, 'page.js'), file);
      expected(await browser.run(project, `<!doctype html><script type="module" src="/${name}.js"></script>`));
      return `${Math.round(gzipSync(readFileSync(file)).length / 1000)} kB`;
    });
  }
  await attempt('map', async () => {
    const map = JSON.stringify({ imports: importMap(project) });
    const html = `<!doctype html><script type="importmap">${map}</script><script type="module" src="/page.js"></script>`;
    expected(await browser.run(project, html));
    return 'yes';
  });
  return cells;
}

/** Whether an example is for pages too: its imports are, and what it imports is. */
function isForPages(/** @type {import('./release.mjs').Library} */ { directory }, /** @type {string} */ code) {
  const main = readFileSync(join(directory, 'dist', 'index.js'), 'utf8');
  const modules = [...main.matchAll(/(?:from|import) ["'](?:node:)?([^"']+)["']/g)].map(([, module]) => String(module));
  const onlyNode = modules.some((module) => builtinModules.includes(module));
  return !onlyNode && !/from 'node:|\/node'|Buffer\.|process\.|import\.meta/.test(code);
}

/** Runs an example in every Node, each time in a folder where nothing of an earlier run lies. */
async function inNodes(
  /** @type {string} */ project,
  /** @type {string} */ code,
  /** @type {(printed: string) => void} */ expected,
) {
  for (const [version, node] of tools.nodes) {
    const place = join(project, `node-${version}`);
    mkdirSync(place);
    writeFileSync(join(place, 'example.js'), code);
    expected(await run(place, node, ['example.js']));
  }
  return [...tools.nodes.keys()].join(' ');
}

/** Resolves the types of every entry as Node does and as bundlers do; errors inside foreign types are not ours. */
async function checkTypes(
  /** @type {import('./release.mjs').Library} */ { name, json },
  /** @type {string} */ project,
) {
  const entries = Object.keys(json.exports)
    .filter((entry) => !entry.includes('.json') && !entry.includes('*'))
    .map((entry) => (entry === '.' ? name : `${name}/${entry.slice(2)}`));
  const text = entries.map((entry, index) => `export * as entry${index} from '${entry}';\n`).join('');
  writeFileSync(join(project, 'types.mts'), text);
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  for (const [module, resolution] of [
    ['node16', 'node16'],
    ['esnext', 'bundler'],
  ]) {
    const compilerOptions = {
      ...{ noEmit: true, strict: true, skipLibCheck: true, target: 'es2022' },
      ...{ lib: ['es2023', 'dom', 'dom.iterable'], types: [], module, moduleResolution: resolution },
    };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['types.mts'] }));
    const found = await run(project, process.execPath, [tsc, '--project', 'tsconfig.json']).catch(
      (error) => /** @type {Error} */ (error).message,
    );
    if (/error TS/.test(found)) throw new Error(`${resolution}: ${found}`);
  }
  return 'node16, bundler';
}

async function withEsbuild(/** @type {string} */ _, /** @type {string} */ entry, /** @type {string} */ outfile) {
  await esbuild({ entryPoints: [entry], outfile, bundle: true, minify: true, format: 'esm', logLevel: 'error' });
}

async function withVite(/** @type {string} */ project, /** @type {string} */ entry, /** @type {string} */ file) {
  const outDir = join(project, 'vite');
  await vite({
    root: project,
    configFile: false,
    logLevel: 'error',
    build: {
      outDir,
      target: 'es2022',
      minify: true,
      modulePreload: false,
      rollupOptions: { input: entry, output: { entryFileNames: 'page.js', inlineDynamicImports: true } },
    },
  });
  writeFileSync(file, readFileSync(join(outDir, 'page.js')));
}

async function withWebpack(/** @type {string} */ project, /** @type {string} */ entry, /** @type {string} */ file) {
  const webpack = createRequire(tools.file('package.json'))('webpack');
  const compiler = webpack({
    mode: 'production',
    context: project,
    entry,
    target: 'web',
    performance: false,
    output: { path: project, filename: 'webpack.js' },
    // tfjs's own way: its file for Node has these
    resolve: { fallback: { util: false, crypto: false, fs: false, path: false, os: false, perf_hooks: false } },
  });
  /** @type {any} */
  const stats = await new Promise((resolve, reject) =>
    compiler.run((/** @type {Error | null} */ error, /** @type {any} */ result) =>
      error ? reject(error) : resolve(result),
    ),
  );
  if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }));
  if (!existsSync(file)) throw new Error('webpack wrote nothing');
}

/** Where a page finds every package of a project that has a file for pages. */
function importMap(/** @type {string} */ project) {
  const ours = join(project, 'node_modules', '@mcore');
  /** @type {Record<string, string>} */
  const imports = {};
  for (const folder of readdirSync(ours)) {
    const json = JSON.parse(readFileSync(join(ours, folder, 'package.json'), 'utf8'));
    const main = json.exports?.['.']?.default ?? json.exports?.['.']?.import ?? json.exports?.['.'];
    if (typeof main === 'string') imports[json.name] = `/node_modules/@mcore/${folder}/${main.replace('./', '')}`;
  }
  for (const [name, files] of Object.entries(FOREIGN)) {
    const file = files.find((each) => existsSync(join(project, 'node_modules', each)));
    if (file) imports[name] = `/node_modules/${file}`;
  }
  return imports;
}

/** Puts a package's row into the page. */
function writeRow(/** @type {string} */ name, /** @type {Record<string, string>} */ cells) {
  const text = readFileSync(page, 'utf8').replaceAll('\r\n', '\n');
  const [start, end] = [text.indexOf(marks[0]), text.indexOf(marks[1])];
  if (start < 0 || end < start) throw new Error(`expected ${marks.join(' and ')} in ${page}`);
  const columns = ['npm', 'pnpm', 'types', 'esbuild', 'vite', 'webpack', 'map'];
  const row = `| ${name.replace('@mcore/', '')} | ${columns.map((column) => cells[column]).join(' | ')} |`;
  const kept = text
    .slice(start, end)
    .split('\n')
    .filter((line) => /^\| [a-z]/.test(line) && !line.startsWith('| package |'))
    .filter((line) => !line.startsWith(`| ${name.replace('@mcore/', '')} |`));
  const header =
    '| package | npm: example in Node | pnpm: example in Node | types | esbuild | Vite | webpack | import map |';
  const rows = [header, `|${' --- |'.repeat(8)}`, ...[...kept, row].sort()];
  const made = `Node ${process.versions.node.split('.')[0]} with npm and pnpm, ${browser.version}; sizes are of the example with all that it needs, minified and compressed.`;
  writeFileSync(page, `${text.slice(0, start)}${marks[0]}\n\n${made}\n\n${rows.join('\n')}\n\n${text.slice(end)}`);
}
