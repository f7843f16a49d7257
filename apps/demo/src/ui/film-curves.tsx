import { stageSpans } from '../stages.js';
import { evidence, facts, transitionSeconds, trim, verdict } from '../state/store.js';

/** Heights of the drawing's rows, in its own units. */
const rows = { curves: 64, bars: 30 } as const;
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
      <div class="curves">
        <svg
          viewBox={`0 0 ${WIDTH} ${rows.curves + rows.bars}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={now ? probabilityWords(now.probabilities, seconds) : 'Probabilities, once the dive is judged'}
        >
          {[0.5, 1].map((level) => (
            <line key={level} class="level" x1="0" x2={WIDTH} y1={rowOf(level)} y2={rowOf(level)} />
          ))}
          {now?.probabilities.map((values, transition) => (
            <path
              key={transition}
              class={`curve stage-${transition + 1}`}
              d={area(values.map((value, frame) => [x(seconds[frame]!), rowOf(value)]))}
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
        <span class="percent figure" style={{ top: `${levelAt(1)}%` }} aria-hidden="true">
          100 %
        </span>
        <span class="percent figure" style={{ top: `${levelAt(0.5)}%` }} aria-hidden="true">
          50 %
        </span>
      </div>
      <Axis from={from} to={to} />
    </>
  );
}

/** Where a probability is drawn. */
const rowOf = (probability: number) => rows.curves * (1 - 0.9 * probability);
const levelAt = (probability: number) => (100 * rowOf(probability)) / (rows.curves + rows.bars);

/** Seconds between marks of the axis, whichever gives no more than eight. */
const steps = [0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];

function Axis({ from, to }: { from: number; to: number }) {
  const step = steps.find((each) => (to - from) / each <= 8) ?? to - from;
  const first = Math.ceil(from / step);
  const count = Math.floor(to / step) - first + 1;
  const marks = Array.from({ length: Math.max(0, count) }, (_, index) => (first + index) * step);
  return (
    <div class="axis figure" aria-hidden="true">
      {facts.value &&
        marks.map((seconds) => (
          <span key={seconds} style={{ left: `${(100 * (seconds - from)) / (to - from)}%` }}>
            {axisWords(seconds, step)}
          </span>
        ))}
    </div>
  );
}

function axisWords(seconds: number, step: number): string {
  if (step >= 60 || seconds >= 60)
    return `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, '0')}`;
  return `${seconds.toFixed(step < 1 ? 1 : 0)} s`;
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
