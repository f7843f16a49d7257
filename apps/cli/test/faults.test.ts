import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@mcore/random';
import { because } from '@mcore/testing/skips';
import { afterAll, expect, it } from 'vitest';
import { fillDisk, limitFiles, noDisk, noLimit } from '../../../scripts/faults/folders.mjs';
import { killAtRandom, killables, prepareKills } from '../../../scripts/faults/kills.mjs';
import { runTwice } from '../../../scripts/faults/locks.mjs';
import { scoreMany } from '../../../scripts/faults/videos.mjs';

// a short form of scripts/try-faults.mjs, which writes docs/reliability.md
const folder = mkdtempSync(join(tmpdir(), 'mcore-faults-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const place = () => mkdtempSync(join(folder, 'case-'));
const random = Random.for(1, 'faults');

it('scores every good video of a list and names every broken one', { timeout: 300_000 }, async () => {
  const options = { count: 12, broken: 5, random: () => random.uniform(), long: false };
  expect(await scoreMany(place(), options)).toMatchObject({ scored: 7, named: 5 });
});

it.each(['render', 'import'] as const)(
  '%s, killed at random moments and resumed, leaves the same bytes as undisturbed',
  { timeout: 300_000 },
  async (name) => {
    const where = place();
    await prepareKills(where, [name]);
    await killAtRandom(where, killables[name](), { kills: 2, perRun: 2, random: () => random.uniform() });
  },
);

it('lets one run at a time into a folder, and none be kept out by a killed one', { timeout: 300_000 }, async () => {
  expect(await runTwice(place(), 'render')).toMatch(
    /^Failed: out is locked by mcore data render \(process \d+ on .*\)\. Wait for it or choose another folder; if nothing runs there, delete out.\.mcore\.lock\. \(ERR_MCORE_LOCKED\)$/,
  );
});

it.skipIf(noDisk !== null)(
  `a full disk is one line, and what was there stays${because(noDisk)}`,
  { timeout: 300_000 },
  async () => {
    for (const message of await fillDisk(place(), { training: false })) {
      expect(message).toMatch(
        /^Failed: the disk is full, nothing more can be written.*; what was written before is whole\. \(ENOSPC\)$/,
      );
    }
  },
);

it.skipIf(noLimit !== null)(`files limited in size are one line${because(noLimit)}`, { timeout: 300_000 }, async () => {
  expect(await limitFiles(place())).toMatch(/^Failed: can't .* \(EFBIG\)$/);
});
