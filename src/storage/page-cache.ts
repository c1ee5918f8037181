import { systemMemoryBytes } from '../base/index.ts';
import { Places } from './places.ts';

/** So much of what was written or read last is believed to be in the system's memory still. */
const WARM_BYTES = Math.max(256 * 1024 * 1024, systemMemoryBytes() / 8);
/** What is read ahead on one read, about. */
const PIECE_BYTES = 128 * 1024;
/** Slow reads at a time: writes and syncs wait for threads of the same pool. */
const MOST_SLOW_READS = 2;

/** Where what is only read to have it in memory goes: nobody looks at it. */
const nowhere = Buffer.allocUnsafeSlow(PIECE_BYTES);

/**
 * A guess at what of a disk's files lies in the system's memory, where a read need not wait for the disk: the parts that were
 * written or read last. A wrong guess costs time and nothing else.
 */
export class PageCache {
  /** Bytes that came into memory so far: the clock by which pieces grow old. What has the time 0 never was there. */
  #movedBytes: number;
  readonly #warmBytes: number;
  readonly #slowReads = new Places(MOST_SLOW_READS);
  readonly #calmSyncs = new Places(1);

  constructor(warmBytes = WARM_BYTES) {
    this.#movedBytes = this.#warmBytes = warmBytes;
  }

  /** Of one file. */
  pieces(): WarmPieces {
    return new WarmPieces(this);
  }

  get movedBytes(): number {
    return this.#movedBytes;
  }

  moved(bytes: number): void {
    this.#movedBytes += bytes;
  }

  isWarm(movedBytes: number): boolean {
    return movedBytes > this.#movedBytes - this.#warmBytes;
  }

  /** Does what may wait for the disk, a few at a time. */
  slowly<T>(work: () => Promise<T>): Promise<T> {
    return this.#slowReads.inTurn(work);
  }

  /** Syncs what nobody waits for, one at a time: it may take seconds, and writes and reads need the thread pool too. */
  calmly(sync: () => Promise<void>): Promise<void> {
    return this.#calmSyncs.inTurn(sync);
  }
}

/** What of one file is believed to be in memory. */
export class WarmPieces {
  readonly #cache: PageCache;
  /** When each piece was touched last, by the clock of the cache. */
  #times: Float64Array | undefined;
  /** So many pieces from the first on were touched, each at this time or later: most files are warm as a whole. */
  #touched = 0;
  #touchedSince = 0;

  constructor(cache: PageCache) {
    this.#cache = cache;
  }

  written(position: number, bytes: number): void {
    if (bytes === 0) return;
    this.#cache.moved(bytes);
    const last = pieceAt(position + bytes - 1);
    const times = this.#roomFor(last);
    const first = pieceAt(position);
    for (let piece = first; piece <= last; piece++) times[piece] = this.#cache.movedBytes;
    this.#noteTouched(first, last);
  }

  read(position: number, bytes: number): void {
    if (bytes === 0) return;
    const end = position + bytes;
    const first = pieceAt(position);
    const last = pieceAt(end - 1);
    const times = this.#roomFor(last);
    for (let piece = first; piece <= last; piece++) {
      if (!this.#cache.isWarm(times[piece] as number)) {
        this.#cache.moved(Math.min(end, (piece + 1) * PIECE_BYTES) - Math.max(position, piece * PIECE_BYTES));
      }
      times[piece] = this.#cache.movedBytes;
    }
    this.#noteTouched(first, last);
  }

  /** Whether all of it is there. */
  has(position: number, bytes: number): boolean {
    const times = this.#times;
    if (times === undefined) return bytes === 0;
    const last = pieceAt(position + bytes - 1);
    if (this.hasAllUpTo(position + bytes)) return true;
    if (last >= times.length) return false;
    for (let piece = pieceAt(position); piece <= last; piece++) {
      if (!this.#cache.isWarm(times[piece] as number)) return false;
    }
    return true;
  }

  /** Whether all before `end` is there; false too where only a look at each piece can tell. */
  hasAllUpTo(end: number): boolean {
    return end <= this.#touched * PIECE_BYTES && this.#cache.isWarm(this.#touchedSince);
  }

  clear(): void {
    this.#times = undefined;
    this.#touched = 0;
  }

  #noteTouched(first: number, last: number): void {
    if (this.#touched === 0 || (first === 0 && !this.#cache.isWarm(this.#touchedSince))) {
      if (first > 0) return;
      this.#touched = 0;
      this.#touchedSince = this.#cache.movedBytes;
    }
    if (first <= this.#touched) this.#touched = Math.max(this.#touched, last + 1);
  }

  #roomFor(piece: number): Float64Array {
    const times = this.#times;
    if (times !== undefined && piece < times.length) return times;
    const larger = new Float64Array(Math.max(2 * (times?.length ?? 1), piece + 1));
    if (times !== undefined) larger.set(times);
    this.#times = larger;
    return larger;
  }
}

/** Brings the piece of a file around `position` into memory. @param read of the file */
export async function warm(
  position: number,
  read: (target: Buffer, position: number) => Promise<unknown>,
): Promise<void> {
  await read(nowhere, pieceAt(position) * PIECE_BYTES);
}

function pieceAt(position: number): number {
  return Math.floor(position / PIECE_BYTES);
}
