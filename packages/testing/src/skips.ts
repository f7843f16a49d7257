/**
 * The end of a test's or suite's name that says why it is skipped. `npm test` lists skipped tests by it, and in CI each reason
 * must stand in test/allowed-skips.json.
 *
 * @param reason - Why it can't run here and what to do; null if it can.
 */
export function because(reason: string | null): string {
  return reason === null ? '' : `: skipped, ${reason}`;
}

/** The reason of tests that need what `npm run build` writes. */
export const NOT_BUILT = 'the packages are not built (npm run build)';
