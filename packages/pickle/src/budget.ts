import { ArgumentError, DataError } from '@mcore/errors';

/** Bounds against hostile files; each may be raised by the caller. */
export interface PickleLimits {
  /** Most values, counted as they are made and once more in the result, where a shared value counts every time; 2,000,000 unless given. */
  maxItems?: number;
  /** Deepest nesting of the result; 200 unless given. */
  maxDepth?: number;
  /** Most bytes that may be allocated for copies (unpacked files, transposed or unaligned arrays); 2^30 unless given. */
  maxBytes?: number;
}

/** What is left of the limits while one file is read. Everything is asked for here before it is made. */
export class Budget {
  readonly maxItems: number;
  readonly maxDepth: number;
  readonly #maxBytes: number;
  #items = 0;
  #bytes = 0;

  constructor(
    readonly caller: string,
    { maxItems = 2_000_000, maxDepth = 200, maxBytes = 2 ** 30 }: PickleLimits,
  ) {
    for (const [name, value] of Object.entries({ maxItems, maxDepth, maxBytes })) {
      if (!Number.isSafeInteger(value) || value < 0) {
        throw new ArgumentError(`${caller}: ${name} must be a whole number of at least 0, got ${value}.`);
      }
    }
    this.maxItems = maxItems;
    this.maxDepth = maxDepth;
    this.#maxBytes = maxBytes;
  }

  takeItems(count: number): void {
    this.#items += count;
    if (this.#items > this.maxItems) throw this.error(`expected at most ${this.maxItems} values, got more`);
  }

  takeBytes(count: number): void {
    this.#bytes += count;
    if (!(this.#bytes <= this.#maxBytes)) {
      throw this.error(
        `expected to allocate at most ${this.#maxBytes} bytes for copies (maxBytes), but the file needs ${this.#bytes}`,
      );
    }
  }

  error(problem: string, options?: ErrorOptions): DataError {
    return new DataError(`${this.caller}: ${problem}.`, options);
  }
}
