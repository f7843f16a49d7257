/** `+1.3`, with a real minus. */
export function signed(points: number, digits = 1): string {
  const text = Math.abs(points).toFixed(digits);
  return Number(text) === 0 ? text : `${points < 0 ? '−' : '+'}${text}`;
}

/** `0.52 s`, `1:04.2`. */
export function clock(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(2)} s`;
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${(seconds - 60 * minutes).toFixed(1).padStart(4, '0')}`;
}

/** `240 ms`, `1.8 s`. */
export function took(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** `62 MB`. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
