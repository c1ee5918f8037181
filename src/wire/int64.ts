/**
 * Kafka's 64-bit integers as JavaScript numbers: exact up to 2^53. Long.MAX_VALUE, which Kafka uses for
 * "no end", becomes 2^63 and is written back as what it was; between the two the low bits are lost.
 */
const TWO_32 = 4294967296;
const TWO_63 = 9223372036854775808;

export function setInt64(view: DataView, position: number, value: number): void {
  if (value >= TWO_63) {
    view.setInt32(position, 0x7fffffff);
    view.setUint32(position + 4, 0xffffffff);
    return;
  }
  view.setInt32(position, Math.floor(value / TWO_32));
  view.setUint32(position + 4, value >>> 0);
}

export function getInt64(view: DataView, position: number): number {
  return view.getInt32(position) * TWO_32 + view.getUint32(position + 4);
}

/** As `getInt64`, of a buffer. */
export function readInt64(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at) * TWO_32 + buffer.readUInt32BE(at + 4);
}

/** As `setInt64`, of a buffer. */
export function writeInt64(buffer: Buffer, value: number, at: number): void {
  if (value >= TWO_63) {
    buffer.writeInt32BE(0x7fffffff, at);
    buffer.writeUInt32BE(0xffffffff, at + 4);
    return;
  }
  const high = Math.floor(value / TWO_32);
  buffer.writeInt32BE(high, at);
  buffer.writeUInt32BE(value - high * TWO_32, at + 4);
}
