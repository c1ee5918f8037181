import type { Clock, Timer } from '../base/index.ts';

/** So long the cleaner works without letting others at the event loop. */
const SLICE_MS = 2;
/** When others took longer than this in between, they have much to do: the cleaner stands back for a while. */
const BUSY_MS = 1;
const STAND_BACK_MS = 6;
/** What was not used of the rate limit for so long may be made up for. */
const BURST_MS = 300;

/**
 * Keeps the cleaner from being in the way: it works in slices of the event loop, the more seldom the busier that is, and moves
 * no more bytes per second than allowed (Kafka's Throttler).
 */
export class CleaningPace {
  readonly #clock: Clock;
  readonly #maxBytesPerSecond: () => number;
  readonly #waiting = new Map<() => void, Timer>();
  #isStopped = false;
  #sliceStart: number;
  /** When, on the clock's elapsed time, what was moved so far is within the limit. */
  #paidAt = 0;

  constructor(clock: Clock, maxBytesPerSecond: () => number) {
    this.#clock = clock;
    this.#maxBytesPerSecond = maxBytesPerSecond;
    this.#sliceStart = clock.elapsed();
  }

  /** Waits as long as moving these bytes, in or out, should have taken. */
  async moved(bytes: number): Promise<void> {
    const now = this.#clock.elapsed();
    const ms = (bytes / this.#maxBytesPerSecond()) * 1000;
    this.#paidAt = Math.max(this.#paidAt, now - BURST_MS) + ms;
    // Timers know no less than a millisecond; what is owed is paid for the next time.
    if (this.#paidAt - now >= 1) await this.#pause(this.#paidAt - now);
  }

  get isSliceOver(): boolean {
    return this.#clock.elapsed() - this.#sliceStart >= SLICE_MS;
  }

  /** Lets the others at the event loop. */
  async rest(): Promise<void> {
    const from = this.#clock.elapsed();
    await new Promise<void>((done) => this.#clock.endOfTurn(done));
    if (this.#clock.elapsed() - from > BUSY_MS) await this.#pause(STAND_BACK_MS);
    this.#sliceStart = this.#clock.elapsed();
  }

  #pause(ms: number): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    return new Promise((done) => {
      const over = (): void => {
        this.#waiting.delete(over);
        done();
      };
      this.#waiting.set(over, this.#clock.after(ms, over));
    });
  }

  /** Ends all waiting, now and later. */
  stop(): void {
    this.#isStopped = true;
    for (const [over, timer] of this.#waiting) {
      timer.cancel();
      over();
    }
  }
}
