import type { File } from '../base/index.ts';
import { EntryTable } from './entry-table.ts';
import { readInt64, writeInt64 } from '../wire/index.ts';
import { crc32c } from '../wire/records/index.ts';

/** Version int16, then producer id, first offset, last offset, last stable offset: int64 each (Kafka's AbortedTxn). */
const ENTRY_BYTES = 34;
const VERSION = 0;

/** A transaction whose abort marker lies in the segment; `lastOffset` is the marker's. */
export interface AbortedEntry {
  readonly producerId: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
  /** What the last stable offset became through this marker: no transaction below it is open. */
  readonly lastStableOffset: number;
}

/** The aborted transactions that ended in one segment, by the offset of their markers. */
export class TransactionIndex {
  readonly #entries: EntryTable;

  constructor(entries: EntryTable = EntryTable.empty(ENTRY_BYTES)) {
    this.#entries = entries;
  }

  /** From the bytes of a file; undefined when they cannot be an index of the segment that begins at `baseOffset`. */
  static from(bytes: Buffer, baseOffset: number): TransactionIndex | undefined {
    if (bytes.length % ENTRY_BYTES !== 0) return undefined;
    const index = new TransactionIndex(EntryTable.of(ENTRY_BYTES, bytes));
    let previous = -1;
    for (let i = 0; i < index.count; i++) {
      if (bytes.readInt16BE(i * ENTRY_BYTES) !== VERSION) return undefined;
      const { firstOffset, lastOffset, lastStableOffset } = index.at(i);
      const isPlausible =
        firstOffset >= 0 &&
        lastStableOffset >= 0 &&
        lastOffset >= baseOffset &&
        lastOffset > previous &&
        firstOffset <= lastOffset;
      if (!isPlausible || lastStableOffset > lastOffset + 1) return undefined;
      previous = lastOffset;
    }
    return index;
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

  append(entry: AbortedEntry): void {
    const at = this.#entries.add();
    const { bytes } = this.#entries;
    bytes.writeInt16BE(VERSION, at);
    writeInt64(bytes, entry.producerId, at + 2);
    writeInt64(bytes, entry.firstOffset, at + 10);
    writeInt64(bytes, entry.lastOffset, at + 18);
    writeInt64(bytes, entry.lastStableOffset, at + 26);
  }

  at(entry: number): AbortedEntry {
    const at = entry * ENTRY_BYTES;
    const { bytes } = this.#entries;
    return {
      producerId: readInt64(bytes, at + 2),
      firstOffset: readInt64(bytes, at + 10),
      lastOffset: readInt64(bytes, at + 18),
      lastStableOffset: readInt64(bytes, at + 26),
    };
  }

  /** Drops the transactions whose markers lie at or beyond `offset`. */
  truncateTo(offset: number): void {
    this.#entries.truncate(this.#entries.partition((at) => readInt64(this.#entries.bytes, at + 18) < offset));
  }

  /** Four bytes, kept beside the file: Kafka's format has none. */
  checksum(): Buffer {
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32c(this.#entries.bytes.subarray(0, this.count * ENTRY_BYTES)));
    return checksum;
  }

  writeTo(file: File): void {
    this.#entries.writeTo(file);
  }
}
