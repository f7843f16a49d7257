import { existsSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { type MCoReConfig, presetConfig } from '@mcore/model';
import { writeFileAtomically } from '../files/atomic-file.js';
import { merge } from '../fit/merge-config.js';
import { parseSetting, readRunConfig } from './read-config.js';
import { type RunConfig, type RunOptions, runSchema } from './run-schema.js';

/** Settings of a training run, from presets, files and options. */
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

/**
 * Puts settings together; later ones win: the preset, the file of `--config` (on `--resume`, the saved settings of the run before
 * it), `--set`, and options given on the command line.
 *
 * @param isGiven - Whether an option was given, and is not its default.
 * @throws {@link DataError} if the file or a setting is not valid.
 */
export async function trainSettings(
  options: SettingsOptions,
  isGiven: (name: string) => boolean,
): Promise<TrainSettings> {
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
  // passes over the clips, asked for on the command line, instead of steps in a file
  if (options.epochs !== undefined) delete run.steps;
  return { config, run: { ...run, out } as unknown as RunOptions };
}

/** Where a run keeps its settings. */
export function settingsPath(out: string): string {
  return join(out, 'config.json');
}

/** Keeps the settings with the run, as a file that `--config` takes again. */
export async function saveSettings({ config, run }: TrainSettings, totalSteps: number): Promise<void> {
  const text = JSON.stringify({ ...config, run: { ...withPaths(run, resolve), steps: totalSteps } }, null, 2);
  await writeFileAtomically(settingsPath(run.out), `${text}\n`);
}

/** The settings of the run in a folder; undefined if it was killed before it saved them. */
async function savedSettings(out: string): Promise<RunConfig | undefined> {
  const path = settingsPath(out);
  if (!existsSync(path)) return undefined;
  const saved = await readRunConfig(path);
  return saved.run ? { ...saved, run: withPaths(saved.run, nearPath) } : saved;
}

/** The same options with other paths; they are kept absolute, so that a run can be resumed from any folder. */
function withPaths<R extends Partial<RunOptions>>(run: R, change: (path: string) => string): R {
  const changed = { ...run };
  for (const name of ['data', 'videos', 'init', 'cache'] as const) {
    const path = run[name];
    if (path !== undefined && path !== 'rendered') changed[name] = change(path);
  }
  return changed;
}

/** A path from the present folder where it leads down, as it was given at first; else as it is. */
function nearPath(path: string): string {
  const near = relative('.', path);
  return near === '' || near.startsWith('..') || isAbsolute(near) ? path : near;
}

function pickRunOptions(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = Object.keys(runSchema.properties);
  return Object.fromEntries(names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
}
