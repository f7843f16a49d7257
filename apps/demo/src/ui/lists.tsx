import { computed } from '@preact/signals';
import { labelledScore } from '../library/item.js';
import { items } from '../library/library.js';
import { manifestOf } from '../library/manifest.js';
import { importList } from '../state/import-list.js';
import { FileButton } from './file-button.js';
import { download } from './save.js';

const labelled = computed(() => items.value.filter(({ labels }) => labelledScore(labels) !== null).length);

/** Scores and stages of all videos as a list that `mcore train` reads, and from one. */
export function Lists() {
  if (items.value.length === 0) return null;
  return (
    <section class="lists" aria-labelledby="lists-title">
      <div class="heading">
        <h2 id="lists-title">Lists to train on</h2>
        <p>
          {labelled.value} of {items.value.length} videos have a score. The list of them is what{' '}
          <code>mcore train</code> reads; a saved library has it beside the videos.
        </p>
      </div>
      <div class="tools">
        <button
          type="button"
          disabled={labelled.value === 0}
          onClick={() => download('videos.csv', 'text/csv', manifestOf(items.value).text)}
        >
          Save the list (CSV)
        </button>
        <FileButton label="Read scores from a list" accept=".csv,.json" onPick={([file]) => void importList(file!)} />
      </div>
    </section>
  );
}
