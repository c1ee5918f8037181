const POLYNOMIAL = 0x82f63b78;
const SLICES = 16;

/**
 * Sixteen tables of 256: entry `k * 256 + b` is the crc of byte `b` followed by `k` zero bytes.
 * Shared by the JavaScript loop below and, laid into its memory, by the WebAssembly module.
 */
function slicingTables(): Int32Array {
  const tables = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[byte] = crc;
  }
  for (let i = 256; i < tables.length; i++) {
    const previous = tables[i - 256]!;
    tables[i] = tables[previous & 255]! ^ (previous >>> 8);
  }
  return tables;
}

let tables: Int32Array | undefined;

/** CRC-32C of buffer[from, to) in plain JavaScript, sixteen bytes a step. */
export function crc32cInJavaScript(buffer: Uint8Array, from: number, to: number): number {
  const t = (tables ??= slicingTables());
  let crc = -1;
  let at = from;
  for (const last = to - 16; at <= last; at += 16) {
    crc ^= buffer[at]! | (buffer[at + 1]! << 8) | (buffer[at + 2]! << 16) | (buffer[at + 3]! << 24);
    crc =
      t[3840 + (crc & 255)]! ^
      t[3584 + ((crc >>> 8) & 255)]! ^
      t[3328 + ((crc >>> 16) & 255)]! ^
      t[3072 + (crc >>> 24)]! ^
      t[2816 + buffer[at + 4]!]! ^
      t[2560 + buffer[at + 5]!]! ^
      t[2304 + buffer[at + 6]!]! ^
      t[2048 + buffer[at + 7]!]! ^
      t[1792 + buffer[at + 8]!]! ^
      t[1536 + buffer[at + 9]!]! ^
      t[1280 + buffer[at + 10]!]! ^
      t[1024 + buffer[at + 11]!]! ^
      t[768 + buffer[at + 12]!]! ^
      t[512 + buffer[at + 13]!]! ^
      t[256 + buffer[at + 14]!]! ^
      t[buffer[at + 15]!]!;
  }
  for (; at < to; at++) crc = t[(crc ^ buffer[at]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** CRC-32C (Castagnoli) of buffer[from, to), as an unsigned number. */
export function crc32c(buffer: Uint8Array, from = 0, to = buffer.length): number {
  return crc32cInJavaScript(buffer, from, to);
}
