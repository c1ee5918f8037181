import type { Clock } from '../base/index.ts';

/** What producers wait for an answer to may be so much, and one request more of each. */
const MOST_BEGUN_BYTES = 64 * 1024 * 1024;

/**
 * The bytes of requests that arrive or are handled, over all connections: what `queued.max.request.bytes` bounds. As with Apache
 * Kafka (its SimpleMemoryPool, not a strict one) a request counts from its size on, and may have what is left and more than that, as
 * long as anything is left: the bound is exceeded by one request at most, and none is too large for it. Of those that are handled
 * side by side it tells besides when there are enough, with that bound or without.
 */
export class RequestMemory {
  readonly #clock: Clock;
  #leftBytes: number;
  #begunBytes = 0;
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

  /** So much is being handled that who waits for an answer is to begin nothing more: a disk does not get faster by it. */
  get isCrowded(): boolean {
    return this.#begunBytes >= MOST_BEGUN_BYTES;
  }

  /** A request that was taken is being handled, until it is `ended`. */
  begun(sizeInBytes: number): void {
    this.#begunBytes += sizeInBytes;
  }

  ended(sizeInBytes: number): void {
    this.#begunBytes -= sizeInBytes;
    this.giveBack(sizeInBytes);
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
