import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '@mcore/errors';
import { type MCoReConfig, presetConfig } from '@mcore/model';
import { merge } from '@mcore/training';
import { RunFiles, writeFileAtomically } from '@mcore/training/node';
import type { Command } from 'commander';
import { parseSetting, readRunConfig } from './read-config.js';
import { type RunConfig, type RunOptions, runSchema } from './run-schema.js';

/** What a training run is to do: presets, files and options put together. */
export interface TrainSettings {
  config: MCoReConfig;
  run: RunOptions;
}

/** Options of `mcore train` that settings are made of, besides those of {@link RunOptions}. */
export interface SettingsOptions extends RunOptions {
  preset: string;
  config?: string;
  set: string[];
  epochs?: number;
  batch?: number;
  resume: boolean;
}

/** Options of a run that may differ when it is gone on with: they change no number. */
const FREE: ReadonlySet<string> = new Set([
  'data',
  'videos',
  'cache',
  'out',
  'init',
  'engine',
  'workers',
  'checkpointEvery',
  'keepEvery',
]);

/**
 * Puts settings together; later ones win: the preset, the file of `--config` (on `--resume`, the saved settings of the run before
 * it), `--set`, and options given on the command line.
 *
 * @throws {@link DataError} if the file or a setting is not valid, or a run is gone on with under other settings.
 */
export async function trainSettings(command: Command, options: SettingsOptions): Promise<TrainSettings> {
  const isGiven = (name: string) => command.getOptionValueSource(name) === 'cli';
  let file: RunConfig = options.config === undefined ? {} : await readRunConfig(options.config);
  for (const setting of options.set) file = merge(file, parseSetting(setting));
  const out = isGiven('out') ? options.out : (file.run?.out ?? options.out);
  const saved = options.resume ? await savedSettings(out) : undefined;
  const layered = merge(saved ?? {}, file);

  const preset = isGiven('preset') ? options.preset : (layered.preset ?? options.preset);
  const { run: runOfFile = {}, ...modelOfFile } = layered;
  const config = merge<MCoReConfig>(presetConfig(preset), { ...modelOfFile, preset: preset as MCoReConfig['preset'] });
  if (options.batch !== undefined) config.optimiser.batchSize = options.batch;
  if (options.epochs !== undefined) config.optimiser.epochs = options.epochs;

  const run = { ...pickRunOptions(options as unknown as Record<string, unknown>) } as Record<string, unknown>;
  for (const [name, value] of Object.entries(runOfFile)) if (!isGiven(name)) run[name] = value;
  // passes over the clips, asked for on the command line, instead of the file's steps
  if (options.epochs !== undefined && !isGiven('steps') && !saved) delete run.steps;
  const settings = { config, run: { ...run, out } as unknown as RunOptions };
  if (saved) assertSame(saved, settings, settingsPath(out));
  return settings;
}

/** Where a run keeps its settings. */
export function settingsPath(out: string): string {
  return join(out, 'config.json');
}

/** Keeps the settings with the run, as a file that `--config` takes again. */
export async function saveSettings({ config, run }: TrainSettings, totalSteps: number): Promise<void> {
  const text = JSON.stringify({ ...config, run: { ...run, steps: totalSteps } }, null, 2);
  await writeFileAtomically(settingsPath(run.out), `${text}\n`);
}

async function savedSettings(out: string): Promise<RunConfig | undefined> {
  const path = settingsPath(out);
  if (existsSync(path)) return readRunConfig(path);
  if (existsSync(new RunFiles(out).last)) return undefined; // a run from before settings were kept
  throw new DataError(`mcore train: expected a run to go on with in ${out}, got none.`);
}

/** A run that is gone on with under other settings would end with numbers that nothing gives again. */
function assertSame(saved: RunConfig, { config, run }: TrainSettings, path: string): void {
  const kept = Object.fromEntries(Object.entries(run).filter(([name]) => !FREE.has(name)));
  const before = new Map(leaves(saved));
  const now = new Map(leaves({ ...config, run: kept }));
  const differences = [...now].filter(([name, value]) => before.has(name) && before.get(name) !== value);
  if (differences.length > 0) {
    const listed = differences.map(([name, value]) => `${name} ${value} instead of ${before.get(name)}`);
    throw new DataError(
      `mcore train: expected the settings of ${path} to go on with the run, got ${listed.join(', ')}.`,
    );
  }
}

/** Every value by its path, as JSON; lists count as values. */
function leaves(value: unknown, path = ''): [string, string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, inner]) =>
    inner === undefined ? [] : leaves(inner, path === '' ? key : `${path}.${key}`),
  );
}

function pickRunOptions(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = Object.keys(runSchema.properties);
  return Object.fromEntries(names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
}
