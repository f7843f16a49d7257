import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { presets } from '@mcore/model';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type SettingsOptions,
  saveSettings,
  settingsPath,
  type TrainSettings,
  trainSettings,
} from './train-settings.js';

const folder = mkdtempSync(join(tmpdir(), 'mcore-settings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `mcore train` with these words would do. */
async function settingsOf(...words: string[]): Promise<TrainSettings> {
  const given: Record<string, unknown> = {};
  for (let at = 0; at < words.length; at++) {
    const name = words[at]!.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (name === 'resume') given.resume = true;
    else if (name === 'set') given.set = [...((given.set ?? []) as string[]), words[++at]!];
    else given[name] = /^\d+$/.test(words[at + 1]!) ? Number(words[++at]) : words[++at];
  }
  const defaults = {
    preset: 'laptop',
    set: [],
    out: join(folder, 'default'),
    seed: 0,
    checkpointEvery: 50,
    resume: false,
  };
  return trainSettings({ ...defaults, ...given } as unknown as SettingsOptions, (name) => name in given);
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('trainSettings', () => {
  it('are the preset where nothing else is said', async () => {
    const { config, run } = await settingsOf();
    expect(config).toEqual(presets.laptop);
    expect(run).toEqual({ out: join(folder, 'default'), seed: 0, checkpointEvery: 50 });
  });

  it('take the file over the preset, --set over the file, and options over all', async () => {
    const path = file(
      'a.yaml',
      'preset: released\nstages: 4\nloss: { contrastive: { weight: 2, temperature: 0.1 } }\nbackbone: { widths: [8] }\noptimiser: { batchSize: 3 }\nrun: { seed: 5, steps: 7 }\n',
    );
    const { config, run } = await settingsOf(
      '--config',
      path,
      '--set',
      'loss.contrastive.weight=0',
      '--batch',
      '4',
      '--seed',
      '0',
    );
    expect(config).toEqual({
      ...presets.released,
      stages: 4,
      backbone: { ...presets.released.backbone, widths: [8] },
      loss: { ...presets.released.loss, contrastive: { form: 'released', temperature: 0.1, weight: 0 } },
      optimiser: { ...presets.released.optimiser, batchSize: 4 },
    });
    // an option that happens to be the default was given all the same
    expect(run).toMatchObject({ seed: 0, steps: 7 });
    expect(presets.released.backbone.widths).toHaveLength(4);
    expect((await settingsOf('--config', path, '--preset', 'paper')).config.decoding).toBe('ordered');
    const epochs = await settingsOf('--config', path, '--epochs', '2');
    expect(epochs.run.steps).toBeUndefined();
    expect(epochs.config.optimiser.epochs).toBe(2);
  });

  it('come back from the file they are kept in', async () => {
    const out = join(folder, 'kept');
    const settings = await settingsOf('--out', out, '--seed', '9', '--set', 'decoding=windowed');
    await saveSettings(settings, 120);
    expect(JSON.parse(readFileSync(settingsPath(out), 'utf8')).run.steps).toBe(120);
    const again = await settingsOf('--config', settingsPath(out));
    expect(again).toEqual({ config: settings.config, run: { ...settings.run, steps: 120 } });
    expect(await settingsOf('--out', out, '--resume')).toEqual(again);
    const more = await settingsOf('--out', out, '--resume', '--epochs', '3');
    expect([more.run.steps, more.config.optimiser.epochs]).toEqual([undefined, 3]);
    expect((await settingsOf('--out', out, '--resume', '--checkpoint-every', '5')).run.checkpointEvery).toBe(5);
  });

  it('name the clips from any folder that a run is resumed from', async () => {
    const out = join(folder, 'moved');
    const settings = await settingsOf('--out', out);
    await saveSettings({ ...settings, run: { ...settings.run, data: 'clips/videos.csv', cache: 'cache' } }, 120);
    const kept = JSON.parse(readFileSync(settingsPath(out), 'utf8')).run;
    expect([kept.data, kept.cache]).toEqual([resolve('clips/videos.csv'), resolve('cache')]);
    // from the same folder they are what was given, so that descriptions stay the same
    expect((await settingsOf('--out', out, '--resume')).run).toMatchObject({ data: join('clips', 'videos.csv') });
    const before = process.cwd();
    process.chdir(folder);
    try {
      const { run } = await settingsOf('--out', out, '--resume');
      expect([run.data, run.cache]).toEqual([kept.data, kept.cache]);
    } finally {
      process.chdir(before);
    }
  });

  it('leave the word rendered alone', async () => {
    const out = join(folder, 'drawn');
    const settings = await settingsOf('--out', out);
    await saveSettings({ ...settings, run: { ...settings.run, data: 'rendered' } }, 1);
    expect((await settingsOf('--out', out, '--resume')).run.data).toBe('rendered');
  });
});
