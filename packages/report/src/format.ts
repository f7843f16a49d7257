const MINUS = '\u2212';
const DASH = '\u2013';

/** A number with a fixed number of digits and a real minus sign; a dash if it is missing. */
export function formatNumber(value: number | undefined, digits: number): string {
  if (value === undefined || !Number.isFinite(value)) return DASH;
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** A difference: always with its sign. */
export function formatDifference(value: number, digits: number): string {
  const text = formatNumber(value, digits);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** `0.911 to 0.940`. */
export function formatInterval([low, high]: readonly [number, number], digits: number): string {
  return `${formatNumber(low, digits)} to ${formatNumber(high, digits)}`;
}

/** `95 %`. */
export function formatShare(share: number): string {
  return `${formatNumber(share * 100, 0)} %`;
}

/** Date and time in UTC, to the minute. */
export function formatTime(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
