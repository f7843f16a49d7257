const table = new Uint32Array(256);

/**
 * The checksum of zip files.
 *
 * Source: PKWARE, APPNOTE.TXT 6.3.10, section 4.4.7 (polynomial 0xedb88320, lowest bit first).
 *
 * @param bytes - Any length.
 * @returns An unsigned 32-bit number.
 */
export function crc32(bytes: Uint8Array): number {
  if (table[1] === 0) fillTable();
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function fillTable(): void {
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    table[byte] = crc;
  }
}
