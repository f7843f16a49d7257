import { effect, untracked } from '@preact/signals';
import { changeItem, currentId } from '../library/library.js';
import { stageNamesSetting } from '../library/stage-names.js';
import { namesInUse } from '../stages.js';
import { judgeName } from './judge-link.js';
import * as store from './store.js';

/** Keeps what is found and corrected of the video that is looked at in the library, for as long as the page is open. */
export function followShown(): void {
  effect(() => {
    const verdict = store.verdict.value;
    const corrected = store.corrected.value;
    const judged = store.judged.value;
    if (!verdict || !judged) return;
    untracked(() => {
      const id = currentId.value;
      if (!id) return;
      const { trim, diveNumber, at } = judged;
      const kept = { verdict, corrected, trim, className: diveNumber, judge: judgeName() ?? '', at: at.getTime() };
      changeItem(id, { status: 'judged', trouble: null, kept, className: diveNumber });
    });
  });
  // a judge of another action has stages of its own
  effect(() => {
    namesInUse.value = store.areDives.value ? [] : stageNamesSetting.value;
  });
  effect(() => {
    const facts = store.facts.value;
    if (!facts) return;
    untracked(() => {
      const { durationSeconds, frameCount } = facts;
      if (currentId.value) changeItem(currentId.value, { durationSeconds, frameCount });
    });
  });
}
