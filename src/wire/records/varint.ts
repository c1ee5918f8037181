const TWO_31 = 2 ** 31;

/** Bytes of an int32 as a zigzag varint: 1 to 5. */
export function sizeOfVarint(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  if (zigzag < 0x80) return 1;
  if (zigzag < 0x4000) return 2;
  if (zigzag < 0x200000) return 3;
  return zigzag < 0x10000000 ? 4 : 5;
}

/** Writes an int32 as a zigzag varint; returns where it ends. */
export function writeVarint(out: Buffer, value: number, at: number): number {
  let left = ((value << 1) ^ (value >> 31)) >>> 0;
  let position = at;
  while (left >= 0x80) {
    out[position++] = (left & 0x7f) | 0x80;
    left >>>= 7;
  }
  out[position++] = left;
  return position;
}

/** Bytes of an integer of up to 53 bits as a zigzag varint: 1 to 8. */
export function sizeOfVarlong(value: number): number {
  if (value >= -TWO_31 && value < TWO_31) return sizeOfVarint(value);
  let bytes = 1;
  for (let left = zigzagOf(value); left >= 0x80; left = Math.floor(left / 128)) bytes++;
  return bytes;
}

/** Writes an integer of up to 53 bits as a zigzag varint; returns where it ends. */
export function writeVarlong(out: Buffer, value: number, at: number): number {
  if (value >= -TWO_31 && value < TWO_31) return writeVarint(out, value, at);
  let position = at;
  let left = zigzagOf(value);
  while (left >= 0x80) {
    out[position++] = (left % 128) | 0x80;
    left = Math.floor(left / 128);
  }
  out[position++] = left;
  return position;
}

// Doubling is exact at any size; the one a negative number takes off is lost above 2^53.
function zigzagOf(value: number): number {
  return value < 0 ? -value * 2 - 1 : value * 2;
}
