import type { Clock, FileSystem } from '../base/index.ts';

/** How often the system is asked about its disks: after so many ms, or bytes written. */
const LOOK_MS = 100;
const LOOK_BYTES = 8 * 1024 * 1024;
/** A write that took so long, ms, shows what the system does not tell. */
const SLOW_MS = 5;
/** Handing over to another thread and back costs as much as writing so much: less goes there only after a write that was slow. */
const LARGE_BYTES = 64 * 1024;
/** How long writes go by the thread pool after the last sign that they may have to wait, ms. */
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
  readonly #fs: Pick<FileSystem, 'isWritingBack'>;
  readonly #clock: Pick<Clock, 'elapsed'>;
  readonly #largeBytes: number;
  #lookedMs = -Infinity;
  #bytesSince = 0;
  #busyUntilMs = -Infinity;
  #slowUntilMs = -Infinity;
  #places = MOST_AT_ONCE;
  readonly #waiting: (() => void)[] = [];
  readonly #memory: Buffer[] = [];

  constructor(fs: Pick<FileSystem, 'isWritingBack'>, clock: Pick<Clock, 'elapsed'>, largeBytes = LARGE_BYTES) {
    this.#fs = fs;
    this.#largeBytes = largeBytes;
    this.#clock = clock;
  }

  /** Whether a write of so many bytes may have to wait for the disk, and the event loop need not wait with it. */
  isLater(bytes: number): boolean {
    return this.queuedBytes <= MOST_QUEUED_BYTES && this.#isSlow(bytes);
  }

  #isSlow(bytes: number): boolean {
    const now = this.#clock.elapsed();
    if (now - this.#lookedMs >= LOOK_MS || this.#bytesSince >= LOOK_BYTES) {
      this.#lookedMs = now;
      this.#bytesSince = 0;
      if (this.#fs.isWritingBack()) this.#busyUntilMs = now + LINGER_MS;
    }
    return now < (bytes < this.#largeBytes ? this.#slowUntilMs : Math.max(this.#busyUntilMs, this.#slowUntilMs));
  }

  /** Does `write`, for which the event loop waits. */
  measure(bytes: number, write: () => void): void {
    const startedMs = this.#clock.elapsed();
    write();
    const now = this.#clock.elapsed();
    if (now - startedMs >= SLOW_MS) this.#slowUntilMs = now + LINGER_MS;
    this.#bytesSince += bytes;
  }

  /** Calls `write` when it is its turn, with how to copy what it writes: the copy is good until the promise it returns is settled. */
  async inTurn(
    write: (copy: (parts: readonly Buffer[], bytes: number) => Buffer) => Promise<void> | undefined,
  ): Promise<void> {
    if (this.#places > 0) this.#places--;
    else await new Promise<void>((begin) => this.#waiting.push(begin));
    let memory = this.#memory.pop();
    try {
      await write((parts, bytes) => {
        this.#bytesSince += bytes;
        if (memory === undefined || memory.length < bytes)
          memory = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(bytes)));
        let at = 0;
        for (const part of parts) at += part.copy(memory, at);
        return memory.subarray(0, bytes);
      });
    } finally {
      if (memory !== undefined && memory.length <= LARGEST_KEPT_BYTES) this.#memory.push(memory);
      const next = this.#waiting.shift();
      // The next takes over the place.
      if (next === undefined) this.#places++;
      else next();
    }
  }
}
