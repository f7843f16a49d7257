import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Converter, MinimalSourceFile, ReflectionKind } from 'typedoc';
import { drawArrows } from './draw-arrows.mjs';
import { root } from './packages.mjs';

/**
 * TypeDoc plugin: modules go by the names they are imported by (`@mcore/video/node`, not `video/src/node`), a package's README is
 * the page of its main module, other pages go by their headings, and links to the classes of `@mcore/errors` work in files that don't import them.
 *
 * One program for all packages and this takes seconds; TypeDoc's own `packages` strategy makes a program for each.
 *
 * @param {import('typedoc').Application} app
 */
export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Module)) return;
    const [, folder, entry] = /^(?:packages\/)?([a-z-]+)\/src(?:\/([a-z]+))?$/.exec(reflection.name) ?? [];
    if (folder === undefined) return;
    const isMain = entry === undefined || entry === 'index';
    const { name } = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'));
    reflection.name = isMain ? name : `${name}/${entry}`;
    const readme = join(root, 'packages', folder, 'README.md');
    if (!isMain || !existsSync(readme)) return;
    // the page has the package's name as its title already
    const text = readFileSync(readme, 'utf8').replace(/^# .*\n/, '');
    const file = new MinimalSourceFile(text, readme);
    reflection.readme = app.converter.parseRawComment(file, context.project.files).content;
  });

  // pages without a title in front matter, which GitHub would show, go by their first heading
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => {
    const text = document.content.map((/** @type {{ text: string }} */ { text }) => text).join('');
    const [, heading] = /^# (.+)$/m.exec(text) ?? [];
    if (heading && document.frontmatter.title === undefined) document.name = heading;
    document.frontmatter.group ??= groupOf(app.files.getReflectionPath(document) ?? '');
    // GitHub draws these itself
    for (const part of document.content) {
      const [, graph] = /^```mermaid\n([\s\S]*)```$/.exec(part.text) ?? [];
      if (graph) Object.assign(part, { kind: 'text', text: drawArrows(graph) });
    }
  });

  // pages in the order in which docs/index.md names them
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const index = readFileSync(join(root, 'docs', 'index.md'), 'utf8');
    const place = (/** @type {import('typedoc').DocumentReflection} */ document) => {
      const at = index.indexOf(`${basename(app.files.getReflectionPath(document) ?? '')})`);
      return at < 0 ? index.length : at;
    };
    project.documents?.sort((a, b) => place(a) - place(b));
    project.childrenIncludingDocuments?.sort((a, b) =>
      a.isDocument() && b.isDocument() ? place(a) - place(b) : Number(b.isDocument()) - Number(a.isDocument()),
    );
  });

  app.converter.addUnknownSymbolResolver((reference, from) => {
    const path = reference.symbolReference?.path ?? [];
    if (path.length !== 1) return undefined;
    const target = from.project
      .getReflectionsByKind(ReflectionKind.Class)
      .find(({ name, parent }) => name === path[0]?.path && parent?.name === '@mcore/errors');
    return target && { target };
  });
}

/** The heading in the navigation that a page stands under. */
function groupOf(/** @type {string} */ path) {
  if (path.includes('/guides/')) return 'Guides';
  if (path.includes('/decisions/')) return 'Decisions';
  return path.includes('/docs/') ? 'Tried and measured' : 'Working on it';
}
