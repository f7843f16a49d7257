import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { describeDive } from '../describe-dive.js';
import { nameClip } from '../name-clip.js';
import { cancel, judgeNow } from '../state/judging.js';
import { showDive } from '../state/showing.js';
import { completions, facts, isStale, isTooLong, phase, source, testDives, verdict } from '../state/store.js';
import { Camera } from './camera.js';
import { DiveNumber } from './dive-number.js';
import { FileButton } from './file-button.js';
import { addPicked, droppedFiles, VIDEO_FILES } from './pick-videos.js';

type Tab = 'dive' | 'file' | 'camera';

const tabs: { tab: Tab; name: string }[] = [
  { tab: 'dive', name: 'Rendered dive' },
  { tab: 'file', name: 'Your videos' },
  { tab: 'camera', name: 'Camera' },
];

/** What is judged, as what, and the button that does it. */
export function SourceBar() {
  const tab = useSignal<Tab>('dive');
  const over = useSignal(false);
  const take = (files: readonly File[]) => {
    if (files.length === 0) return;
    tab.value = 'file';
    void addPicked(files);
  };
  // anywhere on the page: the browser would leave it for a file that is dropped beside its place
  useEffect(() => {
    const listeners = new AbortController();
    const { signal } = listeners;
    const set = (event: DragEvent, on: boolean) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      over.value = on;
    };
    addEventListener('dragover', (event) => set(event, true), { signal });
    addEventListener('dragleave', (event) => event.relatedTarget === null && set(event, false), { signal });
    addEventListener(
      'drop',
      (event) => {
        set(event, false);
        if (event.dataTransfer) void droppedFiles(event.dataTransfer).then(take);
      },
      { signal },
    );
    return () => listeners.abort();
  }, []);
  return (
    <section class={`source${over.value ? ' over' : ''}`} aria-label="What to judge">
      <fieldset class="tabs">
        <legend class="unseen">Where the dive comes from</legend>
        {tabs.map(({ tab: each, name }) => (
          <label key={each}>
            <input type="radio" name="tab" checked={tab.value === each} onChange={() => (tab.value = each)} />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
      <div class="tab-body">
        {tab.value === 'dive' && <DiveChoice />}
        {tab.value === 'file' && (
          <FileButton
            class="pick"
            label={
              <>
                <b>Choose videos</b> <span class="can-drop">or drop them anywhere on this page</span>
              </>
            }
            accept={VIDEO_FILES}
            multiple
            onPick={take}
          />
        )}
        {tab.value === 'camera' && <Camera />}
      </div>
      <DiveNumber />
      <Go />
    </section>
  );
}

/** Dive numbers of the test split, in order; made once, because sorting and naming them takes a while. */
const numbers = [...new Set(testDives.map((clip) => clip.diveNumber))].sort(
  new Intl.Collator('en', { numeric: true }).compare,
);
const numberOptions = numbers.map((each) => (
  <option key={each} value={each}>
    {each.toUpperCase()} {describeDive(each)}
  </option>
));

function DiveChoice() {
  const current = source.value?.kind === 'dive' ? source.value.clip : undefined;
  const number = current?.diveNumber ?? numbers[0]!;
  const clips = testDives.filter((clip) => clip.diveNumber === number);
  const byId = (id: string) => clips.find((clip) => clip.id === id)!;
  return (
    <div class="row">
      <label>
        <span>Dive</span>
        <select
          value={number}
          onChange={({ currentTarget }) => showDive(testDives.find((clip) => clip.diveNumber === currentTarget.value)!)}
        >
          {numberOptions}
        </select>
      </label>
      <label>
        <span>Clip</span>
        <select value={current?.id ?? ''} onChange={({ currentTarget }) => showDive(byId(currentTarget.value))}>
          {clips.map(({ id }) => (
            <option key={id} value={id}>
              {nameClip(byId(id))}
            </option>
          ))}
        </select>
      </label>
      <button type="button" onClick={() => showDive(testDives[Math.floor(Math.random() * testDives.length)]!)}>
        Another
      </button>
    </div>
  );
}

function Go() {
  if (phase.value !== null) {
    return (
      <div class="go">
        <button type="button" class="main" onClick={cancel}>
          Cancel
        </button>
      </div>
    );
  }
  return (
    <div class="go">
      <button
        type="button"
        class="main"
        disabled={!facts.value || completions.value.length > 0}
        onClick={() => void judgeNow()}
      >
        {verdict.value && !isStale.value ? 'Judge again' : 'Judge this dive'}
      </button>
      {isTooLong.value && <small>Longer than a dive: mark its start and end first.</small>}
    </div>
  );
}
