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
  video: 'This video can’t be read here. Export it as MP4 (H.264), or choose another one.',
  other: 'Something went wrong.',
};

/**
 * What a person can do about a video that can't be read.
 *
 * @param detail - What the reader of the file said.
 */
export function videoSentence(detail: string): string {
  if (/hevc|hvc1|hev1/i.test(detail)) {
    return 'This video is in HEVC (H.265), as iPhones film, which this browser can’t read. On the iPhone choose Settings, Camera, Formats, Most Compatible; or export the video as MP4 (H.264), or open this page in Safari.';
  }
  if (/prores/i.test(detail)) {
    return 'This video is in ProRes, which this browser can’t read. Export it as MP4 (H.264).';
  }
  if (/empty|cut off|damaged/i.test(detail)) {
    return 'This video can’t be read: the file is damaged or was not copied as a whole. Copy it again, or choose another one.';
  }
  return sentences.video;
}
