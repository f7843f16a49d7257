import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { openFineDiving } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'mcore-rendered-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('a folder of rendered dives says so, for every report to repeat', async () => {
  expect((await openFineDiving(folder)).description).toMatch(/^FineDiving, 3000 clips/);
  writeFileSync(join(folder, 'rendered.json'), '{"rendered": true}');
  const dataset = await openFineDiving(folder);
  expect(dataset.rendered).toBe(true);
  expect(dataset.description).toMatch(/^rendered dives in FineDiving's layout, 3000 clips/);
});
