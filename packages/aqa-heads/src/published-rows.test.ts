import { expect, it } from 'vitest';
import { PUBLISHED_ROWS, publishedRows } from './published-rows.js';

it('publishedRows are those of one benchmark, the best last', () => {
  const rows = publishedRows('finediving');
  expect(rows.map(({ method }) => method).slice(-2)).toEqual(['RICA2', 'RICA2, deterministic']);
  expect(rows.find(({ method }) => method === 'MCoRe')).toEqual({
    benchmark: 'finediving',
    method: 'MCoRe',
    srcc: 0.9232,
    rl2x100: 0.3265,
    aiou: [98.26, 79.17],
    source: 'HP-MCoRe repository, asset/results.png',
    selection: 'best test epoch',
  });
});

it('no method has two rows in one benchmark, and every number is in its range', () => {
  const keys = PUBLISHED_ROWS.map(({ benchmark, method }) => `${benchmark} ${method}`);
  expect(new Set(keys).size).toBe(keys.length);
  for (const { srcc, rl2x100 = 1, aiou = [1, 1], source } of PUBLISHED_ROWS) {
    expect(srcc > 0.8 && srcc < 1 && rl2x100 > 0.2 && rl2x100 < 3).toBe(true);
    expect(aiou.every((share) => share > 0 && share <= 100)).toBe(true);
    expect(source).not.toBe('');
  }
});
