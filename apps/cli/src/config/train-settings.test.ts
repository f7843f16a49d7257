import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { presets } from '@mcore/model';
import { Command } from 'commander';
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
  const command = new Command('train')
    .option('--preset <name>', '', 'laptop')
    .option('--config <file>')
    .option('--set <setting>', '', (value: string, before: string[]) => [...before, value], [])
    .option('--out <dir>', '', join(folder, 'default'))
    .option('--seed <n>', '', Number, 0)
    .option('--steps <n>', '', Number)
    .option('--epochs <n>', '', Number)
    .option('--batch <n>', '', Number)
    .option('--checkpoint-every <n>', '', Number, 50)
    .option('--resume', '', false);
  command.parse(words, { from: 'user' });
  return trainSettings(command, command.opts<SettingsOptions>());
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
    expect((await settingsOf('--out', out, '--resume', '--checkpoint-every', '5')).run.checkpointEvery).toBe(5);
  });
});
