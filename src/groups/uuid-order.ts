/** In which order Kafka's uuids come, where its answers depend on it. */

/** `Uuid.hashCode` of Kafka: all four words of it, folded into one. */
export function uuidHashCode(uuid: string): number {
  const bytes = Buffer.from(uuid, 'base64url');
  return bytes.readInt32BE(0) ^ bytes.readInt32BE(4) ^ bytes.readInt32BE(8) ^ bytes.readInt32BE(12);
}

/** `Uuid.compareTo` of Kafka: two signed words, one after the other. */
export function compareUuids(a: string, b: string): number {
  const [one, other] = [Buffer.from(a, 'base64url'), Buffer.from(b, 'base64url')];
  const high = one.readBigInt64BE(0) - other.readBigInt64BE(0);
  const order = high === 0n ? one.readBigInt64BE(8) - other.readBigInt64BE(8) : high;
  return order === 0n ? 0 : order < 0n ? -1 : 1;
}
