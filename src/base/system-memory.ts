import { totalmem } from 'node:os';

/** Memory of the machine, or of the container where it may use less, bytes. */
export function systemMemoryBytes(): number {
  // 0, or more than there is, without a limit.
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
