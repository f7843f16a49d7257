import type { TimeSpan } from './time-span.js';

/** A path with the part that is meant: `final.mp4#t=612.4,616.6`, as in the W3C's Media Fragments URI 1.0; the path alone for all of it. */
export function withSpan(path: string, { start, end }: TimeSpan): string {
  if (start === undefined && end === undefined) return path;
  return `${path}#t=${start ?? 0}${end === undefined ? '' : `,${end}`}`;
}

/** The path and the part that {@link withSpan} put together. */
export function splitSpan(place: string): { path: string; span: TimeSpan } {
  const [, path, start, end] = /^(.*)#t=([\d.]+)(?:,([\d.]+))?$/.exec(place) ?? [];
  if (path === undefined) return { path: place, span: {} };
  return { path, span: { start: Number(start), ...(end !== undefined && { end: Number(end) }) } };
}
