import type { Clock, FileSystem } from '../base/index.ts';
import { LARGEST_WRITE_BYTES, WritePlaces, type CopyParts } from './write-places.ts';

/** A write that took so long, ms, and a ms more for so many bytes, waited for the disk. */
const SLOW_MS = 5;
const BYTES_PER_MS = 512 * 1024;
/** How long writes go by the thread pool after one that did, ms. */
const LINGER_MS = 250;
/** While the system writes nothing back, one slow write waited for a core, most likely; so many of them one after another did not. */
const SLOW_IN_A_ROW = 2;
/** Beyond this much the event loop waits all the same: whoever sends it is not taken in faster than the disk takes it. */
const MOST_QUEUED_BYTES = 128 * 1024 * 1024;

/** Whether batches are written to one disk at once, which costs least, or by the thread pool, lest the event loop wait. */
export class WritePace {
  /** Appended to the logs of the disk, and neither written nor on its way. */
  queuedBytes = 0;
  readonly #clock: Pick<Clock, 'elapsed'>;
  readonly #fs: Pick<FileSystem, 'isWritingBack'>;
  readonly #isKnownSlow: () => boolean;
  readonly #places = new WritePlaces();
  #slowUntilMs = -Infinity;
  #slowInARow = 0;

  /** @param isKnownSlow what a simulated disk says of itself */
  constructor(
    clock: Pick<Clock, 'elapsed'>,
    fs: Pick<FileSystem, 'isWritingBack'>,
    isKnownSlow: () => boolean = () => false,
  ) {
    this.#clock = clock;
    this.#fs = fs;
    this.#isKnownSlow = isKnownSlow;
  }

  /** So much waits that the event loop is to wait too. */
  get isFull(): boolean {
    return this.queuedBytes > MOST_QUEUED_BYTES;
  }

  /** Whether a write of so many bytes may take long, by its size or by the disk, and the event loop need not wait for it. */
  isLater(bytes: number): boolean {
    if (this.isFull) return false;
    return bytes > LARGEST_WRITE_BYTES || this.#clock.elapsed() < this.#slowUntilMs || this.#isKnownSlow();
  }

  /** Does `write`, of so many bytes, for which the event loop waits. */
  measure(bytes: number, write: () => void): void {
    const startedMs = this.#clock.elapsed();
    write();
    if (!this.#isSlow(startedMs, bytes)) this.#slowInARow = 0;
    else if (++this.#slowInARow >= SLOW_IN_A_ROW || this.#fs.isWritingBack() !== false) this.#goLater();
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
        // What a busy machine lets wait is its threads: how long theirs took tells nothing of a disk at rest.
        if (this.#isSlow(startedMs, written) && this.#fs.isWritingBack() !== false) this.#goLater();
      }
    });
  }

  #isSlow(startedMs: number, bytes: number): boolean {
    return this.#clock.elapsed() - startedMs >= SLOW_MS + bytes / BYTES_PER_MS;
  }

  #goLater(): void {
    this.#slowUntilMs = this.#clock.elapsed() + LINGER_MS;
  }
}
