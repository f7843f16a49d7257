import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Converter, ReflectionKind, Renderer } from 'typedoc';
import { root } from '../packages.mjs';

/**
 * TypeDoc plugin: modules go by the names they are imported by (`@mcore/video/node`, not `video/src/node`), links to the classes of
 * `@mcore/errors` work in files that don't import them, and the list of modules is kept for the side bar.
 *
 * One program for all packages and this takes seconds; TypeDoc's own `packages` strategy makes a program for each.
 *
 * @param {import('typedoc').Application} app
 */
export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (_, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Module)) return;
    const [, folder, entry] = /^(?:packages\/)?([a-z-]+)\/src(?:\/([a-z]+))?$/.exec(reflection.name) ?? [];
    if (folder === undefined) return;
    const { name } = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'));
    reflection.name = entry === undefined || entry === 'index' ? name : `${name}/${entry}`;
  });

  app.converter.addUnknownSymbolResolver((reference, from) => {
    const path = reference.symbolReference?.path ?? [];
    if (path.length !== 1) return undefined;
    const target = from.project
      .getReflectionsByKind(ReflectionKind.Class)
      .find(({ name, parent }) => name === path[0]?.path && parent?.name === '@mcore/errors');
    return target && { target };
  });

  app.renderer.on(Renderer.EVENT_END, ({ outputDirectory, pages }) => {
    const modules = pages
      .filter(({ model }) => model.isDeclaration?.() && model.kindOf(ReflectionKind.Module))
      .map(({ model, url }) => ({ text: model.name, link: `/api/${url.replace(/\.md$/, '')}` }))
      .sort((a, b) => (a.text < b.text ? -1 : 1));
    writeFileSync(join(outputDirectory, 'sidebar.json'), JSON.stringify(modules));
  });
}
