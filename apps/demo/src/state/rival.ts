import { computed, effect, untracked } from '@preact/signals';
import { scoredOf } from '../library/item.js';
import { fileOf, items } from '../library/library.js';
import { loadPictures, showExemplar } from './pictures.js';
import * as store from './store.js';

/** That video with what was found of it. */
export const rival = computed(() => {
  const item = items.value.find(({ id }) => id === store.rivalId.value);
  const scored = item && scoredOf(item);
  if (!item || !scored) return null;
  const { seconds } = item.kept!.verdict;
  return { item, scored, from: seconds[0] ?? 0, to: seconds.at(-1) ?? 0 };
});

/** Loads its pictures when one is chosen, and those of the comparison dive when none is. */
export function followRival(): void {
  effect(() => {
    const id = store.rivalId.value;
    // another verdict has freed the pictures
    const hasVerdict = store.verdict.value !== null;
    if (hasVerdict) untracked(() => void (id === null ? showExemplar(store.chosenExemplar.value) : showRival()));
  });
}

async function showRival(): Promise<void> {
  const chosen = rival.value;
  const file = chosen && (await fileOf(chosen.item.id));
  if (!chosen || !file) return;
  const source = { kind: 'file', file, name: chosen.item.name } as const;
  await loadPictures('exemplar', source, [chosen.from, chosen.to]).catch(() => {});
}
