import type { File } from '../base/index.ts';
import { EntryTable } from './entry-table.ts';
import { readInt64, writeInt64 } from '../wire/index.ts';

/** Timestamp int64, relative offset int32 (Kafka's TimeIndex). */
const ENTRY_BYTES = 12;

/** Of a segment; -1 without timestamps. */
export interface LargestTimestamp {
  readonly timestampMs: number;
  /** The last offset of the batch that has it. */
  readonly offset: number;
}

/**
 * The greatest timestamp up to some points of a segment, each with the last offset of the batch that has it. Both rise from
 * entry to entry.
 */
export class TimeIndex {
  readonly #baseOffset: number;
  readonly #entries: EntryTable;

  constructor(baseOffset: number, entries: EntryTable = EntryTable.empty(ENTRY_BYTES)) {
    this.#baseOffset = baseOffset;
    this.#entries = entries;
  }

  /** From the bytes of a file; undefined when they cannot be an index. */
  static from(baseOffset: number, bytes: Buffer): TimeIndex | undefined {
    const entries = EntryTable.of(ENTRY_BYTES, bytes);
    // A broker that was killed leaves its preallocated file: zeros after the last entry.
    let count = entries.count;
    while (count > 0 && isZero(bytes, count - 1)) count--;
    entries.truncate(count);
    let timestamp = -1;
    let offset = -1;
    for (let at = 0; at < count * ENTRY_BYTES; at += ENTRY_BYTES) {
      const nextTimestamp = readInt64(bytes, at);
      const nextOffset = bytes.readInt32BE(at + 8);
      if (nextTimestamp <= timestamp || nextOffset <= offset) return undefined;
      timestamp = nextTimestamp;
      offset = nextOffset;
    }
    return new TimeIndex(baseOffset, entries);
  }

  get count(): number {
    return this.#entries.count;
  }

  /** In memory. */
  get sizeInBytes(): number {
    return this.#entries.sizeInBytes;
  }

  get isWritten(): boolean {
    return this.#entries.isWritten;
  }

  /** Takes the entry only if it moves both timestamp and offset forward. */
  append(timestampMs: number, offset: number): void {
    const last = this.count - 1;
    if (last >= 0 && (timestampMs <= this.timestampAt(last) || offset <= this.offsetAt(last))) return;
    if (timestampMs < 0) return;
    const at = this.#entries.add();
    writeInt64(this.#entries.bytes, timestampMs, at);
    this.#entries.bytes.writeInt32BE(offset - this.#baseOffset, at + 8);
  }

  /** How many entries have a timestamp below `timestampMs`. */
  countBelow(timestampMs: number): number {
    return this.#entries.partition((at) => readInt64(this.#entries.bytes, at) < timestampMs);
  }

  /** What the last entry says; -1 for both when there is none. */
  largest(): LargestTimestamp {
    const last = this.count - 1;
    return last < 0
      ? { timestampMs: -1, offset: -1 }
      : { timestampMs: this.timestampAt(last), offset: this.offsetAt(last) };
  }

  timestampAt(entry: number): number {
    return readInt64(this.#entries.bytes, entry * ENTRY_BYTES);
  }

  offsetAt(entry: number): number {
    return this.#baseOffset + this.#entries.bytes.readInt32BE(entry * ENTRY_BYTES + 8);
  }

  /** Drops what lies at or beyond `offset`. */
  truncateTo(offset: number): void {
    const relative = offset - this.#baseOffset;
    this.#entries.truncate(this.#entries.partition((at) => this.#entries.bytes.readInt32BE(at + 8) < relative));
  }

  writeTo(file: File): void {
    this.#entries.writeTo(file);
  }
}

function isZero(bytes: Buffer, entry: number): boolean {
  return readInt64(bytes, entry * ENTRY_BYTES) === 0 && bytes.readInt32BE(entry * ENTRY_BYTES + 8) === 0;
}
