import { type Labels, labelledScore } from '../library/item.js';
import { changeItem, current } from '../library/library.js';
import { stageNamesSetting } from '../library/stage-names.js';
import { stageNames } from '../stages.js';
import { playback } from '../state/showing.js';
import { transitionSeconds } from '../state/store.js';
import { clock } from './format.js';

/** What a person says of the video that is looked at: its score, its stages, and what it is for. */
export function LabelForm() {
  const item = current.value;
  if (!item) return null;
  const { labels } = item;
  const set = (change: Partial<Labels>) => changeItem(item.id, { labels: { ...labels, ...change } });
  const score = labelledScore(labels);
  return (
    <section class="labels" aria-labelledby="labels-title">
      <div class="heading">
        <h2 id="labels-title">Your labels</h2>
        <p>What the judges gave, and where the stages begin.</p>
      </div>
      <div class="tools">
        <Numbers
          label="Judges’ score"
          value={labels.score === null ? '' : String(labels.score)}
          check={(numbers) => (numbers.length > 1 ? 'One number, please.' : '')}
          onNumbers={([value]) => set({ score: value ?? null })}
        />
        <Numbers
          label="or awards"
          value={labels.awards.join(' ')}
          placeholder="7.5 8 8.5 …"
          check={(numbers) => (numbers.some((award) => award < 0 || award > 10) ? 'Awards are 0 to 10.' : '')}
          onNumbers={(awards) => set({ awards })}
        />
        <Numbers
          label="Difficulty"
          value={labels.difficulty === null ? '' : String(labels.difficulty)}
          check={([difficulty = 1, more]) =>
            difficulty <= 0 || more !== undefined ? 'One number above 0, please.' : ''
          }
          onNumbers={([value]) => set({ difficulty: value ?? null })}
        />
        <label>
          <span>For</span>
          <select
            value={labels.split ?? ''}
            onChange={({ currentTarget }) => set({ split: (currentTarget.value || null) as Labels['split'] })}
          >
            <option value="">either</option>
            <option value="train">training</option>
            <option value="test">testing</option>
          </select>
        </label>
        <output class="figure">{score === null ? 'no score yet' : `${score.toFixed(2)} points`}</output>
      </div>
      <Stages item={{ id: item.id, labels }} />
    </section>
  );
}

function Stages({ item: { id, labels } }: { item: { id: string; labels: Labels } }) {
  const names = stageNamesSetting.value.length > 1 ? stageNamesSetting.value : stageNames(3);
  const marks = labels.transitionSeconds;
  const set = (transitionSeconds: readonly number[]) => changeItem(id, { labels: { ...labels, transitionSeconds } });
  /** Marks one stage; those behind it that would begin before it are forgotten. */
  const mark = (stage: number) => {
    const seconds = playback.seconds;
    const kept = marks.slice(0, stage - 1).filter((each) => each <= seconds);
    const later = marks.slice(stage).filter((each) => each >= seconds);
    set([...kept, seconds, ...later]);
  };
  const isAll = marks.length === names.length - 1;
  return (
    <div class="tools stage-marks">
      <label>
        <span>Names of the stages, in order</span>
        <input
          value={names.join(', ')}
          onChange={({ currentTarget }) => {
            const list = currentTarget.value.split(',').map((name) => name.trim());
            stageNamesSetting.value = list.filter(Boolean);
          }}
        />
      </label>
      {names.slice(1).map((name, index) => (
        <button type="button" key={name} disabled={index > marks.length} onClick={() => mark(index + 1)}>
          {name} begins here{marks[index] === undefined ? '' : `: ${clock(marks[index]!)}`}
        </button>
      ))}
      {transitionSeconds.value.length === names.length - 1 && (
        <button type="button" onClick={() => set([...transitionSeconds.value])}>
          Take the phases of the film
        </button>
      )}
      <small>{isAll ? 'All stages are marked.' : 'Stages that are not marked are taken as equally long.'}</small>
    </div>
  );
}

interface NumbersProps {
  label: string;
  value: string;
  placeholder?: string;
  /** What is wrong with the numbers, or nothing. */
  check(numbers: number[]): string;
  onNumbers(numbers: number[]): void;
}

/** A field for numbers that says at once what is wrong with them. */
function Numbers({ label, value, placeholder = '', check, onNumbers }: NumbersProps) {
  const numbersOf = (text: string) =>
    text
      .replaceAll(',', '.')
      .split(/[\s;]+/)
      .filter(Boolean)
      .map(Number);
  return (
    <label>
      <span>{label}</span>
      <input
        inputMode="decimal"
        class="short"
        value={value}
        placeholder={placeholder}
        onInput={({ currentTarget }) => {
          const numbers = numbersOf(currentTarget.value);
          const wrong = numbers.some(Number.isNaN) ? 'Only numbers, please.' : check(numbers);
          currentTarget.setCustomValidity(wrong);
          currentTarget.title = wrong;
          currentTarget.ariaInvalid = String(wrong !== '');
        }}
        onChange={({ currentTarget }) => {
          if (currentTarget.reportValidity()) onNumbers(numbersOf(currentTarget.value));
        }}
      />
    </label>
  );
}
