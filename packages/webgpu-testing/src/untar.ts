const BLOCK = 512;

/**
 * Lists the regular files of a tar archive (ustar, the format of POSIX.1-1988).
 *
 * @param bytes - The archive, not compressed.
 * @returns Name and contents of each file, views of `bytes`; folders and links are left out.
 */
export function* untar(bytes: Uint8Array): Generator<{ name: string; data: Uint8Array }> {
  for (let start = 0; start + BLOCK <= bytes.length; ) {
    const header = bytes.subarray(start, start + BLOCK);
    const name = text(header, 0, 100);
    if (name === '') return; // the archive ends with empty blocks
    const prefix = text(header, 345, 155);
    const size = Number.parseInt(text(header, 124, 12).trim(), 8);
    const type = text(header, 156, 1);
    const data = bytes.subarray(start + BLOCK, start + BLOCK + size);
    if (type === '' || type === '0') yield { name: prefix === '' ? name : `${prefix}/${name}`, data };
    start += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

function text(header: Uint8Array, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return Buffer.from(end === -1 ? field : field.subarray(0, end)).toString('latin1');
}
