import { ArgumentError } from '@mcore/errors';

/** State of a generator, from {@link Random.state}; {@link Random.fromState} continues the sequence. */
export type RandomState = readonly [number, number, number, number];

/**
 * Seeded random numbers: the same seed gives the same sequence on every machine and engine.
 *
 * The generator is xoshiro128** seeded through SplitMix32 (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", 2021). Not for cryptography.
 */
export class Random {
  readonly #words: Uint32Array;

  /** @param seed - Any number or string; different seeds give unrelated sequences. */
  constructor(seed: number | string) {
    let mixed = hashText(String(seed));
    this.#words = Uint32Array.from({ length: 4 }, () => {
      mixed = (mixed + 0x9e3779b9) >>> 0;
      return avalanche(mixed);
    });
  }

  /** Continues from a state saved by {@link state}. */
  static fromState(state: readonly number[]): Random {
    if (state.length !== 4 || state.some((word) => !Number.isInteger(word) || word < 0 || word > 0xffffffff)) {
      throw new ArgumentError(
        `Random.fromState: expected four unsigned 32-bit integers, got ${JSON.stringify(state)}.`,
      );
    }
    const random = new Random(0);
    random.#words.set(state);
    return random;
  }

  /** The position in the sequence, as plain numbers that survive JSON. */
  state(): RandomState {
    const [a, b, c, d] = this.#words;
    return [a!, b!, c!, d!];
  }

  /** A separate generator for one purpose. Draws from other generators do not affect it. */
  static for(seed: number | string, ...purpose: (number | string)[]): Random {
    return new Random([seed, ...purpose].join('\u0000'));
  }

  /** An integer in 0 .. 2^32 - 1. */
  bits(): number {
    const words = this.#words;
    const result = Math.imul(rotateLeft(Math.imul(words[1]!, 5), 7), 9) >>> 0;
    const shifted = words[1]! << 9;
    words[2]! ^= words[0]!;
    words[3]! ^= words[1]!;
    words[1]! ^= words[2]!;
    words[0]! ^= words[3]!;
    words[2]! ^= shifted;
    words[3] = rotateLeft(words[3]!, 11);
    return result;
  }

  /** Uniform in [low, high). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.bits() / 0x1_0000_0000);
  }

  /** A whole number in 0 .. below - 1, each equally likely. */
  integer(below: number): number {
    if (!Number.isInteger(below) || below < 1) {
      throw new ArgumentError(`Random.integer: expected a positive whole number, got ${below}.`);
    }
    return Math.floor(this.uniform(0, below));
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** Normally distributed, by the Box-Muller transform. Each call draws two uniform numbers, so there is no hidden state. */
  normal(mean = 0, deviation = 1): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return mean + deviation * radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** A random element. */
  pick<T>(values: readonly T[]): T {
    return values[this.integer(values.length)]!;
  }

  /** A shuffled copy (Fisher and Yates). */
  shuffle<T>(values: readonly T[]): T[] {
    const shuffled = [...values];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
    }
    return shuffled;
  }

  /** `count` different elements in random order, or all elements if there are fewer. */
  sample<T>(values: readonly T[], count: number): T[] {
    return this.shuffle(values).slice(0, count);
  }
}

function rotateLeft(word: number, by: number): number {
  return ((word << by) | (word >>> (32 - by))) >>> 0;
}

/** FNV-1a over UTF-16 units. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** The finaliser of SplitMix32. */
function avalanche(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
