import { useRef } from 'preact/hooks';

interface HandleProps {
  class: string;
  label: string;
  /** Percent of the strip. */
  left: number;
  now: number;
  min: number;
  max: number;
  /** On its flag. */
  text: string;
  /** What it says to those who hear it; `text` unless given. */
  words?: string;
  /** What an arrow key moves it by, in seconds. */
  step: number;
  secondsAt(clientX: number): number;
  onMove(seconds: number, settled: boolean): void;
}

/** A mark on the film strip that can be dragged, and moved with the arrow keys. */
export function Handle({
  class: kind,
  label,
  left,
  now,
  min,
  max,
  text,
  words = text,
  step,
  secondsAt,
  onMove,
}: HandleProps) {
  /** The pointer that drags, how far from the mark it took hold, so that the mark does not jump, and where it went. */
  const grip = useRef<{ pointer: number; offset: number; seconds?: number } | null>(null);
  const keys: Record<string, number> = {
    ArrowLeft: now - step,
    ArrowDown: now - step,
    ArrowRight: now + step,
    ArrowUp: now + step,
    PageDown: now - 5 * step,
    PageUp: now + 5 * step,
    Home: min,
    End: max,
  };
  if (left < -0.01 || left > 100.01) return null;
  return (
    <div
      class={`handle ${kind}`}
      style={{ left: `${left}%` }}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={round(min)}
      aria-valuemax={round(max)}
      aria-valuenow={round(now)}
      aria-valuetext={words}
      onPointerDown={(event) => {
        if (event.button !== 0 || grip.current) return;
        grip.current = { pointer: event.pointerId, offset: secondsAt(event.clientX) - now };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={({ pointerId, clientX }) => {
        if (grip.current?.pointer !== pointerId) return;
        grip.current.seconds = secondsAt(clientX) - grip.current.offset;
        onMove(grip.current.seconds, false);
      }}
      onLostPointerCapture={({ pointerId }) => {
        if (grip.current?.pointer !== pointerId) return;
        const { seconds } = grip.current;
        grip.current = null;
        if (seconds !== undefined) onMove(seconds, true);
      }}
      onKeyDown={(event) => {
        const expected = keys[event.key];
        if (expected === undefined) return;
        event.preventDefault();
        onMove(expected, true);
      }}
    >
      <span class="flag figure" aria-hidden="true">
        {text}
      </span>
    </div>
  );
}

const round = (seconds: number) => Math.round(seconds * 100) / 100;
