import type { Clock, Timer } from './clock.ts';
import { Histogram } from './histogram.ts';

/** How often the loop is looked at, ms. */
const PERIOD_MS = 20;

/** Of one stall at most so many moments are counted: a minute's worth. */
const MAX_MOMENTS = 3_000;

const BOUNDS_MS = [
  1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 300, 500, 1_000, 2_000, 5_000,
];

/**
 * How long what falls due has to wait for the event loop, ms, as seen by somebody who comes every 20 ms. Who would have come
 * during a stall is counted too: a stall of 100 ms made five wait, 100 ms, 80 ms, and so on. Looking costs about 1 % of a core,
 * so it begins only with `start`.
 */
export class EventLoopDelay {
  readonly histogram = new Histogram(BOUNDS_MS);
  readonly #clock: Clock;
  #longestMs = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Since the start. */
  get longestMs(): number {
    return this.#longestMs;
  }

  /** Calling it again changes nothing. */
  start(): void {
    if (this.#timer === undefined) this.#lookAgain();
  }

  #lookAgain(): void {
    const dueMs = this.#clock.elapsed() + PERIOD_MS;
    this.#timer = this.#clock.after(PERIOD_MS, () => {
      this.#late(Math.max(0, this.#clock.elapsed() - dueMs));
      this.#lookAgain();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #late(lateMs: number): void {
    if (lateMs > this.#longestMs) this.#longestMs = lateMs;
    this.histogram.add(lateMs);
    let moments = 1;
    for (let waitedMs = lateMs - PERIOD_MS; waitedMs > 0 && moments < MAX_MOMENTS; waitedMs -= PERIOD_MS, moments++)
      this.histogram.add(waitedMs);
  }
}
