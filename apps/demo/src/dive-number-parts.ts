import { isDiveNumber } from '@mcore/clips';

const positions = ['a', 'b', 'c', 'd'] as const;

/**
 * What a dive number without its position letter can become: `205` is `205a`, `205b` or `205c`; twisting dives have `d` too.
 *
 * @param text - As typed.
 * @returns Empty if the text is a dive number already, or can't become one.
 */
export function completionsOf(text: string): string[] {
  const digits = text.trim().toLowerCase();
  if (!/^\d{3,4}$/.test(digits)) return [];
  const twists = digits.length === 4;
  return positions
    .filter((position) => position !== 'd' || twists)
    .map((position) => `${digits}${position}`)
    .filter(isDiveNumber);
}
