import type { Clock } from '../base/index.ts';

/**
 * The bytes of requests that arrive or are handled, over all connections: what `queued.max.request.bytes` bounds. As with Apache
 * Kafka (its SimpleMemoryPool, not a strict one) a request counts from its size on, and may have what is left and more than that, as
 * long as anything is left: the bound is exceeded by one request at most, and none is too large for it.
 */
export class RequestMemory {
  readonly #clock: Clock;
  #leftBytes: number;
  /** Those who found no room, in the order in which they came. */
  readonly #waiting = new Set<() => void>();
  #isWaking = false;

  /** @param maxBytes not above 0: no bound */
  constructor(maxBytes: number, clock: Clock) {
    this.#leftBytes = maxBytes > 0 ? maxBytes : Infinity;
    this.#clock = clock;
  }

  /** Whether a request of this size may come in; it counts until it is given back. */
  take(sizeInBytes: number): boolean {
    if (this.#leftBytes <= 0) return false;
    this.#leftBytes -= sizeInBytes;
    return true;
  }

  giveBack(sizeInBytes: number): void {
    this.#leftBytes += sizeInBytes;
    if (this.#waiting.size === 0 || this.#isWaking) return;
    this.#isWaking = true;
    this.#clock.endOfTurn(() => {
      this.#isWaking = false;
      for (const wake of this.#waiting) {
        if (this.#leftBytes <= 0) return;
        this.#waiting.delete(wake);
        wake();
      }
    });
  }

  /** Calls `wake` once when there may be room. Waiting again with the same function changes nothing. */
  await(wake: () => void): void {
    this.#waiting.add(wake);
  }

  forget(wake: () => void): void {
    this.#waiting.delete(wake);
  }
}
