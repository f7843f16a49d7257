import { ready } from '../state/store.js';
import { fallbackReason } from './trouble-note.js';

const engineWords = {
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
  cpu: 'Plain JavaScript',
  tensorflow: 'TensorFlow',
  native: 'Native',
} as const;

/** The engine's name for people. */
export function engineName(): string {
  return ready.value ? engineWords[ready.value.engine.name] : '';
}

/** Title and what the page computes with. */
export function Header() {
  const engine = ready.value?.engine;
  return (
    <header>
      <div class="title">
        <img src="./icon.svg" alt="" width="44" height="44" />
        <div>
          <h1>Drop a dive. See it judged.</h1>
          <p>Score, phases and the reasons for them, computed on your own device. Nothing is uploaded.</p>
        </div>
      </div>
      <p class={`engine engine-${engine?.name ?? 'none'}`} title={engine?.description ?? ''}>
        <span class="lamp" aria-hidden="true" />
        {engine ? engineName() : 'Engine off'}
        {fallbackReason() !== null && <small>no WebGPU here</small>}
      </p>
    </header>
  );
}
