import type { EngineChoice } from '@mcore/engines';
import { useSignal } from '@preact/signals';
import { judgeNow, resetJudge } from '../state/judging.js';
import { engineChoice, ownWeights, ready } from '../state/store.js';

const engines: { choice: EngineChoice; name: string }[] = [
  { choice: 'auto', name: 'The fastest that works' },
  { choice: 'webgpu', name: 'WebGPU' },
  { choice: 'wasm', name: 'WebAssembly' },
  { choice: 'cpu', name: 'Plain JavaScript (slow)' },
];

/** Weights of one's own, and the engine. */
export function Settings() {
  const weights = useSignal<File | null>(null);
  const bank = useSignal<File | null>(null);
  const own = ownWeights.value;
  const use = () => {
    ownWeights.value = { weights: weights.value!, bank: bank.value };
    resetJudge();
    void judgeNow();
  };
  const shipped = () => {
    ownWeights.value = null;
    resetJudge();
    void judgeNow();
  };
  return (
    <section class="settings" aria-labelledby="settings-title">
      <details>
        <summary>
          <h2 id="settings-title">Judge and engine</h2>
        </summary>
        <p>
          {own
            ? `${own.weights.name}${own.bank ? ` with ${own.bank.name}` : ''}. `
            : 'The weights that come with the page. '}
          {ready.value && `Trained on ${ready.value.weights.trainedOn}.`}
        </p>
        <div class="fields">
          <SafetensorsField label="Your weights, from mcore train" onPick={(file) => (weights.value = file)} />
          <SafetensorsField label="Their exemplar bank, unless they need none" onPick={(file) => (bank.value = file)} />
          <div class="take">
            <button type="button" disabled={!weights.value} onClick={use}>
              Use these
            </button>
            <button type="button" disabled={!own} onClick={shipped}>
              Back to the shipped ones
            </button>
          </div>
          <label>
            <span>Engine</span>
            <select
              value={engineChoice.value}
              onChange={({ currentTarget }) => {
                engineChoice.value = currentTarget.value as EngineChoice;
                resetJudge();
                void judgeNow();
              }}
            >
              {engines.map(({ choice, name }) => (
                <option key={choice} value={choice}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        </div>
      </details>
    </section>
  );
}

function SafetensorsField({ label, onPick }: { label: string; onPick(file: File | null): void }) {
  return (
    <label>
      <span>{label}</span>
      <input
        type="file"
        accept=".safetensors"
        onChange={({ currentTarget }) => onPick(currentTarget.files?.[0] ?? null)}
      />
    </label>
  );
}
