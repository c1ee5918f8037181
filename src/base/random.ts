import { randomBytes } from 'node:crypto';

/** The only door to chance. */
export interface Random {
  /** `size` random bytes. */
  bytes(size: number): Buffer;
  /** A whole number from 0 to `bound - 1`; `bound` is 1 to 2^32. */
  below(bound: number): number;
}

export const systemRandom: Random = {
  bytes: (size) => randomBytes(size),
  below: (bound) => Math.floor((randomBytes(4).readUInt32BE() / 2 ** 32) * bound),
};

/** Repeatable chance: the seed of a failing run is its bug report. */
export class SeededRandom implements Random {
  #state: number;

  constructor(seed: number) {
    // Small seeds differ in few bits; mixing them keeps the first draws of neighbours apart.
    this.#state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0 || 1;
  }

  /** xorshift32 */
  #next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (this.#state = x >>> 0);
  }

  bytes(size: number): Buffer {
    const out = Buffer.alloc(size);
    for (let i = 0; i < size; i++) out[i] = this.#next() >>> 24;
    return out;
  }

  below(bound: number): number {
    return Math.floor((this.#next() / 2 ** 32) * bound);
  }

  /** True in `percent` of a hundred draws. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }
}

/**
 * A random uuid as Kafka shows it: 22 characters of base64url. Like Kafka's, it never starts with a dash
 * (a command line would take it for a flag) and is never one of the reserved ids (zero, one).
 */
export function randomUuid(random: Random): string {
  for (;;) {
    const bytes = random.bytes(16);
    bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
    const text = bytes.toString('base64url');
    if (!text.startsWith('-')) return text;
  }
}

/** The uuid of sixteen zero bytes: "no id". */
export const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA';
