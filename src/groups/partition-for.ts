/**
 * The partition of `__consumer_offsets` that holds a group; its leader is the group's coordinator.
 * Java's `String.hashCode`, its absolute value (0 for the one that has none), modulo the partition count.
 */
export function partitionFor(groupId: string, partitionCount: number): number {
  const hash = javaHashCode(groupId);
  return (hash === MIN_INT32 ? 0 : Math.abs(hash)) % partitionCount;
}

const MIN_INT32 = -(2 ** 31);

/** 32 bits, signed, over UTF-16 units. */
function javaHashCode(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0;
  return hash;
}
