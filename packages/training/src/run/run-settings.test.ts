import { McoreError } from '@mcore/errors';
import { encodeCheckpoint, presetConfig } from '@mcore/model';
import { describe, expect, it } from 'vitest';
import { openRun } from './run-settings.js';
import { MemoryRunStore, runFiles } from './run-store.js';

const settings = { kind: 'fit', seed: 0, config: { loss: { weight: 1 } }, patience: null };
const bytes = new Uint8Array([1]);

describe('openRun', () => {
  it('resumes a run under the same settings, from its checkpoint if it has one', async () => {
    const store = new MemoryRunStore();
    expect(await openRun(store, settings, 'resume')).toBe(false);
    // killed before its first checkpoint: it begins again
    expect(await openRun(store, settings, 'resume')).toBe(false);
    await store.write(runFiles.last, bytes);
    expect(await openRun(store, settings, 'resume')).toBe(true);
  });

  it('compares every setting, those that only one of the two has included', async () => {
    const store = new MemoryRunStore();
    await openRun(store, settings, 'resume');
    const other = { kind: 'fit', seed: 'x', config: { loss: { weight: 0 } }, init: 'ab' };
    await expect(openRun(store, other, 'resume')).rejects.toThrow(
      new McoreError(
        'ERR_MCORE_SETTINGS',
        'expected the settings that the run in memory was begun with, got seed "x" instead of 0, config.loss.weight 0 instead of 1, patience none instead of null, init "ab" instead of none. Use the same, choose another folder, or start over.',
      ),
    );
  });

  it('resumes a run with more steps where these may grow, and keeps their number', async () => {
    const store = new MemoryRunStore();
    await openRun(store, { ...settings, steps: 300 }, 'resume');
    await store.write(runFiles.last, bytes);
    const more = { ...settings, steps: 600 };
    await expect(openRun(store, more, 'resume')).rejects.toThrow('got steps 600 instead of 300.');
    expect(await openRun(store, more, 'resume', ['steps'])).toBe(true);
    // from now on it has 600, and fewer are refused
    expect(await openRun(store, more, 'resume')).toBe(true);
    await expect(openRun(store, { ...settings, steps: 300 }, 'resume', ['steps'])).rejects.toThrow(
      'got steps 300 instead of 600.',
    );
    await expect(openRun(store, { ...more, steps: 900, seed: 1 }, 'resume', ['steps'])).rejects.toThrow(
      'got seed 1 instead of 0.',
    );
  });

  it('keeps nothing of the run before it where a run starts over', async () => {
    const store = new MemoryRunStore();
    await openRun(store, settings, 'resume');
    for (const file of [runFiles.last, runFiles.best, runFiles.bank, runFiles.kept(4)]) await store.write(file, bytes);
    const log = await store.openLog(0);
    await log.add({ kind: 'step', step: 0 });
    expect(await openRun(store, { ...settings, seed: 1 }, 'start-over')).toBe(false);
    expect(await store.read(runFiles.best)).toBeUndefined();
    expect(await store.read(runFiles.bank)).toBeUndefined();
    expect(await store.read(runFiles.kept(4))).toBeUndefined();
    expect(await store.readLog()).toEqual([]);
  });

  it('compares the configuration and the seed of a run that an earlier version began', async () => {
    const store = new MemoryRunStore();
    const config = presetConfig('laptop');
    const info = { config, labelRange: { min: 0, max: 1 }, trainedOn: 'clips', seed: 0, step: 4 };
    await store.write(runFiles.last, encodeCheckpoint({ info, tensors: new Map(), optimiser: new Map() }));
    expect(await openRun(store, { ...settings, config }, 'resume')).toBe(true);
    await store.remove(runFiles.settings);
    await expect(openRun(store, { ...settings, config, seed: 2 }, 'resume')).rejects.toThrow(
      'got seed 2 instead of 0.',
    );
  });
});
