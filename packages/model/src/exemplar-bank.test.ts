import { ArgumentError, DataError } from '@mcore/errors';
import { Random } from '@mcore/random';
import { type SafeTensor, writeSafetensors } from '@mcore/safetensors';
import { describe, expect, it } from 'vitest';
import { type Exemplar, ExemplarBank } from './index.js';

const shape = { stages: 2, steps: 2, channels: 3 };
const random = new Random('bank');

function exemplar(id: string, diveNumber: string, difficulty = 3): Exemplar {
  const stages = Float32Array.from({ length: 12 }, () => random.normal());
  return { id, diveNumber, score: random.uniform(30, 90), difficulty, stages };
}

const exemplars = [exemplar('01__1', '107b'), exemplar('01__2', '107b'), exemplar('02__1', '407c', 3.4)];

describe('ExemplarBank', () => {
  it('round-trips through bytes', () => {
    const bank = new ExemplarBank(exemplars, shape, 'abc');
    const back = ExemplarBank.decode(bank.encode());
    expect(back.exemplars).toEqual(exemplars);
    expect(back.shape).toEqual(shape);
    expect(back.weightsId).toBe('abc');
    expect(back.diveNumbers).toEqual(['107b', '407c']);
    expect(back.encode()).toEqual(bank.encode());
  });

  it('round-trips through half precision, each feature within a thousandth', () => {
    const bank = new ExemplarBank(exemplars, shape, 'abc');
    expect(bank.encode('half').length).toBeLessThan(bank.encode().length);
    const back = ExemplarBank.decode(bank.encode('half')).exemplars[0]!.stages;
    exemplars[0]!.stages.forEach((value, index) => {
      expect(Math.abs(back[index]! - value)).toBeLessThanOrEqual(1e-3 * Math.abs(value) + 1e-7);
    });
  });

  it('keeps what the features were computed of, and says which file is damaged', () => {
    const bank = new ExemplarBank([{ ...exemplars[0]!, frameKey: '0123456789abcdef' }, exemplars[1]!], shape, 'abc');
    const back = ExemplarBank.decode(bank.encode());
    expect(back.exemplars.map(({ frameKey }) => frameKey)).toEqual(['0123456789abcdef', undefined]);
    expect([back.precision, ExemplarBank.decode(bank.encode('half')).precision]).toEqual(['single', 'half']);
    expect(() => ExemplarBank.decode(bank.encode().subarray(0, 100), 'runs/bank.safetensors')).toThrow(
      /^ExemplarBank\.decode: expected a whole safetensors file in runs\/bank\.safetensors, got another: /,
    );
  });

  it('draws exemplars of the dive number in either case, at most all of them, the same for the same seed', () => {
    const bank = new ExemplarBank(exemplars, shape, '');
    const drawn = bank.draw('107B', 10, new Random(1));
    expect(drawn.match).toBe('same');
    expect(drawn.exemplars.map(({ id }) => id).sort()).toEqual(['01__1', '01__2']);
    expect(bank.draw('107b', 1, new Random(2))).toEqual(bank.draw('107b', 1, new Random(2)));
  });

  it('draws the nearest dives if no exemplar has the number', () => {
    const { exemplars: drawn, match } = new ExemplarBank(exemplars, shape, '').draw('405c', 1, new Random(1));
    expect([match, drawn[0]!.id]).toEqual(['nearest', '02__1']);
  });

  it('reports what it expected of exemplars', () => {
    expect(() => new ExemplarBank([], shape, '')).toThrow(
      new DataError('ExemplarBank: expected at least one exemplar, got none.'),
    );
    const short = { ...exemplars[0]!, stages: new Float32Array(11) };
    expect(() => new ExemplarBank([short], shape, '')).toThrow(
      new DataError('ExemplarBank: expected 12 features for every exemplar, got 11 for 01__1.'),
    );
    expect(() => new ExemplarBank([...exemplars, exemplars[0]!], shape, '')).toThrow(
      new DataError('ExemplarBank: expected every exemplar once, got 01__1 twice.'),
    );
    expect(() => new ExemplarBank(exemplars, shape, '').draw('swan', 1, new Random(1))).toThrow(ArgumentError);
  });

  it('reports what it expected of a file', () => {
    const stages: SafeTensor = { dtype: 'F32', shape: [1, 2, 2, 3], data: new Float32Array(12) };
    const row = { id: 'a', diveNumber: '107b', score: 70, difficulty: 3 };
    const decode = (
      exemplars: string | undefined,
      tensor: SafeTensor | null = stages,
      format = 'mcore exemplar bank 1',
    ) =>
      ExemplarBank.decode(
        writeSafetensors(new Map(tensor ? [['stages', tensor]] : []), {
          format,
          weights: '',
          ...(exemplars === undefined ? {} : { exemplars }),
        }),
      );
    expect(decode(JSON.stringify([row])).exemplars[0]).toMatchObject(row);
    const refused: [() => unknown, string][] = [
      [() => decode('[]', stages, 'x'), 'expected the file to be of format "mcore exemplar bank 1", got "x".'],
      [
        () => decode('[]', null),
        'expected the tensor stages [exemplars, stages, steps, channels] of F32 or F16, got none.',
      ],
      [
        () => decode('[]', { dtype: 'I32', shape: [1], data: new Int32Array(1) }),
        'expected the tensor stages [exemplars, stages, steps, channels] of F32 or F16, got [1] of I32.',
      ],
      [() => decode('{oops'), 'expected 1 exemplars in the metadata, got no JSON.'],
      [() => decode(undefined), 'expected 1 exemplars in the metadata, got no JSON.'],
      [() => decode('7'), 'expected 1 exemplars in the metadata, got no list.'],
      [() => decode('[]'), 'expected 1 exemplars in the metadata, got 0.'],
      [() => decode('[null]'), 'expected id, diveNumber, score and difficulty of every exemplar, got null.'],
      [
        () => decode(JSON.stringify([{ ...row, score: '70' }])),
        'expected id, diveNumber, score and difficulty of every exemplar, got {"id":"a","diveNumber":"107b","score":"70","difficulty":3}.',
      ],
    ];
    for (const [act, message] of refused) expect(act).toThrow(new DataError(`ExemplarBank.decode: ${message}`));
  });
});
