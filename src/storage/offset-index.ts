import type { File } from '../base/index.ts';
import { Bits } from './bits.ts';
import { EntryTable } from './entry-table.ts';
import type { Boundary } from './header-search.ts';

/** Relative offset int32, position int32 (Kafka's OffsetIndex). */
const ENTRY_BYTES = 8;

/**
 * Where some of a segment's batches begin: an entry is a batch's last offset, relative to the segment's base offset, and its
 * position in the file. Sparse: there is one for every `index.interval.bytes` of log.
 */
export class OffsetIndex {
  readonly #baseOffset: number;
  readonly #entries: EntryTable;
  /** Of an entry: its batch comes right behind that of the entry before. Between them nothing need be looked up in the log. */
  readonly #isNext = new Bits();
  /** There may be batches behind that of the last entry. */
  #isPassedOver: boolean;

  constructor(baseOffset: number, entries?: EntryTable) {
    this.#baseOffset = baseOffset;
    this.#entries = entries ?? EntryTable.empty(ENTRY_BYTES);
    this.#isPassedOver = entries !== undefined;
  }

  /** From the bytes of a file; undefined when they cannot be an index over `logBytes` of log. */
  static from(baseOffset: number, bytes: Buffer, logBytes: number): OffsetIndex | undefined {
    const entries = EntryTable.of(ENTRY_BYTES, bytes);
    // A broker that was killed leaves its preallocated file: zeros after the last entry.
    let count = entries.count;
    while (count > 0 && isZero(bytes, count - 1)) count--;
    entries.truncate(count);
    let offset = -1;
    let position = -1;
    for (let at = 0; at < count * ENTRY_BYTES; at += ENTRY_BYTES) {
      const nextOffset = bytes.readInt32BE(at);
      const nextPosition = bytes.readInt32BE(at + 4);
      if (nextOffset <= offset || nextPosition <= position) return undefined;
      offset = nextOffset;
      position = nextPosition;
    }
    return position >= logBytes && count > 0 ? undefined : new OffsetIndex(baseOffset, entries);
  }

  get count(): number {
    return this.#entries.count;
  }

  /** In memory. */
  get sizeInBytes(): number {
    return this.#entries.sizeInBytes + this.#isNext.sizeInBytes;
  }

  get isWritten(): boolean {
    return this.#entries.isWritten;
  }

  append(lastOffset: number, position: number): void {
    this.#isNext.set(this.count, !this.#isPassedOver);
    this.#isPassedOver = false;
    const at = this.#entries.add();
    this.#entries.bytes.writeInt32BE(lastOffset - this.#baseOffset, at);
    this.#entries.bytes.writeInt32BE(position, at + 4);
  }

  /** A batch gets no entry. */
  passOver(): void {
    this.#isPassedOver = true;
  }

  /** Position of the first batch whose last offset is `offset` or more; undefined when the log must be asked. */
  positionOf(offset: number): number | undefined {
    const entry = this.floor(offset - 1);
    return entry > 0 && entry < this.count && this.#isNext.has(entry) ? this.positionAt(entry) : undefined;
  }

  /** The last boundary at or below `position`; undefined when the log must be asked. */
  boundaryAtMost(position: number): Boundary | undefined {
    const entry = this.floorOfPosition(position) - 1;
    if (entry <= 0 || !this.#isNext.has(entry)) return undefined;
    const isLast = entry + 1 === this.count;
    if (isLast ? this.#isPassedOver : !this.#isNext.has(entry + 1)) return undefined;
    return { position: this.positionAt(entry), offset: this.offsetAt(entry - 1) + 1 };
  }

  /** How many entries have an offset of at most `offset`: the last of them is entry number `floor - 1`. */
  floor(offset: number): number {
    const relative = offset - this.#baseOffset;
    return this.#entries.partition((at) => this.#entries.bytes.readInt32BE(at) <= relative);
  }

  /** How many entries have a position of at most `position`. */
  floorOfPosition(position: number): number {
    return this.#entries.partition((at) => this.#entries.bytes.readInt32BE(at + 4) <= position);
  }

  offsetAt(entry: number): number {
    return this.#baseOffset + this.#entries.bytes.readInt32BE(entry * ENTRY_BYTES);
  }

  positionAt(entry: number): number {
    return this.#entries.bytes.readInt32BE(entry * ENTRY_BYTES + 4);
  }

  /** Drops what lies at or beyond `offset`. */
  truncateTo(offset: number): void {
    const count = this.floor(offset - 1);
    if (count === this.count) return;
    this.#entries.truncate(count);
    this.#isPassedOver = true;
  }

  writeTo(file: File): void {
    this.#entries.writeTo(file);
  }
}

function isZero(bytes: Buffer, entry: number): boolean {
  return bytes.readInt32BE(entry * ENTRY_BYTES) === 0 && bytes.readInt32BE(entry * ENTRY_BYTES + 4) === 0;
}
