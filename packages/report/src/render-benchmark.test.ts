import { DataError } from '@mcore/errors';
import { madeUpBenchmark } from '@mcore/testing/made-up-benchmark';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { renderBenchmark } from './index.js';

const data = madeUpBenchmark();
const page = renderBenchmark(data);
const { document } = parseHTML(page);
const texts = (selector: string): string[] =>
  [...document.querySelectorAll(selector)].map(({ textContent }) => textContent!.replace(/\s+/g, ' ').trim());

describe('renderBenchmark', () => {
  it('gives equal text for equal data, loads nothing and says that the dives are rendered', () => {
    expect(renderBenchmark(madeUpBenchmark()) === page).toBe(true);
    expect(document.querySelectorAll('script, link, iframe, [src^="http"]')).toHaveLength(0);
    expect(texts('header .source')[0]).toContain('Rendered dives.');
  });

  it('has mean, deviation and interval of every row, the best mean of a column in bold', () => {
    const cells = texts('#results tbody.model tr:nth-child(5) td');
    expect(cells).toEqual([
      '0.914 ± 0.0060.902 to 0.926',
      '0.405 ± 0.0200.365 to 0.445',
      '95.2 % ± 0.494.4 to 96.0',
      '71.6 % ± 1.269.2 to 74.0',
    ]);
    // highest SRCC and AIoU, lowest R-l2; baselines do not compete
    expect(texts('#results td strong')).toEqual(['98.4', '81.2', '0.914', '0.405']);
    expect(texts('#results tbody.baseline td')).toEqual(['0.5880.530 to 0.630', '–', '–', '43.4 %40.0 to 47.0']);
    expect(texts('#results tbody th[scope=row]')).toContain(
      'MCoRe, losses as released (reference)3 seeds, ordered decoding',
    );
  });

  it('draws a ring a training and a mark a mean, where they belong', () => {
    const [drawing] = document.querySelectorAll('#spread svg');
    const marks = [...drawing!.querySelectorAll('circle')].map((circle) => Number(circle.getAttribute('cx')));
    const [rings, means] = [marks.slice(0, 12), marks.slice(12)];
    expect(means).toHaveLength(4);
    // the third mean, 0.912, lies between its own trainings and right of the first, 0.861
    expect(means[2]!).toBeGreaterThan(means[0]!);
    expect(rings[6]!).toBeLessThan(means[2]!);
    expect(rings[8]!).toBeGreaterThan(means[2]!);
    expect(drawing!.getAttribute('aria-label')).toContain('MCoRe, losses of the paper 0.914');
  });

  it('compares every row with the reference, bold where the interval does not reach 0', () => {
    expect(texts('#comparisons tbody th')).toEqual([
      'Regression without exemplars',
      'MCoRe without L_cont',
      'MCoRe, losses of the paper',
    ]);
    expect(texts('#comparisons tbody tr:first-child td')[0]).toBe('+0.0510.039 to 0.063p < 0.001');
    expect(texts('#comparisons tbody tr:nth-child(2) td')[0]).toBe('+0.003−0.009 to 0.015p < 0.001');
    expect(texts('#comparisons strong')).toEqual(['+0.051', '−0.220', '+3.2', '+9.6']);
  });

  it.each([
    [{ reference: 'other' }, 'renderBenchmark: reference must be the id of a row, got "other".'],
    [{ createdAt: 'now' }, 'renderBenchmark: createdAt must be an ISO 8601 time, got "now".'],
    [
      { metrics: data.metrics.slice(1) },
      'renderBenchmark: the values of row "Labels only, of the dive number" must have metrics of the table, got "srcc".',
    ],
  ])('refuses %j', (changes, message) => {
    expect(() => renderBenchmark({ ...data, ...changes })).toThrow(new DataError(message));
  });
});
