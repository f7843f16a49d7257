import { isDiveNumber } from '@mcore/clips';
import { useSignal } from '@preact/signals';
import { describeDive, describeNumber } from '../describe-dive.js';
import { judgeNow } from '../state/judging.js';
import { areDives, classes, completions, diveNumber, ready } from '../state/store.js';

interface Choice {
  /** As it is put into the field; empty for unknown. */
  value: string;
  name: string;
  words: string;
  /** What a search looks through, in small letters. */
  text: string;
}

const unknown: Choice = { value: '', name: 'Unknown', words: 'the most similar dives', text: 'unknown' };

/** The dive number, typed or chosen from those there are comparison dives of; numbers and words are searched. */
export function DiveNumber() {
  const open = useSignal(false);
  const typed = useSignal(false);
  const active = useSignal(-1);
  const text = diveNumber.value.trim().toLowerCase();
  const shown = open.value ? matching(typed.value ? text : '') : [];
  const show = (on: boolean) => {
    open.value = on;
    active.value = -1;
    typed.value = false;
  };
  const choose = ({ value }: Pick<Choice, 'value'>) => {
    diveNumber.value = value;
    show(false);
  };
  const move = (step: number) => {
    if (!open.value) show(true);
    const count = shown.length || matching('').length;
    active.value = (active.value + step + (active.value < 0 && step < 0 ? 1 : 0) + count) % count;
    document.getElementById(`dive-number-${active.value}`)?.scrollIntoView({ block: 'nearest' });
  };
  const keys: Record<string, () => void> = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Escape: () => show(false),
    Enter: () => {
      const choice = shown[active.value];
      if (choice) return choose(choice);
      show(false);
      void judgeNow();
    },
  };
  return (
    <div class="number">
      <label for="dive-number">{areDives.value ? 'Dive number' : 'Class'}</label>
      <div class="combo">
        <input
          id="dive-number"
          role="combobox"
          aria-expanded={open.value}
          aria-controls="dive-numbers"
          aria-autocomplete="list"
          aria-activedescendant={active.value < 0 ? undefined : `dive-number-${active.value}`}
          aria-describedby="number-words"
          value={diveNumber.value}
          placeholder="unknown"
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => {
            diveNumber.value = currentTarget.value;
            show(document.activeElement === currentTarget);
            typed.value = true;
          }}
          onClick={() => show(true)}
          onBlur={() => show(false)}
          onKeyDown={(event) => {
            const act = keys[event.key];
            if (!act) return;
            event.preventDefault();
            act();
          }}
        />
        <div id="dive-numbers" role="listbox" aria-label="Dive numbers" hidden={!open.value}>
          {shown.map((choice, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
            // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus
            <div
              key={choice.value}
              id={`dive-number-${index}`}
              role="option"
              aria-selected={index === active.value}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => choose(choice)}
            >
              <b class="figure">{choice.name}</b> <small>{choice.words}</small>
            </div>
          ))}
          {open.value && shown.length === 0 && (
            <p class="quiet">
              {areDives.value ? 'No comparison dives of this number. Any dive number can be typed.' : 'No such class.'}
            </p>
          )}
        </div>
      </div>
      {completions.value.length > 0 ? (
        <p class="completions" id="number-words">
          <small>Which position?</small>{' '}
          {completions.value.map((number) => (
            <button
              type="button"
              class="small"
              key={number}
              title={describeDive(number)}
              onClick={() => {
                choose({ value: number.toUpperCase() });
                void judgeNow();
              }}
            >
              {number.toUpperCase()}
            </button>
          ))}
        </p>
      ) : (
        <small id="number-words">{describeNumber(diveNumber.value, classes.value)}</small>
      )}
    </div>
  );
}

let made: { of: unknown; choices: Choice[] } | undefined;

/** Choices that have every word of the search, those whose number begins with it first. */
function matching(search: string): Choice[] {
  const { classes } = ready.value ?? {};
  if (made?.of !== classes) made = { of: classes, choices: [unknown, ...(classes ?? []).map(choiceOf)] };
  const words = search.split(/\s+/);
  const found = made!.choices.filter(({ text }) => words.every((word) => text.includes(word)));
  return found.sort((a, b) => Number(b.value.startsWith(search)) - Number(a.value.startsWith(search)));
}

function choiceOf({ name: value, exemplars }: { name: string; exemplars: number }): Choice {
  const isDive = isDiveNumber(value);
  const words = isDive ? describeDive(value) : '';
  const name = isDive ? value.toUpperCase() : value;
  return {
    value: name,
    name,
    words: `${isDive ? `${words}, ` : ''}${exemplars} comparison ${isDive ? 'dive' : 'clip'}${exemplars === 1 ? '' : 's'}`,
    text: `${value} ${words} ${words.replaceAll('½', '.5')}`.toLowerCase(),
  };
}
