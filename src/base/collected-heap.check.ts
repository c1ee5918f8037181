import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * How many bytes of the heap `work` leaves in use, when all that is garbage has been collected. It is done once before it counts:
 * what the compiler makes of it stays as well.
 */
export function bytesKept(work: () => void): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  work();
  const before = used();
  work();
  return used() - before;
}
