/** A moment at which something is due. It may be moved and called off as often as one likes. */
export interface Deadline<What> {
  readonly what: What;
  /** Infinity while it is off. */
  atMs: number;
  /** Where its entry lies in the heap: at or before `atMs`, or Infinity when there is none. */
  queuedAtMs: number;
}

export function deadline<What>(what: What): Deadline<What> {
  return { what, atMs: Infinity, queuedAtMs: Infinity };
}

interface Entry<What> {
  readonly atMs: number;
  readonly deadline: Deadline<What>;
}

const LEAST_SWEPT = 64;

/**
 * What is due next, out of many. A deadline that moves away (a heartbeat, thousands of times a second) costs nothing
 * then: its entry stays where it was, and is put right when it comes to the top. Of entries that nobody waits for any more there are
 * never more than of others, or so: groups that are gone are not held until a deadline of theirs would have come.
 */
export class Deadlines<What> {
  #heap: Entry<What>[] = [];
  /** With more entries than this those are looked for that nobody waits for. */
  #sweepAbove = LEAST_SWEPT;

  set(deadline: Deadline<What>, atMs: number): void {
    deadline.atMs = atMs;
    if (atMs < deadline.queuedAtMs) this.#push(deadline);
  }

  cancel(deadline: Deadline<What>): void {
    deadline.atMs = Infinity;
  }

  /** The earliest moment at which something is due. */
  next(): number | undefined {
    for (;;) {
      const top = this.#heap[0];
      if (top === undefined) return undefined;
      const { atMs, deadline } = top;
      if (deadline.queuedAtMs === atMs && deadline.atMs === atMs) return atMs;
      this.#pop();
      // Otherwise it was moved forward, and another entry stands for it.
      if (deadline.queuedAtMs !== atMs) continue;
      deadline.queuedAtMs = Infinity;
      if (deadline.atMs !== Infinity) this.#push(deadline);
    }
  }

  /** Takes out the earliest that is due by `now`. */
  take(now: number): Deadline<What> | undefined {
    const next = this.next();
    if (next === undefined || next > now) return undefined;
    const { deadline } = this.#pop();
    deadline.atMs = deadline.queuedAtMs = Infinity;
    return deadline;
  }

  #push(deadline: Deadline<What>): void {
    if (this.#heap.length >= this.#sweepAbove) this.#sweep();
    const heap = this.#heap;
    const entry = { atMs: deadline.atMs, deadline };
    deadline.queuedAtMs = entry.atMs;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Entry<What>;
      if (above.atMs <= entry.atMs) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  #sweep(): void {
    const kept: Entry<What>[] = [];
    for (const entry of this.#heap) {
      const { atMs, deadline } = entry;
      if (deadline.queuedAtMs !== atMs) continue;
      if (deadline.atMs === Infinity) deadline.queuedAtMs = Infinity;
      else kept.push(entry);
    }
    // What is sorted is a heap.
    this.#heap = kept.sort((one, other) => one.atMs - other.atMs);
    this.#sweepAbove = Math.max(2 * kept.length, LEAST_SWEPT);
  }

  #pop(): Entry<What> {
    const heap = this.#heap;
    const top = heap[0] as Entry<What>;
    const last = heap.pop() as Entry<What>;
    if (heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && right.atMs < left.atMs) child++;
      const smaller = heap[child] as Entry<What>;
      if (smaller.atMs >= last.atMs) break;
      heap[at] = smaller;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}
