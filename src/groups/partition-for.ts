import { javaHashCode } from './java-string.ts';

/**
 * The partition of `__consumer_offsets` that holds a group; its leader is the group's coordinator.
 * Java's `String.hashCode`, its absolute value (0 for the one that has none), modulo the partition count.
 */
export function partitionFor(groupId: string, partitionCount: number): number {
  const hash = javaHashCode(groupId);
  return (hash === MIN_INT32 ? 0 : Math.abs(hash)) % partitionCount;
}

const MIN_INT32 = -(2 ** 31);
