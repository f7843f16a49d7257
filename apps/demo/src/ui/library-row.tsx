import { type Item, labelledScore, scoredOf } from '../library/item.js';
import { changeItem, currentId, removeItem, thumbnails } from '../library/library.js';
import { stageSpans } from '../stages.js';
import { standingOf } from '../standing.js';
import { judgeName } from '../state/judge-link.js';
import { judgeNow } from '../state/judging.js';
import { showItem } from '../state/showing.js';
import { diveNumber, knowsDrawingsOnly, rivalId } from '../state/store.js';

/** One video of the list; up and down go to others, Enter opens one, Delete removes it. */
export function LibraryRow({ item }: { item: Item }) {
  const isCurrent = item.id === currentId.value;
  const picture = thumbnails.value.get(item.id);
  const score = labelledScore(item.labels);
  return (
    <tr class={isCurrent ? 'chosen' : ''} data-video={item.name}>
      <th scope="row">
        <button
          type="button"
          class="video"
          aria-current={isCurrent ? 'true' : undefined}
          onClick={() => showItem(item)}
          onKeyDown={(event) => onRowKey(event, item)}
        >
          {picture ? <img src={picture} alt="" width="80" height="45" /> : <i class="no-picture" aria-hidden="true" />}
          <span>{item.name}</span>
        </button>
      </th>
      <td>
        <input
          class="short"
          aria-label={`Number or class of ${item.name}`}
          value={item.className}
          placeholder="unknown"
          spellcheck={false}
          onChange={({ currentTarget }) => rename(item, currentTarget.value)}
        />
      </td>
      <td>
        <Phases item={item} />
      </td>
      <td class="number">
        <Score item={item} />
      </td>
      <td class="number figure">{score === null ? '–' : score.toFixed(1)}</td>
      <td>{statusWords(item)}</td>
      <td class="row-tools">
        {!isCurrent && item.kept && (
          <button
            type="button"
            class="link"
            aria-pressed={rivalId.value === item.id}
            aria-label={`Compare with ${item.name}`}
            onClick={() => {
              rivalId.value = rivalId.value === item.id ? null : item.id;
            }}
          >
            Compare
          </button>
        )}
        <button type="button" class="link" aria-label={`Remove ${item.name}`} onClick={() => removeItem(item.id)}>
          Remove
        </button>
      </td>
    </tr>
  );
}

function Score({ item }: { item: Item }) {
  const scored = scoredOf(item);
  if (!scored) return <span class="figure">–</span>;
  const { kind } = standingOf(scored, { isFilm: true, knowsDrawingsOnly: knowsDrawingsOnly.value });
  const isWeak = kind === 'unlike' || kind === 'film';
  return (
    <>
      <span class={`figure strong${isWeak ? ' weak' : ''}`}>{scored.score.toFixed(1)}</span>
      {kind === 'unlike' && <small>not judged</small>}
    </>
  );
}

function Phases({ item: { kept, durationSeconds } }: { item: Item }) {
  if (!kept || !durationSeconds) return <span class="quiet">–</span>;
  const { scored, seconds } = kept.corrected ?? kept.verdict;
  const [from, to] = [seconds[0] ?? 0, seconds.at(-1) ?? durationSeconds];
  const spans = stageSpans(from, to, scored.transitionSeconds);
  const words = spans.map(({ name, from: begin }) => `${name} from ${begin.toFixed(1)} s`).join(', ');
  return (
    <span class="mini-bands" role="img" aria-label={words} title={words}>
      {spans.map(({ name, from: begin, to: end }, stage) => (
        <i key={name} class={`stage-${stage}`} style={{ flexGrow: Math.max(0, end - begin) }} />
      ))}
    </span>
  );
}

function statusWords({ status, trouble, kept }: Item): string {
  const name = judgeName();
  if (status === 'judged') return kept && name !== null && kept.judge !== name ? 'by another judge' : 'judged';
  if (status === 'failed') return trouble ?? 'failed';
  return { waiting: 'waiting', judging: 'being judged', 'too-long': 'mark its ends' }[status];
}

/** Another class asks for another verdict. */
function rename(item: Item, className: string): void {
  const isCurrent = item.id === currentId.value;
  changeItem(item.id, { className, ...(!isCurrent && item.status === 'judged' && { status: 'waiting' as const }) });
  if (!isCurrent) return;
  diveNumber.value = className;
  void judgeNow();
}

function onRowKey(event: KeyboardEvent, item: Item): void {
  if (event.key === 'Delete') {
    event.preventDefault();
    neighbour(event, 1)?.focus();
    removeItem(item.id);
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  neighbour(event, step)?.focus();
}

function neighbour(event: KeyboardEvent, step: number): HTMLElement | undefined {
  const all = [...document.querySelectorAll<HTMLElement>('.videos .video')];
  return all[all.indexOf(event.currentTarget as HTMLElement) + step];
}
