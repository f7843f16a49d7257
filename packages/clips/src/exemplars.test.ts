import { ArgumentError, DataError } from '@mcore/errors';
import { Random } from '@mcore/random';
import { clipOf } from '@mcore/testing/clips';
import { describe, expect, it } from 'vitest';
import { chooseExemplars, ExemplarPool, formatExemplars, parseExemplars } from './index.js';

const training = [
  ...Array.from({ length: 12 }, (_, index) => clipOf(`01__${index}`)),
  ...Array.from({ length: 3 }, (_, index) => clipOf(`02__${index}`, { diveNumber: '405c', difficulty: 2.7 })),
  ...Array.from({ length: 4 }, (_, index) => clipOf(`03__${index}`, { diveNumber: '5253b', difficulty: 3.2 })),
  clipOf('04__0', { diveNumber: '303c', difficulty: 2 }),
];
const queries = [
  clipOf('05__0', { split: 'test' }),
  clipOf('05__1', { split: 'test', diveNumber: '405c', difficulty: 2.7 }),
  clipOf('05__2', { split: 'test', diveNumber: '405b', difficulty: 2.7 }),
];

describe('chooseExemplars', () => {
  const choice = chooseExemplars(queries, training, { seed: 7 });

  it('takes ten training clips of the same dive number, or all if there are fewer', () => {
    const [first, second] = queries.map(({ id }) => choice.lists.get(id)!);
    expect(new Set(first!.exemplars).size).toBe(10);
    expect(first!.exemplars.every((id) => id.startsWith('01__'))).toBe(true);
    expect([...second!.exemplars].sort()).toEqual(['02__0', '02__1', '02__2']);
    expect([first!.match, second!.match]).toEqual(['same', 'same']);
  });

  it('falls back to the nearest dive numbers, nearest first, if no clip has the number', () => {
    const { exemplars, match } = choice.lists.get('05__2')!;
    expect(match).toBe('nearest');
    // 405c is 1 away, 407c 3.5, and ten are expected
    expect([...exemplars.slice(0, 3)].sort()).toEqual(['02__0', '02__1', '02__2']);
    expect(exemplars.slice(3).every((id) => id.startsWith('01__'))).toBe(true);
    expect(exemplars).toHaveLength(10);
  });

  it('gives the same list for a seed regardless of the other queries, and another list for another seed', () => {
    expect(chooseExemplars([...queries].reverse().slice(0, 3), training, { seed: 7 }).lists).toEqual(
      new Map([...choice.lists].reverse()),
    );
    expect(chooseExemplars([queries[0]!], training, { seed: 8 }).lists.get('05__0')).not.toEqual(
      choice.lists.get('05__0'),
    );
  });

  it('never gives a query itself as an exemplar', () => {
    for (const [id, { exemplars }] of chooseExemplars(training, training).lists) expect(exemplars).not.toContain(id);
  });

  it('reports invalid arguments', () => {
    expect(() => chooseExemplars(queries, queries)).toThrow(
      new ArgumentError("ExemplarPool: expected training clips only, got 05__0 of split 'test'."),
    );
    expect(() => chooseExemplars(queries, [])).toThrow(
      new ArgumentError('ExemplarPool: expected at least one training clip, got none.'),
    );
    expect(() => chooseExemplars(queries, training, { count: 0 })).toThrow(
      new ArgumentError('ExemplarPool.draw: count must be a whole number of at least 1, got 0.'),
    );
    expect(() => chooseExemplars([training[0]!], [training[0]!])).toThrow(
      new ArgumentError('ExemplarPool.draw: expected a training clip other than 01__0, got none.'),
    );
  });
});

describe('ExemplarPool.drawPartner', () => {
  it('draws every other clip of the number about equally often, and itself only if there is no other', () => {
    const pool = new ExemplarPool(training);
    const random = new Random(1);
    const counts = new Map<string, number>();
    for (let draw = 0; draw < 3000; draw++) {
      const { id } = pool.drawPartner(training[12]!, random);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['02__1', '02__2']);
    // six standard errors of a fair coin
    expect(Math.abs(counts.get('02__1')! - 1500)).toBeLessThan(6 * Math.sqrt(750));
    const alone = training.at(-1)!;
    expect(pool.drawPartner(alone, random)).toBe(alone);
  });
});

describe('parseExemplars', () => {
  const clips = [...training, ...queries];
  const choice = chooseExemplars(queries, training, { seed: 'a', count: 4 });

  it('reads what formatExemplars wrote', () => {
    expect(parseExemplars(formatExemplars(choice), clips)).toEqual(choice);
    expect(formatExemplars(choice).split('\n')).toHaveLength(6 + queries.length + 3);
  });

  interface File {
    version: unknown;
    count: unknown;
    seed: unknown;
    lists: { [id: string]: { match?: unknown; exemplars?: unknown } };
  }
  const edited = (edit: (file: File, list: File['lists'][string]) => void) => {
    const file = JSON.parse(formatExemplars(choice)) as File;
    edit(file, file.lists['05__0']!);
    return JSON.stringify(file);
  };
  const set = (key: 'version' | 'count' | 'seed' | 'lists', value: unknown) =>
    edited((file) => Object.assign(file, { [key]: value }));
  const setInList = (parts: object) => edited((_, list) => Object.assign(list, parts));

  it.each([
    ['not json', 'JSON, got text that does not parse: Unexpected token \'o\', "not json" is not valid JSON'],
    ['[]', 'the file to be an object, got an array.'],
    [set('version', 2), 'format mcore-exemplars version 1, got mcore-exemplars version 2.'],
    [set('count', 0), 'count to be a positive whole number, got 0.'],
    [set('seed', null), 'seed to be a number or a string, got null.'],
    [set('lists', null), 'lists to be an object, got null.'],
    [edited((file) => Object.assign(file.lists, { x: {} })), 'every query to be a clip of this source, got x.'],
    [setInList({ match: 'any' }), "match 'same' or 'nearest' for 05__0, got \"any\"."],
    [setInList({ exemplars: [] }), '1 to 4 exemplars for 05__0, got 0.'],
    [setInList({ exemplars: ['01__0', '01__0'] }), 'exemplars without repeats for 05__0, got 01__0, 01__0.'],
    [setInList({ exemplars: ['05__1'] }), 'exemplars of 05__0 to be other training clips of this source, got 05__1.'],
    [setInList({ exemplars: ['02__0'] }), 'exemplars of 05__0 to have its dive number 407c, got 02__0 with 405c.'],
  ])('reports what is wrong (%#)', (text, message) => {
    expect(() => parseExemplars(text, clips)).toThrow(new DataError(`parseExemplars: expected ${message}`));
  });
});
