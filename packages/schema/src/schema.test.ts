import { describe, expect, it } from 'vitest';
import {
  formatPath,
  list,
  number,
  oneOf,
  positive,
  record,
  type Schema,
  schemaProblems,
  whole,
  withDefaults,
} from './index.js';

const schema = record({
  width: whole(1, 16),
  rate: number(0, 1),
  scale: positive(10, 'Points a unit.'),
  form: { ...oneOf(['paper', 'released'], 'Which form.'), default: 'paper' },
  widths: list(whole(1), 1, 2, 'Widths.'),
  limit: { anyOf: [{ type: 'null' }, { type: 'number' }] },
});
const valid = { width: 4, rate: 0.5, scale: 2, form: 'released', widths: [1, 2], limit: null };

describe('schemaProblems', () => {
  it('finds nothing wrong with a value that fits', () => {
    expect(schemaProblems(schema, valid)).toEqual([]);
  });

  it('names every problem by its path, with what was expected and what came', () => {
    const value = { width: 1.5, rate: Number.NaN, scale: 0, form: 'other', widths: [1, 0], limit: '3' };
    const lines = schemaProblems(schema, value).map(({ path, expected, got }) => [formatPath(path), expected, got]);
    expect(lines).toEqual([
      ['width', 'a whole number in 1 .. 16', '1.5'],
      ['rate', 'a number in 0 .. 1', 'NaN'],
      ['scale', 'a number above 0 and at most 10', '0'],
      ['form', 'one of paper, released', '"other"'],
      ['widths[1]', 'a whole number of at least 1', '0'],
      ['limit', 'null or a number', '"3"'],
    ]);
  });

  it('reports missing fields unless they have a default or the value is partial, and unknown ones where it is closed', () => {
    expect(schemaProblems(schema, { ...valid, form: undefined }).length).toBe(1);
    const { form: _, width: __, ...rest } = valid;
    expect(schemaProblems(schema, rest)).toEqual([
      { path: ['width'], expected: 'a whole number in 1 .. 16', got: 'undefined' },
    ]);
    expect(schemaProblems(schema, rest, { partial: true })).toEqual([]);
    expect(schemaProblems(schema, { ...valid, depth: 1 }, { closed: true })).toEqual([
      {
        path: ['depth'],
        expected: 'one of the fields width, rate, scale, form, widths, limit',
        got: '"depth"',
        unknownKey: true,
      },
    ]);
  });
});

describe('withDefaults', () => {
  it('fills in what has a default, and changes nothing else', () => {
    const given = { width: 4 };
    expect(withDefaults<unknown>(schema as Schema, given)).toEqual({ width: 4, form: 'paper' });
    expect(given).toEqual({ width: 4 });
  });
});
