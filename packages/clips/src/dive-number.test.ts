import { describe, expect, it } from 'vitest';
import { parseDiveNumber } from './index.js';

/** The 52 numbers of FineDiving: direction, armstand, half somersaults, half twists, position; after World Aquatics' table of dives. */
const table = `
101b forward 1 0 pike;103b forward 3 0 pike;105b forward 5 0 pike;107b forward 7 0 pike;107c forward 7 0 tuck;109b forward 9 0 pike;
109c forward 9 0 tuck;201a back 1 0 straight;201b back 1 0 pike;201c back 1 0 tuck;205b back 5 0 pike;205c back 5 0 tuck;
207b back 7 0 pike;207c back 7 0 tuck;301b reverse 1 0 pike;303c reverse 3 0 tuck;305b reverse 5 0 pike;305c reverse 5 0 tuck;
307c reverse 7 0 tuck;401b inward 1 0 pike;403b inward 3 0 pike;405b inward 5 0 pike;405c inward 5 0 tuck;407b inward 7 0 pike;
407c inward 7 0 tuck;409c inward 9 0 tuck;5132d forward 3 2 free;5152b forward 5 2 pike;5154b forward 5 4 pike;5156b forward 5 6 pike;
5172b forward 7 2 pike;5231d back 3 1 free;5233d back 3 3 free;5235d back 3 5 free;5237d back 3 7 free;5251b back 5 1 pike;
5253b back 5 3 pike;5255b back 5 5 pike;5331d reverse 3 1 free;5335d reverse 3 5 free;5337d reverse 3 7 free;5353b reverse 5 3 pike;
5355b reverse 5 5 pike;612b armstand-forward 2 0 pike;6142d armstand-forward 4 2 free;614b armstand-forward 4 0 pike;
6241b armstand-back 4 1 pike;6243d armstand-back 4 3 free;6245d armstand-back 4 5 free;626b armstand-back 6 0 pike;
626c armstand-back 6 0 tuck;636c armstand-reverse 6 0 tuck`
  .split(';')
  .map((line) => line.trim().split(' '));

describe('parseDiveNumber', () => {
  it.each(table)(
    'reads %s: %s, %s half somersaults, %s half twists, %s',
    (text, start, somersaults, twists, position) => {
      const dive = parseDiveNumber(` ${text!.toUpperCase()} `);
      expect(dive).toEqual({
        text,
        group: Number(text![0]),
        direction: start!.replace('armstand-', ''),
        armstand: start!.startsWith('armstand-'),
        flying: false,
        halfSomersaults: Number(somersaults),
        halfTwists: Number(twists),
        position,
      });
    },
  );

  it('reads flying dives and more than nine half somersaults', () => {
    expect(parseDiveNumber('113b')).toMatchObject({ flying: true, halfSomersaults: 3 });
    expect(parseDiveNumber('1011c')).toMatchObject({ flying: false, halfSomersaults: 11 });
  });

  it.each([
    ['100b', 'forward', 'pike'],
    ['200b', 'back', 'pike'],
    ['200d', 'back', 'free'],
    ['300b', 'reverse', 'pike'],
    ['300d', 'reverse', 'free'],
  ])('reads %s, a jump of MTL-AQA', (text, direction, position) => {
    expect(parseDiveNumber(text)).toMatchObject({
      direction,
      position,
      halfSomersaults: 0,
      halfTwists: 0,
      armstand: false,
    });
  });

  it.each([
    ['407', 'three or four digits, the first 1 to 6, and a position a, b, c or d, such as 407c'],
    ['807c', 'three or four digits, the first 1 to 6, and a position a, b, c or d, such as 407c'],
    ['427c', 'a second digit of 0 (or 1 for a flying dive) in groups 1 to 4'],
    ['110b', '1 to 11 half somersaults in a flying dive'],
    ['1012b', '0 to 11 half somersaults'],
    ['523d', 'four digits in group 5, the last the half twists'],
    ['5531d', 'a second digit of 1 to 4 (the direction) in group 5'],
    ['646c', 'a second digit of 1 to 3 (the direction) in group 6'],
    ['5201d', 'at least 1 half somersault'],
  ])('reports what is wrong with %s', (text, expected) => {
    expect(() => parseDiveNumber(text)).toThrow(`parseDiveNumber: expected ${expected}, got "${text}".`);
  });
});
