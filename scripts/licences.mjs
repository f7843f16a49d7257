import { fileURLToPath } from 'node:url';
import { publishedDependencies } from './dependencies.mjs';

/**
 * `npm run licences`: the licences of everything that installing our packages brings along; `--json` for machines. A test
 * checks that all of them are in the lists below.
 */

/** Ask for no more than a notice. */
const PERMISSIVE = ['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'Unlicense'];

/** Ask for more, which is met because they are used unchanged and stay files of their own. */
const SEPARATE = ['LGPL-3.0-or-later', 'MPL-2.0'];

/** Packages whose package.json leaves out the licence, or something that matters; looked up by hand. */
const LOOKED_UP = {
  '@shinyoshiaki/jspack': { license: 'BSD-2-Clause', note: 'not in its package.json but in its LICENSE file' },
  'node-av': {
    license: 'MIT',
    note: 'its binary packages (@seydx/node-av-*) hold FFmpeg built with --enable-gpl --enable-version3: GPL-3.0-or-later',
  },
};

/** @param {string} expression - SPDX, as package.json files have it. */
export function isAllowed(expression) {
  const allowed = [...PERMISSIVE, ...SEPARATE];
  const inner = expression.replace(/^\((.*)\)$/, '$1');
  return inner.split(' OR ').some((choice) => choice.split(' AND ').every((license) => allowed.includes(license)));
}

/** Every dependency that is not ours, with its licence and whether that is allowed. */
export function dependencyLicences() {
  return publishedDependencies()
    .filter(({ ours }) => !ours)
    .map((dependency) => {
      const license = LOOKED_UP[dependency.name]?.license ?? dependency.license ?? 'none given';
      return { ...dependency, license, allowed: isAllowed(license), note: LOOKED_UP[dependency.name]?.note };
    });
}

function table() {
  const dependencies = dependencyLicences();
  const licences = [...new Set(dependencies.map(({ license }) => license))].sort();
  return licences.flatMap((license) => [
    `\n${license}`,
    ...dependencies
      .filter((each) => each.license === license)
      .map(({ name, version, note, for: owners }) => {
        const whose = owners.length > 3 ? `${owners.length} packages` : owners.join(', ');
        return `  ${name} ${version}, for ${whose}${note ? ` (${note})` : ''}`;
      }),
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lines = process.argv.includes('--json') ? [JSON.stringify(dependencyLicences(), null, 2)] : table();
  process.stdout.write(`${lines.join('\n')}\n`);
  if (dependencyLicences().some(({ allowed }) => !allowed)) process.exitCode = 1;
}
