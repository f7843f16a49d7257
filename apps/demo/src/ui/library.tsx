import { items, listed, notKept, type SortKey, search, sortKey } from '../library/library.js';
import { rankedCsv } from '../library/ranked-csv.js';
import { judgeAllAgain, judgeWaiting, judgingAll, stopJudgingAll, waiting } from '../state/judge-all.js';
import { FileButton } from './file-button.js';
import { LibraryRow } from './library-row.js';
import { PickVideos } from './pick-videos.js';
import { download } from './save.js';
import { openLibrary, saveLibrary } from './save-library.js';

const orders: { key: SortKey; name: string }[] = [
  { key: 'added', name: 'as added' },
  { key: 'name', name: 'by name' },
  { key: 'score', name: 'by score' },
];

/** All videos of one's own, with what was found of them. */
export function Library() {
  const count = items.value.length;
  return (
    <section class="library" aria-labelledby="library-title">
      <div class="heading">
        <h2 id="library-title">Your videos</h2>
        <p>
          {count === 0
            ? 'Drop several at once. They stay in this browser until you remove them.'
            : `${count} video${count === 1 ? '' : 's'}, kept in this browser.`}
        </p>
        <PickVideos />
      </div>
      {notKept.value !== null && (
        <p class="trouble">
          These videos will be gone after a reload: this browser does not keep them. {notKept.value}
        </p>
      )}
      {count > 0 && (
        <>
          <Tools />
          <Table />
        </>
      )}
      <FileButton label="Open a saved library" accept=".zip" onPick={([file]) => void openLibrary(file!)} />
    </section>
  );
}

function Tools() {
  return (
    <div class="tools">
      <label>
        <span>Find</span>
        <input
          type="search"
          value={search.value}
          placeholder="name, number, status"
          onInput={({ currentTarget }) => {
            search.value = currentTarget.value;
          }}
        />
      </label>
      <label>
        <span>Sort</span>
        <select
          value={sortKey.value}
          onChange={({ currentTarget }) => {
            sortKey.value = currentTarget.value as SortKey;
          }}
        >
          {orders.map(({ key, name }) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {judgingAll.value ? (
        <button type="button" onClick={stopJudgingAll}>
          Stop: {waiting.value.length} left
        </button>
      ) : waiting.value.length > 0 ? (
        <button type="button" onClick={() => void judgeWaiting()}>
          Judge {waiting.value.length} waiting
        </button>
      ) : (
        <button type="button" onClick={judgeAllAgain}>
          Judge all again
        </button>
      )}
      <button type="button" onClick={() => download('ranking.csv', 'text/csv', rankedCsv(items.value))}>
        Ranking (CSV)
      </button>
      <button type="button" onClick={() => void saveLibrary()}>
        Save library
      </button>
    </div>
  );
}

function Table() {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section class="scroll" tabIndex={0} aria-label="List of your videos">
      <table class="videos">
        <thead>
          <tr>
            <th scope="col">Video</th>
            <th scope="col">Number</th>
            <th scope="col">Phases</th>
            <th scope="col" class="number">
              Score
            </th>
            <th scope="col" class="number">
              Judges
            </th>
            <th scope="col">Status</th>
            <th scope="col">
              <span class="unseen">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {listed.value.map((item) => (
            <LibraryRow key={item.id} item={item} />
          ))}
        </tbody>
      </table>
    </section>
  );
}
