import type { File } from '../base/index.ts';

const FIRST_ENTRIES = 16;

/**
 * Entries of one fixed size, kept in memory as the bytes of their file, which grows behind them: `writeTo` appends what the
 * file does not have yet. What an entry means is the business of the index around it.
 */
export class EntryTable {
  readonly #entryBytes: number;
  #bytes: Buffer;
  #count: number;
  /** Entries that the file holds; -1 when the file is to be written anew. */
  #inFile: number;

  private constructor(entryBytes: number, bytes: Buffer, count: number, inFile: number) {
    this.#entryBytes = entryBytes;
    this.#bytes = bytes;
    this.#count = count;
    this.#inFile = inFile;
  }

  /** Of a new file, or of one whose content is not to be believed. */
  static empty(entryBytes: number): EntryTable {
    return new EntryTable(entryBytes, Buffer.alloc(0), 0, -1);
  }

  /** Over what a file holds; a rest shorter than an entry is dropped. */
  static of(entryBytes: number, bytes: Buffer): EntryTable {
    const count = Math.floor(bytes.length / entryBytes);
    return new EntryTable(entryBytes, bytes, count, bytes.length % entryBytes === 0 ? count : -1);
  }

  get count(): number {
    return this.#count;
  }

  get sizeInBytes(): number {
    return this.#bytes.length;
  }

  /** The bytes of all entries, those of `index` from `index * entryBytes` on; for reading. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Makes room for one more entry; the caller fills it. Returns where it begins. */
  add(): number {
    const at = this.#count * this.#entryBytes;
    if (at === this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(FIRST_ENTRIES * this.#entryBytes, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    this.#count++;
    return at;
  }

  truncate(count: number): void {
    if (count >= this.#count) return;
    this.#count = count;
    if (count < this.#inFile) this.#inFile = -1;
  }

  get isWritten(): boolean {
    return this.#inFile === this.#count;
  }

  /** How many entries at the front of the table make `isBefore` true, when it is true of some and false of all after them. */
  partition(isBefore: (at: number) => boolean): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(middle * this.#entryBytes)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Brings the file up to date. */
  writeTo(file: File): void {
    if (this.#inFile < 0) {
      file.truncate(0);
      this.#inFile = 0;
    }
    if (this.#inFile === this.#count) return;
    const from = this.#inFile * this.#entryBytes;
    file.write([this.#bytes.subarray(from, this.#count * this.#entryBytes)], from);
    this.#inFile = this.#count;
  }
}
