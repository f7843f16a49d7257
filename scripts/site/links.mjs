import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { root } from '../packages.mjs';

const repository = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).repository?.url?.replace(
  /^git\+|\.git$/g,
  '',
);

/**
 * Rewrites the links of a page from where its file lies in the repository to where pages lie on the site. Links to files that are not on the site
 * lead to the repository's address, or become plain text until there is one.
 *
 * @param {string} text Markdown.
 * @param {{ source: string, path: string }} page
 * @param {ReadonlyMap<string, string>} sites Path on the site, without ending, by source.
 * @param {(source: string) => string} assetOf Copies a picture and returns its path on the site.
 */
export function siteLinks(text, page, sites, assetOf) {
  const parts = text.split(/(^```[\s\S]*?^```$)/m); // code stays as it is
  return parts.map((part, at) => (at % 2 === 1 ? part : rewrite(part, page, sites, assetOf))).join('');
}

/** @type {typeof siteLinks} */
function rewrite(text, page, sites, assetOf) {
  return text.replace(/(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g, (whole, picture, label, target) => {
    if (/^[a-z]+:|^#|^\//.test(target)) return whole;
    const [file = '', anchor] = target.split('#');
    const place = posix.normalize(posix.join(posix.dirname(page.source), file)).replace(/\/$/, '');
    const hash = anchor === undefined ? '' : `#${anchor}`;
    if (picture) return `![${label}](${toSite(page.path, assetOf(place))})`;
    const known = sites.get(place) ?? sites.get(`${place}/README.md`);
    if (known !== undefined) return `[${label}](${toSite(page.path, `${known}.md`)}${hash})`;
    if (!existsSync(join(root, place)))
      throw new Error(`${page.source}: expected a file at ${place}, found none. Mend the link.`);
    return repository ? `[${label}](${repository}/blob/main/${place}${hash})` : label;
  });
}

/** @param {string} from @param {string} to */
function toSite(from, to) {
  const path = posix.relative(dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
}
