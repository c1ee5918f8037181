import type { Clock } from '../base/index.ts';

/** A write that took so long, ms, waited for the disk. */
const SLOW_MS = 5;
/** How long writes go by the thread pool after one that did, ms. */
const LINGER_MS = 250;
/** Of the thread pool's threads so many write for one disk: reads and syncs wait for the same ones. */
const MOST_AT_ONCE = 2;
/** Beyond this much the event loop waits all the same: whoever sends it is not taken in faster than the disk takes it. */
const MOST_QUEUED_BYTES = 128 * 1024 * 1024;
/** Memory that is kept for what is being written, per thread. What is larger has its own. */
const LARGEST_KEPT_BYTES = 4 * 1024 * 1024;

/** Whether batches are written to one disk at once, which costs least, or by the thread pool, lest the event loop wait. */
export class WritePace {
  /** Appended to the logs of the disk, and neither written nor on its way. */
  queuedBytes = 0;
  readonly #clock: Pick<Clock, 'elapsed'>;
  readonly #isKnownSlow: () => boolean;
  #slowUntilMs = -Infinity;
  #places = MOST_AT_ONCE;
  readonly #waiting: (() => void)[] = [];
  readonly #memory: Buffer[] = [];

  /** @param isKnownSlow what a simulated disk says of itself */
  constructor(clock: Pick<Clock, 'elapsed'>, isKnownSlow: () => boolean = () => false) {
    this.#clock = clock;
    this.#isKnownSlow = isKnownSlow;
  }

  /** Whether the next write may have to wait for the disk, and the event loop need not wait with it. */
  get isLater(): boolean {
    return this.queuedBytes <= MOST_QUEUED_BYTES && (this.#clock.elapsed() < this.#slowUntilMs || this.#isKnownSlow());
  }

  /** Does `write`, for which the event loop waits. */
  measure(write: () => void): void {
    const startedMs = this.#clock.elapsed();
    write();
    this.#took(startedMs);
  }

  #took(startedMs: number): void {
    const now = this.#clock.elapsed();
    if (now - startedMs >= SLOW_MS) this.#slowUntilMs = now + LINGER_MS;
  }

  /** Calls `write` when it is its turn, with how to copy what it writes: the copy is good until the promise it returns is settled. */
  async inTurn(
    write: (copy: (parts: readonly Buffer[], bytes: number) => Buffer) => Promise<void> | undefined,
  ): Promise<void> {
    if (this.#places > 0) this.#places--;
    else await new Promise<void>((begin) => this.#waiting.push(begin));
    let memory = this.#memory.pop();
    const startedMs = this.#clock.elapsed();
    try {
      await write((parts, bytes) => {
        if (memory === undefined || memory.length < bytes)
          memory = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(bytes)));
        let at = 0;
        for (const part of parts) at += part.copy(memory, at);
        return memory.subarray(0, bytes);
      });
    } finally {
      this.#took(startedMs);
      if (memory !== undefined && memory.length <= LARGEST_KEPT_BYTES) this.#memory.push(memory);
      const next = this.#waiting.shift();
      // The next takes over the place.
      if (next === undefined) this.#places++;
      else next();
    }
  }
}
