import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hasVulkanDriver } from './dawn.js';

it.skipIf(process.platform !== 'linux')('finds Vulkan drivers where the loader looks, and nowhere else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcore-vulkan-'));
  const empty = join(folder, 'empty');
  const nowhere = { XDG_CONFIG_HOME: empty, XDG_CONFIG_DIRS: empty, XDG_DATA_HOME: empty, XDG_DATA_DIRS: empty };
  const registered = join(folder, 'share', 'vulkan', 'icd.d');
  mkdirSync(registered, { recursive: true });
  const elsewhere = { ...nowhere, XDG_DATA_DIRS: `${empty}:${join(folder, 'share')}` };
  // folders that no variable names are the machine's own
  const onMachine = hasVulkanDriver(nowhere);
  expect(hasVulkanDriver(elsewhere)).toBe(onMachine);
  writeFileSync(join(registered, 'driver.json'), '{}');
  expect(hasVulkanDriver(elsewhere)).toBe(true);
  expect(hasVulkanDriver({ ...nowhere, VK_DRIVER_FILES: join(registered, 'driver.json') })).toBe(true);
  rmSync(folder, { recursive: true });
});
