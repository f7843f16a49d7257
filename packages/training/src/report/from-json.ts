/** A number out of JSON, which has null for what is not finite. */
export function fromNumber(value: number | null): number {
  return value ?? Number.NaN;
}
