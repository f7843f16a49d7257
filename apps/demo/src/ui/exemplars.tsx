import { nameClip } from '../name-clip.js';
import { partNames } from '../stages.js';
import { showExemplar } from '../state/pictures.js';
import { chosenExemplar, labelOf, ready, rivalId, shown } from '../state/store.js';
import { signed } from './format.js';

/** Every exemplar's vote, and what each stage has in it. */
export function Exemplars() {
  const now = shown.value;
  const names = partNames(ready.value);
  const largest = Math.max(5, ...(now?.scored.exemplars.flatMap(({ stageDeltas }) => stageDeltas.map(Math.abs)) ?? []));
  return (
    <section class="exemplars" aria-labelledby="exemplars-title">
      <div class="heading">
        <h2 id="exemplars-title">What the comparison dives say</h2>
        <p>
          Each has a score from judges. The model says how many points better or worse this dive is, phase by phase.
        </p>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard */}
      <section class="scroll" tabIndex={0} aria-label="Votes of the comparison dives">
        <table>
          <thead>
            <tr>
              <th scope="col">Comparison dive</th>
              <th scope="col" class="number">
                Its score
              </th>
              {names.map((name) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
              <th scope="col" class="number">
                Together
              </th>
              <th scope="col" class="number">
                So this dive
              </th>
            </tr>
          </thead>
          <tbody>
            {now?.scored.exemplars.map((vote, index) => (
              <tr key={vote.id} class={index === chosenExemplar.value ? 'chosen' : ''}>
                <th scope="row">
                  <button
                    type="button"
                    class="link id"
                    title={vote.id}
                    data-id={vote.id}
                    aria-pressed={index === chosenExemplar.value}
                    onClick={() => {
                      rivalId.value = null;
                      void showExemplar(index);
                    }}
                  >
                    {nameOf(vote.id)}
                  </button>
                  <small>{vote.diveNumber.toUpperCase()}</small>
                </th>
                <td class="number figure">{vote.score.toFixed(1)}</td>
                {vote.stageDeltas.map((delta, stage) => (
                  <td key={stage} class="delta">
                    <span class="bar" aria-hidden="true">
                      <i
                        class={`stage-${stage}`}
                        style={{
                          left: `${delta < 0 ? 50 - (50 * -delta) / largest : 50}%`,
                          width: `${(50 * Math.abs(delta)) / largest}%`,
                        }}
                      />
                    </span>
                    <span class="figure">{signed(delta)}</span>
                  </td>
                ))}
                <td class="number figure">{signed(vote.delta)}</td>
                <td class="number figure strong">{(vote.score + vote.delta).toFixed(1)}</td>
              </tr>
            )) ?? <Waiting columns={names.length + 4} />}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={names.length + 3}>
                Mean of the votes{now ? `, which differ by ${now.scored.spread.toFixed(1)} (standard deviation)` : ''}
              </th>
              <td class="number figure strong">{now ? now.scored.score.toFixed(1) : '–'}</td>
            </tr>
          </tfoot>
        </table>
      </section>
    </section>
  );
}

function nameOf(id: string): string {
  const label = labelOf(id);
  return label ? nameClip(label) : id;
}

/** Lines as high as those that will come, so that nothing jumps. */
function Waiting({ columns }: { columns: number }) {
  return (
    <>
      {Array.from({ length: 10 }, (_, row) => (
        <tr key={row} class="waiting">
          <td colSpan={columns}>{row === 0 ? 'Once the dive is judged.' : '\u00a0'}</td>
        </tr>
      ))}
    </>
  );
}
