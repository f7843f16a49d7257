import { isDiveNumber, parseDiveNumber } from '@mcore/clips';

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

/** A dive number with its words, or the name of a class as it is. */
export function describeClass(name: string): string {
  return isDiveNumber(name) ? `${name.toUpperCase()} ${describeDive(name)}` : name;
}

/**
 * What a number or class that somebody types says so far.
 *
 * @param known - Classes that the weights know.
 * @returns A sentence, whatever the text.
 */
export function describeNumber(text: string, known: readonly string[] = []): string {
  const name = text.trim().toLowerCase();
  if (name === '') return 'Unknown: compared with the dives that look most alike.';
  const areDives = known.every(isDiveNumber);
  if (areDives) return isDiveNumber(name) ? describeDive(name) : 'Not a dive number yet, such as 107B or 5253B.';
  return known.includes(name)
    ? 'A class that these weights know.'
    : `Not a class of these weights, such as ${known[0]}.`;
}
