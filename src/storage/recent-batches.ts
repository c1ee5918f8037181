const CAPACITY = 128;

/**
 * Where the last batches of the active segment lie, so that a read at the tail of the log looks nothing up in files. A ring:
 * the oldest gives way. Only `append` allocates, and `clear` frees.
 */
export class RecentBatches {
  #lastOffsets: Float64Array | undefined;
  #positions: Float64Array | undefined;
  #count = 0;
  /** Number of the oldest batch kept, counted from the first ever noted. */
  #first = 0;
  /** Last offset and end of what came before the oldest. */
  #offsetBefore: number;

  constructor(offsetBefore: number) {
    this.#offsetBefore = offsetBefore;
  }

  append(lastOffset: number, position: number): void {
    const lastOffsets = (this.#lastOffsets ??= new Float64Array(CAPACITY));
    const positions = (this.#positions ??= new Float64Array(CAPACITY));
    const slot = (this.#first + this.#count) % CAPACITY;
    if (this.#count === CAPACITY) {
      this.#offsetBefore = lastOffsets[slot] as number;
      this.#first++;
    } else this.#count++;
    lastOffsets[slot] = lastOffset;
    positions[slot] = position;
  }

  /** Position of the first batch whose last offset is `offset` or more; `end` if there is none, -1 if that is not known here. */
  positionOf(offset: number, end: number): number {
    if (this.#lastOffsets === undefined || this.#positions === undefined || offset <= this.#offsetBefore) return -1;
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#lastOffsets[(this.#first + middle) % CAPACITY] as number) < offset) low = middle + 1;
      else high = middle;
    }
    return low === this.#count ? end : (this.#positions[(this.#first + low) % CAPACITY] as number);
  }

  /** The greatest batch boundary at or below `position`, -1 if not known here. */
  boundaryAtMost(position: number): number {
    if (this.#positions === undefined) return -1;
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#positions[(this.#first + middle) % CAPACITY] as number) <= position) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? -1 : (this.#positions[(this.#first + low - 1) % CAPACITY] as number);
  }

  /** The last offset before the batch that begins at `position`, which must be a boundary known here. */
  offsetBefore(position: number): number {
    let before = this.#offsetBefore;
    for (let i = 0; i < this.#count; i++) {
      const slot = (this.#first + i) % CAPACITY;
      if ((this.#positions?.[slot] as number) >= position) break;
      before = this.#lastOffsets?.[slot] as number;
    }
    return before;
  }

  clear(offsetBefore: number): void {
    this.#lastOffsets = this.#positions = undefined;
    this.#count = 0;
    this.#first = 0;
    this.#offsetBefore = offsetBefore;
  }
}
