import type { Clock } from './clock.ts';

/** Calls `job` every `periodMs`, counted from the end of one call to the start of the next. Returns how to stop. */
export function every(clock: Clock, periodMs: number, job: () => void): () => void {
  let stopped = false;
  let timer = clock.after(periodMs, function run() {
    job();
    if (!stopped) timer = clock.after(periodMs, run);
  });
  return () => {
    stopped = true;
    timer.cancel();
  };
}
