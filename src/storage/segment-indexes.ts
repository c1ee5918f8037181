import type { File, FileSystem, Logger } from '../base/index.ts';
import type { RecordBatch } from '../wire/records/index.ts';
import { CorruptSegmentError } from './corrupt-segment-error.ts';
import { SUFFIX } from './file-names.ts';
import { OffsetIndex } from './offset-index.ts';
import type { FolderEntries } from './folder-entries.ts';
import type { PageCache } from './page-cache.ts';
import { TimeIndex } from './time-index.ts';
import { agreesWithLog } from './transaction-check.ts';
import { TransactionIndex } from './transaction-index.ts';

const INDEX_SUFFIXES = [
  SUFFIX.offsetIndex,
  SUFFIX.timeIndex,
  SUFFIX.transactionIndex,
  SUFFIX.transactionChecksum,
] as const;

export interface SegmentIndexesOptions {
  readonly fs: FileSystem;
  readonly logger: Logger;
  readonly pageCache: PageCache;
  readonly entries: FolderEntries;
  readonly baseOffset: number;
  /** Of the file with this suffix, now. */
  readonly path: (suffix: string) => string;
  /** Of the segment. */
  readonly sizeInBytes: () => number;
  /** The first batch of the segment's file that ends at an offset or beyond. */
  readonly headerAt: (offset: number) => RecordBatch | undefined;
  /** Calls `startAnew` and fills offset and time index from the log. */
  readonly rebuild: (path: string, reason: string) => void;
  /** Rebuilds if the last time is not what the log says. */
  readonly verifyLastTime: (times: TimeIndex, path: string) => void;
  /** Something was loaded. */
  readonly loaded: () => void;
}

/** The index files of a segment: each is loaded when it is used first, and may be let go of. */
export class SegmentIndexes {
  readonly #options: SegmentIndexesOptions;
  #offsets: OffsetIndex | undefined;
  #times: TimeIndex | undefined;
  #transactions: TransactionIndex | undefined;
  #hasTransactionFile: boolean | undefined;
  /** Whether what this process wrote to the files was synced. */
  #isSynced = true;

  constructor(options: SegmentIndexesOptions) {
    this.#options = options;
  }

  /** What is loaded, in memory. */
  get sizeInBytes(): number {
    return (this.#offsets?.sizeInBytes ?? 0) + (this.#times?.sizeInBytes ?? 0) + (this.#transactions?.sizeInBytes ?? 0);
  }

  /** Whether one more entry could overstep `segment.index.bytes` in either index. */
  isFull(segmentIndexBytes: number): boolean {
    return (
      this.offsets().count >= Math.floor(segmentIndexBytes / 8) ||
      this.times().count >= Math.floor(segmentIndexBytes / 12) - 1
    );
  }

  fileSizes(): { readonly offsetIndexBytes: number; readonly timeIndexBytes: number } {
    return { offsetIndexBytes: this.offsets().count * 8, timeIndexBytes: this.times().count * 12 };
  }

  offsets(): OffsetIndex {
    if (this.#offsets === undefined) {
      const { baseOffset, path, sizeInBytes, rebuild, loaded } = this.#options;
      const bytes = this.#read(SUFFIX.offsetIndex);
      this.#offsets = bytes && OffsetIndex.from(baseOffset, bytes, sizeInBytes());
      if (this.#offsets === undefined)
        rebuild(path(SUFFIX.offsetIndex), bytes === undefined ? 'missing' : 'entries do not rise');
      loaded();
    }
    return this.#offsets as OffsetIndex;
  }

  /** The same, if it need not be loaded. */
  get loadedOffsets(): OffsetIndex | undefined {
    return this.#offsets;
  }

  /** Loads the offset index without blocking the event loop; not when it would have to be made anew. @throws FileError */
  async loadOffsetsLater(): Promise<void> {
    const { fs, pageCache, baseOffset, path, sizeInBytes, loaded } = this.#options;
    const logBytes = sizeInBytes();
    const indexPath = path(SUFFIX.offsetIndex);
    const bytes = Buffer.allocUnsafe(fs.info(indexPath)?.size ?? 0);
    if (this.#offsets !== undefined || bytes.length === 0) return;
    const file = fs.open(indexPath);
    let read: number;
    try {
      read = await pageCache.slowly(() => file.readLater(bytes, 0));
    } finally {
      file.close();
    }
    // Someone else may have loaded it, or cut the log.
    const isStale = this.#offsets !== undefined || sizeInBytes() !== logBytes || read < bytes.length;
    if (isStale) return;
    this.#offsets = OffsetIndex.from(baseOffset, bytes, logBytes);
    loaded();
  }

  times(): TimeIndex {
    if (this.#times === undefined) {
      const { baseOffset, path, rebuild, verifyLastTime, loaded } = this.#options;
      const bytes = this.#read(SUFFIX.timeIndex);
      this.#times = bytes && TimeIndex.from(baseOffset, bytes);
      if (this.#times === undefined)
        rebuild(path(SUFFIX.timeIndex), bytes === undefined ? 'missing' : 'entries do not rise');
      else verifyLastTime(this.#times, path(SUFFIX.timeIndex));
      loaded();
    }
    return this.#times as TimeIndex;
  }

  /** The aborted transactions whose markers lie here. @throws CorruptSegmentError when their file cannot be right */
  transactions(): TransactionIndex {
    if (this.#transactions === undefined) {
      const { baseOffset, path, logger, loaded } = this.#options;
      const bytes = this.#read(SUFFIX.transactionIndex) ?? Buffer.alloc(0);
      const index = TransactionIndex.from(bytes, baseOffset);
      const checksum = this.#read(SUFFIX.transactionChecksum);
      const isAsWritten =
        index !== undefined &&
        (checksum === undefined ? agreesWithLog(index, this.#options.headerAt) : checksum.equals(index.checksum()));
      if (!isAsWritten) {
        logger.warn('an index of aborted transactions is damaged', {
          path: path(SUFFIX.transactionIndex),
          position: 0,
          checksum: checksum === undefined ? 'none' : path(SUFFIX.transactionChecksum),
        });
        throw new CorruptSegmentError(path(SUFFIX.transactionIndex), 0, 'not an index of aborted transactions');
      }
      this.#transactions = index;
      loaded();
    }
    return this.#transactions;
  }

  /** Whether a marker of an aborted transaction lies here. Whether there is a file that could tell is looked up once. */
  get mayHaveTransactions(): boolean {
    if (this.#transactions !== undefined) return this.#transactions.count > 0;
    return (this.#hasTransactionFile ??= this.#exists(SUFFIX.transactionIndex));
  }

  /** Empty ones of offsets and times, to be filled. */
  startAnew(): void {
    this.#offsets = new OffsetIndex(this.#options.baseOffset);
    this.#times = new TimeIndex(this.#options.baseOffset);
  }

  startIfNotLoaded(): void {
    this.#offsets ??= new OffsetIndex(this.#options.baseOffset);
    this.#times ??= new TimeIndex(this.#options.baseOffset);
  }

  /** An empty index of aborted transactions in place of one that cannot be read, to be filled anew. */
  restartTransactions(): TransactionIndex {
    this.#transactions = new TransactionIndex();
    return this.#transactions;
  }

  truncateTo(offset: number): void {
    this.offsets().truncateTo(offset);
    this.times().truncateTo(offset);
    this.transactions().truncateTo(offset);
  }

  /** Whether the files have all that is in memory, and would keep it without power. */
  get isSynced(): boolean {
    return (
      this.#isSynced && [this.#offsets, this.#times, this.#transactions].every((index) => index?.isWritten !== false)
    );
  }

  /** Brings the files up to date with what is in memory. */
  write(): void {
    if (this.#offsets?.isWritten === false) this.#write(SUFFIX.offsetIndex, this.#offsets);
    if (this.#times?.isWritten === false) this.#write(SUFFIX.timeIndex, this.#times);
    const transactions = this.#transactions;
    if (transactions?.isWritten === false && (transactions.count > 0 || this.#exists(SUFFIX.transactionIndex))) {
      // Without it nobody would miss an entry. Other indexes are made anew when they are gone.
      if (!this.#exists(SUFFIX.transactionIndex)) this.#options.entries.changed();
      this.#write(SUFFIX.transactionIndex, transactions);
      this.#write(SUFFIX.transactionChecksum, { writeTo: (file) => file.write([transactions.checksum()], 0) });
      this.#hasTransactionFile = true;
    }
  }

  sync(): void {
    this.#isSynced = true;
    for (const suffix of INDEX_SUFFIXES) {
      if (!this.#exists(suffix)) continue;
      const file = this.#options.fs.open(this.#options.path(suffix));
      file.sync();
      file.close();
    }
  }

  /** The same without blocking the event loop. @throws FileError */
  async syncLater(): Promise<void> {
    this.#isSynced = true;
    for (const suffix of INDEX_SUFFIXES) {
      if (!this.#exists(suffix)) continue;
      const file = this.#options.fs.open(this.#options.path(suffix));
      try {
        await file.syncLater();
      } finally {
        file.close();
      }
    }
  }

  release(): void {
    this.#offsets = this.#times = this.#transactions = undefined;
  }

  #exists(suffix: string): boolean {
    return this.#options.fs.info(this.#options.path(suffix)) !== undefined;
  }

  #read(suffix: string): Buffer | undefined {
    return this.#exists(suffix) ? this.#options.fs.readFile(this.#options.path(suffix)) : undefined;
  }

  #write(suffix: string, index: { writeTo(file: File): void }): void {
    this.#isSynced = false;
    const file = this.#options.fs.open(this.#options.path(suffix), { create: true });
    try {
      index.writeTo(file);
    } finally {
      file.close();
    }
  }
}
