import { evidence, ready, verdict } from '../state/store.js';
import { megabytes, took } from './format.js';
import { fallbackReason } from './trouble-note.js';

/** Engine, time and memory, for those who ask. */
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
  return (
    <section class="costs" aria-labelledby="costs-title">
      <details>
        <summary>
          <h2 id="costs-title">Technical details</h2>
        </summary>
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
      </details>
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
