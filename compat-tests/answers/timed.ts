import type { Talk } from './talk.ts';

/** Notes whether the work took as long as it may: coarse, as both brokers share a busy machine. */
export async function timed<T>(
  talk: Talk,
  label: string,
  leastMs: number,
  mostMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const start = performance.now();
  const done = await work();
  const tookMs = performance.now() - start;
  const verdict = tookMs < leastMs ? 'too early' : tookMs > mostMs ? 'too late' : 'in time';
  talk.note(`${label}: ${leastMs} to ${mostMs} ms`, verdict);
  return done;
}
