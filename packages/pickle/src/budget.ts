import { ArgumentError, DataError } from '@mcore/errors';

/** Bounds against hostile files; each may be raised by the caller. */
export interface PickleLimits {
  /** Maximum number of values, counted when they are made and again in the result, where a shared value counts each time. Default 2,000,000. */
  maxItems?: number;
  /** Maximum nesting depth of the result. Default 200. */
  maxDepth?: number;
  /** Maximum number of bytes allocated for copies (unpacked files, transposed or unaligned arrays). Default 2^30. */
  maxBytes?: number;
}

/** What remains of the limits while a file is read. Every allocation is counted here first. */
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
