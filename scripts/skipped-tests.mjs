import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './packages.mjs';

/** Reasons to skip that are accepted in CI, each with why nothing can be done about it there. */
const LIST = join(root, 'test', 'allowed-skips.json');

/**
 * @typedef {{ reason: string, tests: string[] }} Skipped
 * @typedef {{ testResults: { assertionResults: { status: string, title: string, ancestorTitles: string[] }[] }[] }} Report
 *   Of vitest's reporter `json`.
 */

/**
 * Skipped tests by reason, the most frequent first. The reason stands in the name of a test or of a suite around it, after
 * ": skipped, ".
 *
 * @param {Report} report
 * @returns {Skipped[]}
 */
export function skippedTests({ testResults }) {
  /** @type {Map<string, string[]>} */
  const found = new Map();
  for (const { status, title, ancestorTitles } of testResults.flatMap(({ assertionResults }) => assertionResults)) {
    if (!['skipped', 'pending', 'todo', 'disabled'].includes(status)) continue;
    const [reason = 'no reason given'] = [...ancestorTitles, title].flatMap(
      (name) => /: skipped, (.+)$/.exec(name)?.[1] ?? [],
    );
    found.set(reason, [...(found.get(reason) ?? []), [...ancestorTitles, title].join(' > ')]);
  }
  return [...found].map(([reason, tests]) => ({ reason, tests })).sort((a, b) => b.tests.length - a.tests.length);
}

/**
 * The lines that say so.
 *
 * @param {Skipped[]} skipped
 * @returns {string}
 */
export function listSkipped(skipped) {
  const total = skipped.reduce((sum, { tests }) => sum + tests.length, 0);
  const lines = skipped.map(({ reason, tests }) => `  ${String(tests.length).padStart(4)}  ${reason}`);
  return [`${total} tests were skipped${total === 0 ? '.' : ':'}`, ...lines].join('\n');
}

/**
 * Those whose reason is not in test/allowed-skips.json. An entry allows every reason that begins with it.
 *
 * @param {Skipped[]} skipped
 * @param {{ reason: string, why: string }[]} [allowed]
 */
export function unlistedSkips(skipped, allowed = JSON.parse(readFileSync(LIST, 'utf8'))) {
  return skipped.filter(({ reason }) => !allowed.some((entry) => reason.startsWith(entry.reason)));
}
