import type { Clock } from '../base/index.ts';
import { WritePlaces, type CopyParts } from './write-places.ts';

/** A write that took so long, ms, and a ms more for so many bytes, waited for the disk. */
const SLOW_MS = 5;
const BYTES_PER_MS = 512 * 1024;
/** How long writes go by the thread pool after one that did, ms. */
const LINGER_MS = 250;
/** Beyond this much the event loop waits all the same: whoever sends it is not taken in faster than the disk takes it. */
const MOST_QUEUED_BYTES = 128 * 1024 * 1024;

/** Whether batches are written to one disk at once, which costs least, or by the thread pool, lest the event loop wait. */
export class WritePace {
  /** Appended to the logs of the disk, and neither written nor on its way. */
  queuedBytes = 0;
  readonly #clock: Pick<Clock, 'elapsed'>;
  readonly #isKnownSlow: () => boolean;
  readonly #places = new WritePlaces();
  #slowUntilMs = -Infinity;

  /** @param isKnownSlow what a simulated disk says of itself */
  constructor(clock: Pick<Clock, 'elapsed'>, isKnownSlow: () => boolean = () => false) {
    this.#clock = clock;
    this.#isKnownSlow = isKnownSlow;
  }

  /** So much waits that the event loop is to wait too. */
  get isFull(): boolean {
    return this.queuedBytes > MOST_QUEUED_BYTES;
  }

  /** Whether the next write may have to wait for the disk, and the event loop need not wait with it. */
  get isLater(): boolean {
    return !this.isFull && (this.#clock.elapsed() < this.#slowUntilMs || this.#isKnownSlow());
  }

  /** Does `write`, of so many bytes, for which the event loop waits. */
  measure(bytes: number, write: () => void): void {
    const startedMs = this.#clock.elapsed();
    write();
    this.#took(startedMs, bytes);
  }

  /** Calls `write` when it is its turn at the thread pool. */
  inTurn(write: (copy: CopyParts) => Promise<void> | undefined): Promise<void> {
    return this.#places.inTurn(async (copy) => {
      const startedMs = this.#clock.elapsed();
      let written = 0;
      try {
        await write((parts, bytes) => {
          written += bytes;
          return copy(parts, bytes);
        });
      } finally {
        this.#took(startedMs, written);
      }
    });
  }

  #took(startedMs: number, bytes: number): void {
    const now = this.#clock.elapsed();
    if (now - startedMs >= SLOW_MS + bytes / BYTES_PER_MS) this.#slowUntilMs = now + LINGER_MS;
  }
}
