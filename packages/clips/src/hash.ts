/**
 * 48 bits of a text: two 32-bit FNV-1a hashes of its UTF-16 units, the second from another offset and of the reversed order, each
 * mixed as MurmurHash3 finalizes. To tell texts apart, not for secrets.
 *
 * Source: Fowler, Noll and Vo (draft-eastlake-fnv); Appleby, MurmurHash3 (public domain).
 */
export function hash48(text: string): number {
  let forwards = 0x811c9dc5;
  let backwards = 0x9747b28c;
  for (let at = 0; at < text.length; at++) {
    forwards = Math.imul(forwards ^ text.charCodeAt(at), 0x01000193);
    backwards = Math.imul(backwards ^ text.charCodeAt(text.length - 1 - at), 0x01000193);
  }
  return (mixed(backwards) & 0xffff) * 2 ** 32 + mixed(forwards);
}

function mixed(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
