/**
 * A metric was called with invalid arguments.
 *
 * `code` is `ERR_MCORE_SHAPE` if lengths don't fit and `ERR_MCORE_ARGUMENT` if a value is out of range. The other `@mcore` packages use the
 * same codes; this package does not depend on them.
 */
export class MetricsError extends RangeError {
  override readonly name = 'MetricsError';

  constructor(
    readonly code: 'ERR_MCORE_SHAPE' | 'ERR_MCORE_ARGUMENT',
    message: string,
  ) {
    super(message);
  }
}

/** @throws {@link MetricsError} unless both have the same length. */
export function assertSameLength(
  caller: string,
  predicted: ArrayLike<unknown>,
  actual: ArrayLike<unknown>,
  names: readonly [string, string] = ['predicted', 'actual'],
): void {
  if (predicted.length !== actual.length) {
    throw new MetricsError(
      'ERR_MCORE_SHAPE',
      `${caller}: ${names[0]} and ${names[1]} must have the same length, got ${predicted.length} and ${actual.length}.`,
    );
  }
}

/** @throws {@link MetricsError} unless both have the same length and at least one element. */
export function assertPaired(
  caller: string,
  predicted: ArrayLike<unknown>,
  actual: ArrayLike<unknown>,
  names?: readonly [string, string],
): void {
  assertSameLength(caller, predicted, actual, names);
  if (predicted.length === 0) {
    throw new MetricsError('ERR_MCORE_SHAPE', `${caller}: expected at least one value, got none.`);
  }
}

/** @throws {@link MetricsError} unless `value` lies strictly between 0 and 1. */
export function assertLevel(caller: string, value: number): void {
  if (!(value > 0 && value < 1)) {
    throw new MetricsError('ERR_MCORE_ARGUMENT', `${caller}: level must lie between 0 and 1, got ${value}.`);
  }
}
