/** Something that holds a file and loaded indexes, and can let go of them until it is used again. */
export interface Releasable {
  release(): void;
}

/** Bounds how many segments that are no longer written keep files open and indexes in memory: the least recently used lets go. */
export class OpenSegments {
  readonly #limit: number;
  readonly #segments = new Set<Releasable>();

  constructor(limit = 256) {
    this.#limit = limit;
  }

  used(segment: Releasable): void {
    this.#segments.delete(segment);
    this.#segments.add(segment);
    if (this.#segments.size <= this.#limit) return;
    for (const oldest of this.#segments) {
      this.#segments.delete(oldest);
      oldest.release();
      return;
    }
  }

  forget(segment: Releasable): void {
    this.#segments.delete(segment);
  }
}
