import { describeClass } from '../describe-dive.js';
import { facts, judged, ready, source } from '../state/store.js';
import { clock } from './format.js';

/** What stands on top of the printed report, and only there. */
export function ReportHead() {
  const now = source.value;
  const of = judged.value;
  if (!now || !of) return null;
  const name = now.kind === 'dive' ? `${now.clip.id}, drawn from its label` : now.name;
  const [from, to] = of.trim;
  const isCut = facts.value !== null && (from > 0 || to < facts.value.durationSeconds);
  const lines: [string, string][] = [
    ['Video', isCut ? `${name}, from ${clock(from)} to ${clock(to)}` : name],
    ['Dive', of.diveNumber === '' ? 'number unknown' : describeClass(of.diveNumber)],
    ['Judged', of.at.toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short' })],
    ['By', `MCoRe, ${ready.value?.weights.preset ?? ''} preset, trained on ${ready.value?.weights.trainedOn ?? ''}`],
  ];
  return (
    <div class="report">
      <h1>A dive, judged</h1>
      <dl>
        {lines.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
