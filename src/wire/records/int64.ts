const TWO_32 = 2 ** 32;
const TWO_63 = 2 ** 63;

/** A big-endian int64 as a number: exact to 2^53, Long.MAX_VALUE and Long.MIN_VALUE survive the round trip. */
export function readInt64(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at) * TWO_32 + buffer.readUInt32BE(at + 4);
}

/** Writes `value` at `at`; what is at or above 2^63 becomes Long.MAX_VALUE. */
export function writeInt64(buffer: Buffer, value: number, at: number): void {
  if (value >= TWO_63) {
    buffer.writeInt32BE(0x7fffffff, at);
    buffer.writeInt32BE(-1, at + 4);
    return;
  }
  const high = Math.floor(value / TWO_32);
  buffer.writeInt32BE(high, at);
  buffer.writeUInt32BE(value - high * TWO_32, at + 4);
}
