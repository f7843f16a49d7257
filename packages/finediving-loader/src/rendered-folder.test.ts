import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError } from '@mcore/errors';
import { afterAll, expect, it } from 'vitest';
import { openFineDiving } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'mcore-rendered-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a folder of rendered dives says so, for every report to repeat', async () => {
  expect((await openFineDiving(folder, { labels: 'bundled' })).description).toMatch(/^FineDiving, 3000 clips/);
  writeFileSync(join(folder, 'rendered.json'), '{"rendered": true, "version": 2}');
  const dataset = await openFineDiving(folder, { labels: 'bundled' });
  expect(dataset.rendered).toBe(true);
  expect(dataset.description).toMatch(/^rendered dives in FineDiving's layout, 3000 clips/);
});

it('dives rendered from the labels that were one frame early are refused', async () => {
  writeFileSync(join(folder, 'rendered.json'), '{"rendered": true, "version": 1}');
  await expect(openFineDiving(folder)).rejects.toThrow(
    new DataError(
      `openFineDiving: expected dives rendered by version 2 of the renderer or later in ${folder}, got version 1, whose labels were one ` +
        'frame early. Render them again into another folder (mcore data render).',
    ),
  );
});
