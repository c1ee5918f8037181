import { javaHashCode } from './java-string.ts';

/**
 * The partition of a coordinator's topic that holds a group or a transactional id; its leader is the coordinator.
 * Java's `String.hashCode`, its absolute value (0 for the one that has none), modulo the partition count.
 */
export function partitionFor(id: string, partitionCount: number): number {
  const hash = javaHashCode(id);
  return (hash === MIN_INT32 ? 0 : Math.abs(hash)) % partitionCount;
}

const MIN_INT32 = -(2 ** 31);
