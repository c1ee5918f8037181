/** Something that holds a file and loaded indexes, and can let go of them until it is used again. */
export interface Releasable {
  /** What the loaded indexes take now. */
  readonly indexBytes: number;
  release(): void;
}

const MAX_INDEX_BYTES = 32 * 1024 * 1024;

/**
 * Bounds how many segments that are no longer written keep files open, and how much memory their indexes take: the least
 * recently used let go.
 */
export class OpenSegments {
  readonly #limit: number;
  readonly #maxIndexBytes: number;
  /** With what each was counted for, the least recently used first. */
  readonly #segments = new Map<Releasable, number>();
  #indexBytes = 0;

  constructor(limit = 256, maxIndexBytes = MAX_INDEX_BYTES) {
    this.#limit = limit;
    this.#maxIndexBytes = maxIndexBytes;
  }

  /** Called after `segment` has opened or loaded something. */
  used(segment: Releasable): void {
    this.forget(segment);
    this.#segments.set(segment, segment.indexBytes);
    this.#indexBytes += segment.indexBytes;
    while (this.#segments.size > this.#limit || (this.#indexBytes > this.#maxIndexBytes && this.#segments.size > 1)) {
      const [oldest] = this.#segments.keys();
      if (oldest === undefined) return;
      this.forget(oldest);
      oldest.release();
    }
  }

  forget(segment: Releasable): void {
    this.#indexBytes -= this.#segments.get(segment) ?? 0;
    this.#segments.delete(segment);
  }
}
