import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chooseExemplars } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import { fixtureFolder, temporaryFolder } from '@mcore/testing/finediving-frames';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadExemplars, openFineDiving, saveExemplars } from './index.js';

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => rm(folder, { recursive: true }));

it('keeps a choice in a file, whole or not at all', async () => {
  const { clips } = await openFineDiving(fixtureFolder('list-pickles'));
  const [training, queries] = ['train', 'test'].map((split) => clips.filter((clip) => clip.split === split));
  const choice = chooseExemplars(queries!, training!, { count: 2, seed: 'run 1' });
  const path = join(folder, 'exemplars.json');
  await saveExemplars(path, choice);
  expect(await loadExemplars(path, clips)).toEqual(choice);
  expect(choice.lists.get('Cup_Men3m_final_r2__0')).toEqual({ exemplars: ['01__1'], match: 'same' });
  // 5154b has no training clip here; 5253b and 107b are nearest
  expect(choice.lists.get('01__2')).toMatchObject({ match: 'nearest' });
  expect(await readdir(folder)).toEqual(['exemplars.json']);
});

it('says in one line what is wrong', async () => {
  const missing = join(folder, 'missing.json');
  await expect(loadExemplars(missing, [])).rejects.toThrow(
    new DataError(`loadExemplars: expected a file of exemplars at ${missing}, got nothing there.`),
  );
  const other = join(folder, 'other.json');
  await writeFile(other, '{}');
  await expect(loadExemplars(other, [])).rejects.toThrow(
    new DataError('parseExemplars: expected format mcore-exemplars version 1, got undefined version undefined.'),
  );
});
