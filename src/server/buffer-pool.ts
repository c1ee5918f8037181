/** The smallest buffer worth keeping: below, the runtime's own pool is as good. */
const LEAST_BYTES = 4 * 1024;
const LARGEST_BYTES = 2 * 1024 * 1024;

/**
 * Large buffers that are used over and over, in sizes that are powers of two: fresh memory must be cleared by the system
 * and looked after by the garbage collector, which costs more than what is done with it.
 */
export class BufferPool {
  readonly #maxBytes: number;
  readonly #spare = new Map<number, ArrayBuffer[]>();
  /** What was taken and not given back. */
  readonly #lent = new WeakSet<ArrayBufferLike>();
  #spareBytes = 0;

  /** @param maxBytes how much may lie unused */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get spareBytes(): number {
    return this.#spareBytes;
  }

  /** A buffer of exactly `size` bytes with anything in it. Large ones are a part of one to be given back by `recycle`. */
  take(size: number): Buffer {
    if (size < LEAST_BYTES || size > LARGEST_BYTES) return Buffer.allocUnsafe(size);
    const capacity = 2 ** (32 - Math.clz32(size - 1));
    let memory = this.#spare.get(capacity)?.pop();
    if (memory === undefined) {
      memory = Buffer.allocUnsafeSlow(capacity).buffer;
    } else {
      this.#spareBytes -= capacity;
    }
    this.#lent.add(memory);
    return Buffer.from(memory, 0, size);
  }

  /**
   * Takes back the memory that `part` lies in, if it was taken here: nobody may look at any part of it any more.
   */
  recycle(part: Buffer): void {
    const memory = part.buffer;
    if (!(memory instanceof ArrayBuffer) || !this.#lent.delete(memory)) return;
    const capacity = memory.byteLength;
    if (this.#spareBytes + capacity > this.#maxBytes) return;
    let same = this.#spare.get(capacity);
    if (same === undefined) this.#spare.set(capacity, (same = []));
    same.push(memory);
    this.#spareBytes += capacity;
  }
}
