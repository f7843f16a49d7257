import { writeFileSync } from 'node:fs';
import { it } from 'vitest';
import { renderReport } from './index.js';
import { madeUpReport } from './made-up-report.js';

it('x', () => {
  console.time('render');
  const t = renderReport(madeUpReport());
  console.timeEnd('render');
  console.log(t.length);
  writeFileSync('/tmp/report.html', t);
});
