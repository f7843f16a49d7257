import { DataError } from '@mcore/errors';
import { hash48 } from './hash.js';

/** Bytes of a clip in the packed form. */
const BYTES = 6;

/**
 * A set of clips that is small enough to be kept with weights: 48 bits of a hash of every id, as base64. Of a thousand clips that
 * are not in a set of two thousand, one is taken for a member with a chance of 1 in 100 million.
 */
export class ClipSet {
  readonly #hashes: ReadonlySet<number>;

  private constructor(hashes: ReadonlySet<number>) {
    this.#hashes = hashes;
  }

  /** The set of some clips, by their ids. */
  static of(clips: readonly { readonly id: string }[]): ClipSet {
    return new ClipSet(new Set(clips.map(({ id }) => hash48(id))));
  }

  /**
   * Reads what {@link pack} wrote.
   *
   * @throws DataError if it is something else.
   */
  static unpack(text: string): ClipSet {
    let bytes: string;
    try {
      bytes = atob(text);
    } catch (cause) {
      throw new DataError('ClipSet.unpack: expected base64, got other characters.', { cause });
    }
    if (bytes.length % BYTES !== 0) {
      throw new DataError(`ClipSet.unpack: expected a multiple of ${BYTES} bytes, got ${bytes.length}.`);
    }
    const hashes = new Set<number>();
    for (let at = 0; at < bytes.length; at += BYTES) {
      let hash = 0;
      for (let byte = 0; byte < BYTES; byte++) hash = hash * 256 + bytes.charCodeAt(at + byte);
      hashes.add(hash);
    }
    return new ClipSet(hashes);
  }

  /** Clips in the set. */
  get size(): number {
    return this.#hashes.size;
  }

  /** Whether a clip is in it. */
  has({ id }: { readonly id: string }): boolean {
    return this.#hashes.has(hash48(id));
  }

  /** As base64, 8 characters a clip; equal sets have equal texts. */
  pack(): string {
    const sorted = [...this.#hashes].sort((a, b) => a - b);
    const bytes = sorted.flatMap((hash) =>
      Array.from({ length: BYTES }, (_, byte) => Math.floor(hash / 256 ** (BYTES - 1 - byte)) % 256),
    );
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
  }
}
