import type { Clock, Timer } from '../base/index.ts';
import type { Segment } from './segment.ts';

/** Segments that a log has deleted: nobody finds their files any more, but reads under way still may use them for a while. */
export class RemovedSegments {
  readonly #clock: Clock;
  readonly #failed: (error: unknown) => void;
  readonly #timers = new Map<Segment, Timer>();

  /** @param failed hears of files that could not be removed */
  constructor(clock: Clock, failed: (error: unknown) => void) {
    this.#clock = clock;
    this.#failed = failed;
  }

  add(segment: Segment, delayMs: number): void {
    segment.markDeleted();
    const remove = (): void => {
      this.#timers.delete(segment);
      segment.removeFilesLater().catch(this.#failed);
    };
    this.#timers.set(segment, this.#clock.after(delayMs, remove));
  }

  /** The files stay for the next start to remove. */
  close(): void {
    for (const [segment, timer] of this.#timers) {
      timer.cancel();
      segment.close();
    }
    this.#timers.clear();
  }
}
