import { partNames } from '../stages.js';
import { corrected, evidence, ready, shown, source, verdict } from '../state/store.js';
import { megabytes, took } from './format.js';
import { download, stem, verdictCsv, verdictJson } from './save.js';
import { fallbackReason } from './trouble-note.js';

/** Engine, time and memory; and the verdict to take away. */
export function Costs() {
  const engine = ready.value;
  const costs = verdict.value?.costs;
  const reason = fallbackReason();
  const lines: [string, string][] = [
    ['Engine', engine?.engine.description ?? '–'],
    ['Weights', engine ? `${engine.weights.preset} preset, step ${engine.weights.step}` : '–'],
    ['Starting it, once', engine ? took(engine.milliseconds.engine + engine.milliseconds.weights) : '–'],
    ['Reading the frames', costs ? took(costs.milliseconds.frames) : '–'],
    ['Looking at them', costs ? took(costs.milliseconds.network) : '–'],
    ['Comparing', costs ? took(costs.milliseconds.exemplars) : '–'],
    ['Finding the evidence', evidence.value ? took(evidence.value.milliseconds) : '–'],
    ['Memory', costs ? memoryWords(costs.memory) : '–'],
  ];
  const name = () => {
    const now = source.value;
    return `${stem(now?.kind === 'file' ? now.name : (now?.clip.id ?? 'dive'))}-score`;
  };
  const now = shown.value;
  return (
    <section class="costs" aria-labelledby="costs-title">
      <h2 id="costs-title">What it took</h2>
      <dl>
        {lines.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>
              <span class="figure">{value}</span>
              {term === 'Engine' && reason && <small>Slower than the graphics card: {reason}</small>}
            </dd>
          </div>
        ))}
      </dl>
      <div class="take">
        <button type="button" disabled={!now} onClick={() => print()}>
          Print or save as PDF
        </button>
        <button
          type="button"
          disabled={!now}
          onClick={() => {
            const own = corrected.value ? verdict.value : null;
            download(`${name()}.json`, 'application/json', verdictJson(now!, engine!, costs!, own));
          }}
        >
          JSON
        </button>
        <button
          type="button"
          disabled={!now}
          onClick={() => download(`${name()}.csv`, 'text/csv', verdictCsv(now!, partNames(engine)))}
        >
          CSV
        </button>
      </div>
    </section>
  );
}

function memoryWords({
  bytes,
  tensors,
  heapBytes,
}: {
  bytes: number;
  tensors: number;
  heapBytes: number | null;
}): string {
  return `${megabytes(bytes)} in ${tensors} tensors${heapBytes === null ? '' : `, heap ${megabytes(heapBytes)}`}`;
}
