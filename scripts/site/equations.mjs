import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../packages.mjs';

/** A row of the table between the comments `equations:` in ARCHITECTURE.md. */
const ROW = /^\| (\d+) \| (.+) \| `(.+)` \| \[.+\]\((packages\/([a-z-]+)\/.+)\) \|$/;

/**
 * The page that leads from each equation of the paper to the API of the code that computes it, from ARCHITECTURE.md's table.
 *
 * @param {string} api Folder of the API's pages.
 * @returns {string} Markdown.
 */
export function equationsPage(api) {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const rows = text.split('\n').flatMap((line) => {
    const [, number, what, code = '', file, folder] = ROW.exec(line) ?? [];
    return number === undefined
      ? []
      : [`| ${number} | ${what} | ${linkOf(api, `@mcore/${folder}`, code)} | \`${file}\` |`];
  });
  if (rows.length === 0) throw new Error('ARCHITECTURE.md: expected a table of equations, found none.');
  return `# Equations

Every numbered equation of An, Qi and Ma, "Multi-stage Contrastive Regression for Action Quality Assessment", ICASSP 2024, and the code that computes it.
\`MCoRe.forward\` is the method on one screen; the others are its steps, its losses and its vote. A test checks that each function names its equation.

| equation | what it is | code | file |
| --- | --- | --- | --- |
${rows.join('\n')}

[Concepts](../guides/concepts.md) explains the same without formulas, and [equal to the original](../evidence/parity.md) compares every part with PyTorch.
`;
}

/** @param {string} api @param {string} name @param {string} code */
function linkOf(api, name, code) {
  const file = join(api, `${name}.md`);
  if (!existsSync(file)) return `\`${code}\``;
  const [first = ''] = code.split('.');
  const page = readFileSync(file, 'utf8');
  const exported = new RegExp(`^### ${first}(\\\\?\\(\\\\?\\))?$`, 'm').test(page);
  return `[\`${code}\`](../api/${name}.md${exported ? `#${first.toLowerCase()}` : ''})`;
}
