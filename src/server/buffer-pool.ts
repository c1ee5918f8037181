import type { Clock } from '../base/index.ts';

/** The smallest buffer worth keeping: below, the runtime's own pool is as good. */
const LEAST_BYTES = 4 * 1024;
/** Beyond this size capacities are multiples of it: the next power of two would be too much that nothing lies in. */
const STEP_BYTES = 1024 * 1024;
const LARGEST_BYTES = 32 * STEP_BYTES;
/** What nobody wanted for so long is given up, ms. */
const LOOK_MS = 10_000;

/**
 * Large buffers that are used over and over: fresh memory must be cleared by the system and looked after by the garbage
 * collector, which costs more than what is done with it.
 */
export class BufferPool {
  readonly #maxBytes: number;
  readonly #clock: Pick<Clock, 'after'>;
  /** By capacity. */
  readonly #spare = new Map<number, ArrayBuffer[]>();
  /** What was taken and not given back, and by how many it is used. */
  readonly #lent = new WeakMap<ArrayBufferLike, number>();
  #spareBytes = 0;
  /** The least that was spare since it was looked last: nobody wanted that. */
  #unusedBytes = 0;
  #isLooking = false;

  /** @param maxBytes how much may lie unused */
  constructor(maxBytes: number, clock: Pick<Clock, 'after'>) {
    this.#maxBytes = maxBytes;
    this.#clock = clock;
  }

  get spareBytes(): number {
    return this.#spareBytes;
  }

  /** A buffer of exactly `size` bytes with anything in it. Large ones are a part of one to be given back by `recycle`. */
  take(size: number): Buffer {
    if (size < LEAST_BYTES || size > LARGEST_BYTES) return Buffer.allocUnsafe(size);
    const memory = this.#takeSpare(size) ?? Buffer.allocUnsafeSlow(capacityFor(size)).buffer;
    this.#lent.set(memory, 1);
    return Buffer.from(memory, 0, size);
  }

  /** One that is at most twice as large as it must be. */
  #takeSpare(size: number): ArrayBuffer | undefined {
    const least = capacityFor(size);
    for (let capacity = least; capacity < 2 * least; capacity += STEP_BYTES) {
      const memory = this.#spare.get(capacity)?.pop();
      if (memory === undefined) continue;
      this.#took(capacity);
      return memory;
    }
    return undefined;
  }

  /** So much is spare no longer. */
  #took(bytes: number): void {
    this.#spareBytes -= bytes;
    if (this.#spareBytes < this.#unusedBytes) this.#unusedBytes = this.#spareBytes;
  }

  /** One more will give `part` back, and looks at it until then. */
  share(part: Buffer): Buffer {
    const users = this.#lent.get(part.buffer);
    if (users !== undefined) this.#lent.set(part.buffer, users + 1);
    return part;
  }

  /** Whether `recycle` would have something to take back. */
  hasLent(part: Buffer): boolean {
    return this.#lent.has(part.buffer);
  }

  /**
   * Takes back the memory that `part` lies in, if it was taken here: who gives it back may not look at any part of it any more.
   */
  recycle(part: Buffer): void {
    const memory = part.buffer;
    const users = this.#lent.get(memory);
    if (!(memory instanceof ArrayBuffer) || users === undefined) return;
    if (users > 1) {
      this.#lent.set(memory, users - 1);
      return;
    }
    this.#lent.delete(memory);
    const capacity = memory.byteLength;
    while (this.#spareBytes + capacity > this.#maxBytes) {
      if (!this.#giveUpLargerThan(capacity)) return;
    }
    let same = this.#spare.get(capacity);
    if (same === undefined) this.#spare.set(capacity, (same = []));
    same.push(memory);
    this.#spareBytes += capacity;
    this.#lookLater();
  }

  /** Of a full pool the largest makes room: many can use what it takes. */
  #giveUpLargerThan(least: number): boolean {
    const largest = Math.max(...[...this.#spare].map(([capacity, { length }]) => (length > 0 ? capacity : 0)));
    if (largest <= least) return false;
    this.#spare.get(largest)?.pop();
    this.#took(largest);
    return true;
  }

  #lookLater(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#unusedBytes = this.#spareBytes;
    this.#clock.after(LOOK_MS, () => {
      this.#isLooking = false;
      this.#giveUp(this.#unusedBytes);
      if (this.#spareBytes > 0) this.#lookLater();
    });
  }

  /** Lets so much go, or a little less; the largest first. */
  #giveUp(bytes: number): void {
    let left = bytes;
    for (const capacity of [...this.#spare.keys()].sort((a, b) => b - a)) {
      const same = this.#spare.get(capacity) ?? [];
      const given = same.splice(0, Math.floor(left / capacity)).length * capacity;
      left -= given;
      this.#took(given);
    }
  }
}

function capacityFor(size: number): number {
  if (size > STEP_BYTES) return Math.ceil(size / STEP_BYTES) * STEP_BYTES;
  return 1 << (32 - Math.clz32(size - 1));
}
