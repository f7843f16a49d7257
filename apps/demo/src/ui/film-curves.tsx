import { stageSpans } from '../stages.js';
import { evidence, transitionSeconds, trim, verdict } from '../state/store.js';

/** Heights of the drawing's rows, in its own units. */
const rows = { band: 26, curves: 64, bars: 30 } as const;
const WIDTH = 1000;

/** Under the pictures: bands of the stages, probabilities of the transitions, evidence of every frame. */
export function FilmCurves({ from, to }: { from: number; to: number }) {
  const now = verdict.value;
  const x = (seconds: number) => (WIDTH * (seconds - from)) / (to - from);
  const seconds = now?.seconds ?? [];
  const spans = now ? stageSpans(trim.value[0], trim.value[1], transitionSeconds.value) : [];
  const time = evidence.value?.time;
  const most = time ? time.reduce((a, b) => Math.max(a, b), 1e-12) : 1;
  const half = seconds.length > 1 ? (x(seconds[1]!) - x(seconds[0]!)) / 2 : WIDTH;
  return (
    <>
      <div class="bands">
        {spans.map(({ name, from: begin, to: end }, stage) => {
          const [left, right] = [Math.max(0, x(begin)), Math.min(WIDTH, x(end))];
          return (
            right > left && (
              <span
                key={name}
                class={`stage-${stage}`}
                style={{ left: `${left / 10}%`, width: `${(right - left) / 10}%` }}
              >
                {name}
              </span>
            )
          );
        })}
      </div>
      <svg
        class="curves"
        viewBox={`0 0 ${WIDTH} ${rows.curves + rows.bars}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={now ? probabilityWords(now.probabilities, seconds) : 'Probabilities, once the dive is judged'}
      >
        {now?.probabilities.map((values, transition) => (
          <path
            key={transition}
            class={`curve stage-${transition + 1}`}
            d={area(values.map((value, frame) => [x(seconds[frame]!), rows.curves * (1 - 0.94 * value)]))}
          />
        ))}
        {time &&
          Array.from(time, (value, frame) => {
            const height = (rows.bars - 4) * (value / most);
            const left = x(seconds[frame]!) - half * 0.8;
            return (
              <rect
                key={frame}
                class="weight"
                x={left}
                width={half * 1.6}
                y={rows.curves + rows.bars - height}
                height={height}
              />
            );
          })}
      </svg>
    </>
  );
}

function area(points: [number, number][]): string {
  const line = points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L');
  return `M${points[0]![0].toFixed(1)} ${rows.curves}L${line}L${points.at(-1)![0].toFixed(1)} ${rows.curves}Z`;
}

function probabilityWords(probabilities: readonly (readonly number[])[], seconds: readonly number[]): string {
  const peaks = probabilities.map((values) => {
    const peak = values.indexOf(Math.max(...values));
    return `${Math.round(100 * values[peak]!)} % at ${seconds[peak]!.toFixed(2)} s`;
  });
  return `Probabilities of the transitions over time, largest: ${peaks.join(', ')}`;
}
