import { createHash } from 'node:crypto';
import { canonicalJson } from './task.js';

/** A short hash of plain data: equal for equal data, whatever the order of their keys. */
export function fingerprint(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 16);
}
