import { useEffect, useRef } from 'preact/hooks';
import { ready } from '../state/store.js';
import { trouble } from '../state/trouble.js';

/** What is wrong, with ways on: over the picture, so that nothing moves. */
export function TroubleNote() {
  const wrong = trouble.value;
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (wrong) place.current?.scrollIntoView({ block: 'center' });
  }, [wrong]);
  return (
    <div role="alert" class="notes" ref={place}>
      {wrong && (
        <div class="trouble">
          <p>
            <strong>{wrong.text}</strong> <span class="detail">{wrong.detail}</span>
          </p>
          <p class="ways">
            {wrong.ways.map(({ label, go }) => (
              <button type="button" key={label} onClick={go}>
                {label}
              </button>
            ))}
          </p>
        </div>
      )}
    </div>
  );
}

/** Why the faster engine is not used, or nothing. */
export function fallbackReason(): string | null {
  const engine = ready.value?.engine;
  if (!engine || engine.name === 'webgpu') return null;
  const failed = engine.attempts.find(({ name, usable }) => name === 'webgpu' && !usable);
  return failed ? failed.message.replace(/^useEngine: /, '') : null;
}
