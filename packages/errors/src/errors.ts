import { oneLine } from './one-line.js';

const MARKER = Symbol.for('mcore.error');

/** Base class of the errors of all mcore packages. `code` is stable across versions; the message is not. */
export class McoreError extends Error {
  override readonly name: string = 'McoreError';

  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /**
   * Whether something is such an error, from whichever copy of this package: `instanceof` is false across copies.
   *
   * @param code - Asks for errors with this code alone.
   */
  static isInstance(error: unknown, code?: string): error is McoreError {
    const is = typeof error === 'object' && error !== null && (error as Partial<Marked>)[MARKER] === true;
    return is && (code === undefined || (error as McoreError).code === code);
  }

  /** Marks these errors for other copies of this package. */
  get [MARKER](): true {
    return true;
  }
}

interface Marked {
  [MARKER]: true;
}

/** A tensor or array does not have the expected shape. */
export class ShapeError extends McoreError {
  override readonly name = 'ShapeError';

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_MCORE_SHAPE', oneLine(message), options);
  }
}

/** An argument is invalid: a number out of range, an unknown name. */
export class ArgumentError extends McoreError {
  override readonly name = 'ArgumentError';

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_MCORE_ARGUMENT', oneLine(message), options);
  }
}

/** A file or a data set is missing, broken or in an unexpected format. */
export class DataError extends McoreError {
  override readonly name = 'DataError';

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_MCORE_DATA', oneLine(message), options);
  }
}

/** Weights do not fit the model: the message names every missing, extra and misshapen tensor. */
export class WeightsError extends McoreError {
  override readonly name = 'WeightsError';

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_MCORE_WEIGHTS', oneLine(message, 100_000), options);
  }
}

/** An engine can't be used here, or failed its self-test. */
export class EngineError extends McoreError {
  override readonly name = 'EngineError';

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_MCORE_ENGINE', message, options);
  }
}
