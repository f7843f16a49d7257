import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../scripts/packages.mjs';

/**
 * Phrases that a reader has to read twice, in messages, docs, comments and names of tests, each with what to write instead. They came into this
 * project as word-by-word translations. A phrase belongs here only if it is wrong wherever it stands.
 */
const PHRASES: readonly [phrase: RegExp, instead: string][] = [
  [/\bwanted [^.`]{1,60}, got\b/i, 'expected X, got Y: what the other messages say'],
  [/\bgone on with\b|\bgoes? on (with it|to the bit|where it was)\b/i, 'resumed, continues'],
  [/\bto the (last )?bit\b(?! that)/i, 'bit-exact'],
  [
    /\bat most so (many|much|often)\b|\bso (many|often) (a|an|the) \b|\bdraw exemplars so often\b/i,
    'a number with its name: max N per clip',
  ],
  [/\b(number|float|size|limit|character|exemplar|shard|lock|bank) that is none\b/i, 'not a number, an invalid size'],
  [/\bif (a|the) \w+ is none\b/i, 'is invalid, is missing'],
  [/\bor is wanting\b|\bis wanting\b/i, 'is missing'],
  [/\bother many\b|\bhas as many others\b/i, 'a different number of'],
  [/\b(look|looks) at validation\b/i, 'evaluation on validation'],
  [/\bdrawn as video\b/i, 'rendered'],
  [/\bis to be had\b|\bare to be had\b|\bcan't be had\b/i, 'is available, is not available'],
  [/\bno judge of\b(?! real dives)/i, 'cannot judge'],
  [/\bpass(es|ed) over (it|them|masks|the rest)\b/i, 'skips, ignores'],
  [/\bgives? again\b/i, 'reproduces'],
  [/\bcomes? into being\b/i, 'is created'],
  [/\bsays not by whom\b|\bknows? not\b|\bsays? not\b/i, 'does not say, does not know'],
  [/\bgot bytes that are none\b/i, 'is not valid UTF-8'],
  [/\bwithout a sign of life\b/i, 'without a heartbeat'],
  [/\bin one line or none\b/i, 'in at most one line'],
];

/** Files that record what was said before, quote others, or hold this list. */
const EXEMPT =
  /(^|\/)(CHANGELOG\.md|LICENSE|NOTICE.*)$|^\.changeset\/|^test\/language\.test\.ts$|^docs\/reliability\.md$|__fixtures__|\.json$/;

it('messages, docs and comments are free of phrases that have to be read twice', () => {
  const files = execFileSync(
    'git',
    ['ls-files', '*.ts', '*.tsx', '*.mjs', '*.md', '*.py', '*.c', '*.h', '*.html', '*.yml'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  const found = files
    .split('\n')
    .filter((file) => file !== '' && !EXEMPT.test(file) && existsSync(join(root, file)))
    .flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .flatMap((line, at) =>
          PHRASES.filter(([phrase]) => phrase.test(line)).map(
            ([phrase, instead]) => `${file}:${at + 1}: "${phrase.exec(line)![0]}": write ${instead}`,
          ),
        ),
    );
  expect(found).toEqual([]);
});
