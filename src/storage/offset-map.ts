import { assert } from '../base/index.ts';
import { md5 } from './md5.ts';

/** Four words of hash and two of offset. */
const ENTRY_WORDS = 6;
const ENTRY_BYTES = ENTRY_WORDS * 4;
/** Places to which two words of the hash lead before the search goes on from slot to slot. */
const SCATTERED_PROBES = 16;

/**
 * The last offset of each key in a part of a log, in memory that is bounded (Kafka's SkimpyOffsetMap): a key is its 16 bytes of
 * hash, an entry takes 24 bytes, and nothing is ever removed.
 */
export class OffsetMap {
  readonly slots: number;
  /** Entries lie one after the other; an offset is kept plus one, so that zeros are a free slot. */
  readonly #words: Int32Array;
  readonly #hash = new Int32Array(4);
  #size = 0;
  #latestOffset = -1;

  /**
   * @param maxBytes the most memory it may take
   * @param entries the most that will be put in: what is not needed is not allocated
   * @param loadFactor how full it may become, as a fraction
   */
  constructor(maxBytes: number, entries: number, loadFactor: number) {
    const wanted = Math.ceil(entries / loadFactor) + 1;
    this.slots = Math.max(1, Math.min(Math.floor(maxBytes / ENTRY_BYTES), wanted));
    this.#words = new Int32Array(this.slots * ENTRY_WORDS);
  }

  /** Keys. */
  get size(): number {
    return this.#size;
  }

  /** Everything up to here is in the map; -1 when nothing is. */
  get latestOffset(): number {
    return this.#latestOffset;
  }

  updateLatestOffset(offset: number): void {
    this.#latestOffset = offset;
  }

  /** Notes that the key `bytes[from, to)` is at `offset`, which is higher than all before. */
  put(bytes: Uint8Array, from: number, to: number, offset: number): void {
    const words = this.#words;
    const at = this.#find(bytes, from, to);
    assert(at >= 0, 'a map of keys has room');
    if (words[at + 4] === 0 && words[at + 5] === 0) {
      this.#size++;
      words.set(this.#hash, at);
    }
    words[at + 4] = Math.floor((offset + 1) / 2 ** 32);
    words[at + 5] = (offset + 1) | 0;
    this.#latestOffset = offset;
  }

  /** The last offset of the key `bytes[from, to)`, or -1. */
  get(bytes: Uint8Array, from: number, to: number): number {
    if (this.#size === 0) return -1;
    const at = this.#find(bytes, from, to);
    if (at < 0) return -1;
    return (this.#words[at + 4] as number) * 2 ** 32 + ((this.#words[at + 5] as number) >>> 0) - 1;
  }

  /** Where the key's entry begins, or a free slot for it; -1 when other keys take all slots. */
  #find(bytes: Uint8Array, from: number, to: number): number {
    const [words, hash, slots] = [this.#words, this.#hash, this.slots];
    md5(bytes, from, to, hash);
    const h0 = hash[0] as number;
    const h1 = hash[1] as number;
    const h2 = hash[2] as number;
    const h3 = hash[3] as number;
    // A share of the slots rather than a remainder, which takes ten times as long.
    const perWord = slots / 2 ** 32;
    let slot = 0;
    for (let probe = 0; probe < slots + SCATTERED_PROBES; probe++) {
      if (probe < SCATTERED_PROBES) slot = Math.floor(((h0 + Math.imul(probe, h1)) >>> 0) * perWord);
      else if (++slot === slots) slot = 0;
      const at = slot * ENTRY_WORDS;
      if (words[at + 4] === 0 && words[at + 5] === 0) return at;
      if (words[at] === h0 && words[at + 1] === h1 && words[at + 2] === h2 && words[at + 3] === h3) return at;
    }
    return -1;
  }
}
