import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './packages.mjs';

/**
 * `node scripts/old-measurements.mjs`: lists the measurements in README and docs whose code has changed since. Each measurement stands in a line
 *
 *     _Measured with `COMMAND` at commit HASH on DATE. Code: `PATH`, `PATH`._
 */
const LINE =
  /_Measured with `([^`]+)` at commit ([0-9a-f]{7,40}) on (\d{4}-\d{2}-\d{2})\. Code: ((?:`[^`]+`(?:, )?)+)\._/g;

/**
 * The measurements of all Markdown files.
 *
 * @returns {{ file: string, line: number, command: string, commit: string, date: string, paths: string[] }[]}
 */
export function measurements() {
  const files = git('ls-files', '*.md').filter((file) => !/CHANGELOG|^\.changeset/.test(file));
  return files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return [...text.matchAll(LINE)].map((match) => {
      const [, command = '', commit = '', date = '', paths = ''] = match;
      const line = text.slice(0, match.index).split('\n').length;
      return {
        file,
        line,
        command,
        commit,
        date,
        paths: [...paths.matchAll(/`([^`]+)`/g)].map(([, path]) => String(path)),
      };
    });
  });
}

/**
 * Commits since a measurement that change its code, tests, documentation and comments in Markdown aside.
 *
 * @param {{ commit: string, date: string, paths: readonly string[] }} measurement
 */
export function changesSince({ commit, date, paths }) {
  const code = [...paths, ':!*.test.ts', ':!*.md', ':!**/__fixtures__/**'];
  try {
    return git('log', '--format=%h %s', `${commit}..HEAD`, '--', ...code);
  } catch {
    // a clone without that commit, as a shallow one
    return git('log', '--format=%h %s', `--since=${date}T23:59:59`, '--', ...code);
  }
}

/** @param {readonly string[]} args @returns {string[]} Lines. */
function git(...args) {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    .split('\n')
    .filter(Boolean);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const measurement of measurements()) {
    const { file, line, command, date } = measurement;
    const changes = changesSince(measurement);
    const state = changes.length === 0 ? 'current' : `${changes.length} commits since, last: ${changes[0]}`;
    process.stdout.write(`${file}:${line}  ${date}  ${command}\n  ${state}\n`);
  }
}
