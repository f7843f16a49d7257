import { effect, signal } from '@preact/signals';
import { readSetting, writeSetting } from './database.js';

/** Names of the stages that a person marks, in order; empty for those of a dive. */
export const stageNamesSetting = signal<readonly string[]>([]);

/** Reads the names of earlier visits, and keeps changes. */
export async function restoreStageNames(): Promise<void> {
  const kept = await readSetting<unknown>('stageNames').catch(() => undefined);
  stageNamesSetting.value = stageNamesOf(kept) ?? stageNamesSetting.value;
  effect(() => {
    void writeSetting('stageNames', stageNamesSetting.value).catch(() => {});
  });
}

/** A list of names out of a file or a database; `undefined` if it is something else. */
export function stageNamesOf(value: unknown): readonly string[] | undefined {
  const isList = Array.isArray(value) && value.every((each) => typeof each === 'string');
  return isList ? value : undefined;
}
