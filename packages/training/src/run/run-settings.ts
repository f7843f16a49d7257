import { McoreError } from '@mcore/errors';
import { loadCheckpoint, type RunStore, runFiles } from './run-store.js';

/** What decides a run's numbers, as JSON: its kind, the configuration, seeds, steps, the clips. */
export type RunSettings = Readonly<Record<string, unknown>>;

/** What to do with an existing run: resume it, start over, or resume if it is the same run. */
export type ResumeMode = 'resume' | 'start-over';

/**
 * Opens a run: the one rule by which training, pretraining and rows of the benchmark are resumed. A run is resumed under exactly the
 * settings it was begun with; every one is compared, those that only one of the two has included. A run that starts over keeps nothing of
 * the one before it.
 *
 * @param mayGrow - Settings that a resumed run may have larger than before, since they only decide when it ends: the new values are kept.
 * @returns Whether there is a checkpoint to resume from.
 * @throws {@link McoreError} `ERR_MCORE_SETTINGS` that lists the settings that differ.
 */
export async function openRun(
  store: RunStore,
  settings: RunSettings,
  mode: ResumeMode,
  mayGrow: readonly string[] = [],
): Promise<boolean> {
  if (mode === 'start-over') await store.clear();
  const saved = await savedSettings(store);
  const grown = saved && mayGrow.filter((key) => isMore(settings[key], saved[key]));
  if (saved) assertSameSettings({ ...saved, ...pick(settings, grown!) }, settings, store.name);
  if (!saved || grown!.length > 0) await store.write(runFiles.settings, encode(settings));
  return (await store.read(runFiles.last)) !== undefined;
}

function isMore(now: unknown, before: unknown): boolean {
  return typeof now === 'number' && typeof before === 'number' && now > before;
}

function pick(settings: RunSettings, keys: readonly string[]): RunSettings {
  return Object.fromEntries(keys.map((key) => [key, settings[key]]));
}

/** The settings of a run that is there; those of a run that an earlier version kept are read from its checkpoint. */
export async function savedSettings(store: RunStore): Promise<RunSettings | undefined> {
  const bytes = await store.read(runFiles.settings);
  if (bytes) return JSON.parse(new TextDecoder().decode(bytes)) as RunSettings;
  const last = await loadCheckpoint(store, runFiles.last);
  return last && { config: last.info.config, seed: last.info.seed };
}

function encode(settings: RunSettings): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(settings, null, 2)}\n`);
}

function assertSameSettings(saved: RunSettings, settings: RunSettings, name: string): void {
  const before = new Map(leaves(saved));
  const now = new Map(leaves(JSON.parse(JSON.stringify(settings)) as RunSettings));
  const isOld = saved.kind === undefined; // kept by an earlier version, which wrote fewer settings
  const keys = isOld ? [...before.keys()] : [...new Set([...before.keys(), ...now.keys()])];
  const differences = keys.filter((key) => before.get(key) !== now.get(key));
  if (differences.length === 0) return;
  const listed = differences.map((key) => `${key} ${now.get(key) ?? 'none'} instead of ${before.get(key) ?? 'none'}`);
  throw new McoreError(
    'ERR_MCORE_SETTINGS',
    `expected the settings that the run in ${name} was begun with, got ${listed.join(', ')}. Use the same, choose another folder, or start over.`,
  );
}

/** Every value by its path, as JSON; lists count as values. */
function leaves(value: unknown, path = ''): [string, string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
}
