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
  /** What was taken and not given back, and by how many it is used. */
  readonly #lent = new WeakMap<ArrayBufferLike, number>();
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
    const capacity = 1 << (32 - Math.clz32(size - 1));
    let memory = this.#spare.get(capacity)?.pop();
    if (memory === undefined) {
      memory = Buffer.allocUnsafeSlow(capacity).buffer;
    } else {
      this.#spareBytes -= capacity;
    }
    this.#lent.set(memory, 1);
    return Buffer.from(memory, 0, size);
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
    if (this.#spareBytes + capacity > this.#maxBytes) return;
    let same = this.#spare.get(capacity);
    if (same === undefined) this.#spare.set(capacity, (same = []));
    same.push(memory);
    this.#spareBytes += capacity;
  }
}
