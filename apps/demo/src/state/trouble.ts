import { signal } from '@preact/signals';
import { WorkerError } from '../worker-link.js';

/** Something that went wrong, in place, with ways on. */
export interface Trouble {
  /** What it means, a sentence. */
  text: string;
  /** What was said by whoever failed. */
  detail: string;
  ways: { label: string; go(): void }[];
}

/** What is wrong now. */
export const trouble = signal<Trouble | null>(null);

/** What kind of failure an error is. */
export type TroubleKind = 'memory' | 'engine' | 'weights' | 'number' | 'video' | 'other';

/** What was asked of a worker when it failed. */
export type Asked = 'start' | 'judge' | 'pictures';

/**
 * Sorts an error by what a person can do about it: by its code and by what was asked for. Only a lack of memory, which browsers report in
 * many ways, is known by its words.
 */
export function kindOf(error: unknown, asked: Asked): TroubleKind {
  const { name, message } = error as Error;
  const code = error instanceof WorkerError ? error.code : undefined;
  // a kernel in WebAssembly fails for want of memory or not at all
  if (
    name === 'RangeError' ||
    name === 'RuntimeError' ||
    /out of memory|memory access|allocation|createBuffer|OOM/i.test(message)
  )
    return 'memory';
  if (code === 'ERR_MCORE_ENGINE') return 'engine';
  if (code === 'ERR_MCORE_UNKNOWN_CLASS') return 'number';
  if (code === undefined) return 'other';
  return asked === 'start' ? 'weights' : 'video';
}

/** The sentence for each kind. */
export const sentences: Readonly<Record<TroubleKind, string>> = {
  memory: 'There is not enough memory for that here. What was used is free again; closing other tabs may free more.',
  engine: 'No way of computing works in this browser.',
  weights: 'These weights or their bank can’t be used.',
  number: 'This judge knows no such dive number or class. The last score is still here.',
  video: 'This video can’t be read here.',
  other: 'Something went wrong.',
};
