import { parseDiveNumber } from '@mcore/clips';

const positions = { straight: 'straight', pike: 'pike', tuck: 'tuck', free: 'free position' } as const;

/**
 * A dive number in words.
 *
 * @param diveNumber - Such as `407c`.
 * @returns Such as `inward, 3½ somersaults, tuck`.
 */
export function describeDive(diveNumber: string): string {
  const { direction, armstand, flying, halfSomersaults, halfTwists, position } = parseDiveNumber(diveNumber);
  return [
    armstand ? `armstand ${direction}` : direction,
    halves(halfSomersaults, flying ? 'flying somersault' : 'somersault'),
    halfTwists > 0 && halves(halfTwists, 'twist'),
    positions[position],
  ]
    .filter((part) => part !== false)
    .join(', ');
}

/** `1 twist`, `½ somersault`, `3½ somersaults`. */
function halves(count: number, what: string): string {
  const whole = Math.floor(count / 2);
  return `${whole || ''}${count % 2 === 1 ? '½' : ''} ${what}${count > 2 ? 's' : ''}`;
}

/**
 * What a number that somebody types says so far.
 *
 * @returns A sentence, whatever the text.
 */
export function describeNumber(text: string): string {
  if (text.trim() === '') return 'Unknown: compared with the dives that look most alike.';
  try {
    return describeDive(text);
  } catch {
    return 'Not a dive number yet, such as 107B or 5253B.';
  }
}
