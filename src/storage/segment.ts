import { join } from 'node:path';
import { assert, type File } from '../base/index.ts';
import { RecordBatch } from '../wire/records/index.ts';
import { BatchPositions } from './batch-positions.ts';
import { CorruptSegmentError } from './corrupt-segment-error.ts';
import { fileName, SEGMENT_SUFFIXES, SUFFIX } from './file-names.ts';
import { FoundGood } from './found-good.ts';
import type { Boundary } from './header-search.ts';
import type { OffsetIndex } from './offset-index.ts';
import type { Releasable } from './open-segments.ts';
import { warm } from './page-cache.ts';
import { MAX_RELATIVE_OFFSET, type SegmentContext } from './segment-context.ts';
import { SegmentFile } from './segment-file.ts';
import { SegmentIndexes } from './segment-indexes.ts';
import { HeaderScan, SegmentScan } from './segment-scan.ts';
import type { LargestTimestamp, TimeIndex } from './time-index.ts';
import type { TransactionIndex } from './transaction-index.ts';

/**
 * One file of a log with its indexes. The last segment of a log is active: it alone grows, and keeps its file and indexes open.
 * The others open what they need when they are read, and let go of it again (`OpenSegments`).
 */
export class Segment implements Releasable {
  readonly baseOffset: number;
  readonly #context: SegmentContext;
  #isActive = false;
  /** There is no file yet. */
  #isToBeMade = false;
  /** Its indexes are not to be looked for. */
  #beganEmpty = false;
  #logIfUsed: SegmentFile | undefined;
  #indexesIfUsed: SegmentIndexes | undefined;
  #isRemoved = false;
  #suffix = '';
  /** Bytes of batches, those not yet in the file included. */
  #size: number | undefined;
  /** Bytes of those in the file; zeros may follow them. */
  #fileSize = 0;
  #bytesSinceIndexEntry = 0;
  #maxTimestampMs = -1;
  #offsetOfMaxTimestamp = -1;
  /** Of a segment that is not active. */
  #largestTimestamp: LargestTimestamp | undefined;
  readonly #batches: BatchPositions;
  #firstTimestampMs: number | undefined;
  readonly createdMs: number;
  /** Drawn once per segment: how much earlier than `segment.ms` it is rolled. */
  readonly rollJitterMs: number;
  /** What may be served. */
  readonly good: FoundGood;

  constructor(context: SegmentContext, baseOffset: number, rollJitterMs = 0) {
    this.#context = context;
    this.baseOffset = baseOffset;
    this.rollJitterMs = rollJitterMs;
    this.createdMs = context.clock.now();
    this.#batches = new BatchPositions(this);
    this.good = new FoundGood(baseOffset, Infinity);
  }

  /**
   * A new segment that grows, and its file; but a log that begins at 0 and has no folder yet gets both with its first record.
   * @param suffix follows the names of its files, see `rename`
   */
  static create(context: SegmentContext, baseOffset: number, rollJitterMs: number, suffix = ''): Segment {
    const segment = new Segment(context, baseOffset, rollJitterMs);
    segment.#suffix = suffix;
    segment.#isToBeMade = true;
    if (context.entries.isThere || baseOffset > 0) segment.#log.open().truncate(0);
    segment.#size = 0;
    segment.#beganEmpty = true;
    segment.good.ownFrom(0);
    segment.#isActive = true;
    return segment;
  }

  /** Made on first use, as the next: of thousands of segments most are never looked at. */
  get #log(): SegmentFile {
    return (this.#logIfUsed ??= new SegmentFile(() => this.#openFile(), this.#context.pageCache));
  }

  #openFile(): File {
    const { fs, entries } = this.#context;
    const create = this.#isToBeMade;
    if (create) entries.make();
    this.#isToBeMade = false;
    return fs.open(this.path(SUFFIX.log), { create });
  }

  get #indexes(): SegmentIndexes {
    if (this.#indexesIfUsed === undefined) {
      this.#indexesIfUsed = new SegmentIndexes({
        ...this.#context,
        baseOffset: this.baseOffset,
        path: (suffix) => this.path(suffix),
        sizeInBytes: () => this.size,
        headerAt: (offset) => this.#headerAt(offset),
        rebuild: (path, reason) => this.#rebuildIndexes(path, reason),
        verifyLastTime: (times, path) => this.#verifyLastTime(times, path),
        loaded: () => this.#touch(),
      });
      if (this.#beganEmpty) this.#indexesIfUsed.startAnew();
    }
    return this.#indexesIfUsed;
  }

  path(suffix: string): string {
    return join(this.#context.directory, fileName(this.baseOffset, suffix) + this.#suffix);
  }

  get size(): number {
    this.#size ??= this.#fileSize = this.#context.fs.info(this.path(SUFFIX.log))?.size ?? 0;
    return this.#size;
  }

  isIndexFull(segmentIndexBytes: number): boolean {
    return this.#indexes.isFull(segmentIndexBytes);
  }

  indexSizes(): ReturnType<SegmentIndexes['fileSizes']> {
    return this.#indexes.fileSizes();
  }

  /** Opens the segment to be written on; zeros at its end are written over. Returns the offset after its last batch. */
  activate(): number {
    this.#isActive = true;
    this.#context.openSegments.forget(this);
    this.#largestTimestamp = undefined;
    this.#size = this.#fileSize = this.#log.open().size();
    if (this.#size === 0) {
      this.good.ownFrom(0);
      this.#indexes.startIfNotLoaded();
      return this.baseOffset;
    }
    const index = this.#indexes.offsets();
    const times = this.#indexes.times();
    if (times.count > 0) {
      this.#maxTimestampMs = times.timestampAt(times.count - 1);
      this.#offsetOfMaxTimestamp = times.offsetAt(times.count - 1);
    }
    let nextOffset = this.baseOffset;
    const scan = this.scanFrom(index.count, this.#size);
    const from = scan.end;
    for (let header = scan.next(); header !== undefined; header = scan.next()) {
      this.#assertFollows(header, nextOffset, scan.position);
      nextOffset = header.nextOffset;
      this.#noteTimestamp(header.maxTimestamp, header.lastOffset);
    }
    if (scan.problem !== undefined && !this.#log.endsInZeros(scan.end))
      throw this.corrupt(scan.end, scan.problem.message);
    this.#size = this.#fileSize = scan.end;
    this.good.ownFrom(this.#size);
    this.#bytesSinceIndexEntry = this.#size - from;
    this.#batches.recent.clear(nextOffset - 1);
    return nextOffset;
  }

  /** The segment will not grow any more: its indexes are completed and written. Returns whether they are to be synced. */
  deactivate(): boolean {
    this.trim();
    this.#indexes.times().append(this.#maxTimestampMs, this.#offsetOfMaxTimestamp);
    const { isSynced } = this.#indexes;
    this.writeIndexes();
    this.#isActive = false;
    this.#context.openSegments.used(this);
    return !isSynced;
  }

  // Growing

  /** Notes a batch that follows all others; `write` brings its bytes later. */
  append(lastOffset: number, maxTimestampMs: number, sizeInBytes: number): void {
    const position = this.size;
    this.#firstTimestampMs ??= maxTimestampMs;
    this.#index(lastOffset, maxTimestampMs, position, sizeInBytes);
    this.#batches.recent.append(lastOffset, position);
    this.#size = position + sizeInBytes;
  }

  /** Puts the bytes of batches that were noted at the end of the file. */
  write(buffers: readonly Buffer[], bytes: number): void {
    this.#log.write(buffers, this.#fileSize, bytes);
    this.wrote(bytes);
  }

  /** Begins to put bytes of noted batches into the file, so many bytes behind its end; when all are there, `wrote` says so. */
  writeLater(bytes: Buffer, behind: number): Promise<void> {
    return this.#log.writeLater(bytes, this.#fileSize + behind);
  }

  /** The file holds so many bytes more. */
  wrote(bytes: number): void {
    this.#fileSize += bytes;
  }

  /** Where the batches in the file end. */
  get end(): number {
    return this.#fileSize;
  }

  /** How many zeros lie behind them. */
  get room(): number {
    return this.#log.zerosBehind(this.#fileSize);
  }

  /** Puts zeros behind the batches, without blocking the event loop. @throws FileError */
  growLater(bytes: number): Promise<void> {
    return this.#log.growLater(bytes, () => this.#fileSize);
  }

  /** Cuts off the zeros; those that are on their way when they come. @throws FileError */
  trim(): void {
    this.#logIfUsed?.trim(this.#fileSize);
  }

  /** The aborted transactions whose markers lie here. @throws CorruptSegmentError when their file cannot be right */
  transactions(): TransactionIndex {
    return this.#indexes.transactions();
  }

  /** Whether a marker of an aborted transaction may lie here. */
  get mayHaveTransactions(): boolean {
    return this.#indexes.mayHaveTransactions;
  }

  /** An empty index of aborted transactions in place of one that cannot be read, to be filled anew. */
  restartTransactions(): TransactionIndex {
    return this.#indexes.restartTransactions();
  }

  #index(lastOffset: number, maxTimestampMs: number, position: number, sizeInBytes: number): void {
    this.#noteTimestamp(maxTimestampMs, lastOffset);
    if (this.#bytesSinceIndexEntry > this.#context.indexIntervalBytes()) {
      this.#indexes.offsets().append(lastOffset, position);
      this.#indexes.times().append(this.#maxTimestampMs, this.#offsetOfMaxTimestamp);
      this.#bytesSinceIndexEntry = 0;
    } else if (position > 0) this.#indexes.offsets().passOver();
    this.#bytesSinceIndexEntry += sizeInBytes;
  }

  #noteTimestamp(timestampMs: number, lastOffset: number): void {
    if (timestampMs <= this.#maxTimestampMs) return;
    this.#maxTimestampMs = timestampMs;
    this.#offsetOfMaxTimestamp = lastOffset;
  }

  /** The greatest timestamp of the first batch; undefined when there is none. */
  firstTimestampMs(): number | undefined {
    if (this.#firstTimestampMs === undefined && this.size > 0) {
      this.#firstTimestampMs = new HeaderScan(this.file(), 0, this.#fileSize).next()?.maxTimestamp;
    }
    return this.#firstTimestampMs;
  }

  // Files

  file(): File {
    this.#touch();
    return this.#log.open();
  }

  #touch(): void {
    if (!this.#isActive) this.#context.openSegments.used(this);
  }

  get indexBytes(): number {
    return this.#indexesIfUsed?.sizeInBytes ?? 0;
  }

  release(): void {
    if (this.#isActive) return;
    this.#indexesIfUsed?.release();
    this.#batches.recent.clear(Infinity);
    this.#logIfUsed?.close();
  }

  /** Closes the file; it would be opened again on use. */
  close(): void {
    this.#context.openSegments.forget(this);
    this.#isActive = false;
    this.release();
  }

  read(target: Buffer, position: number): number {
    this.#touch();
    return this.#log.read(target, position);
  }

  readLater(target: Buffer, position: number): Promise<number> {
    this.#touch();
    return this.#log.readLater(target, position);
  }

  /** Whether a read of this is not likely to wait for the disk. */
  isWarm(position: number, bytes: number): boolean {
    return this.#logIfUsed?.isWarm(position, bytes) === true;
  }

  sync(): void {
    this.syncLog();
    if (!this.#isActive) this.#indexes.sync();
  }

  async syncLater(): Promise<void> {
    await this.syncLogLater();
    if (!this.#isActive) await this.#indexes.syncLater();
  }

  /** Syncs the batches, and the name of their file: the indexes can be made anew from them. */
  async syncLogLater(): Promise<void> {
    this.#touch();
    await this.#log.syncLater();
    await this.#context.entries.syncLater();
  }

  syncLog(): void {
    this.file().sync();
    this.#context.entries.sync();
  }

  /** Syncs the written indexes: recovery does not look back beyond the recovery point, and would not miss what is not there. */
  syncIndexes(): void {
    this.#indexes.sync();
    this.#context.entries.sync();
  }

  /** Brings the index files up to date with what is in memory. */
  writeIndexes(): void {
    if (!this.#isToBeMade) this.#indexes.write();
  }

  /** Cuts everything from the batch on that holds `offset`, or begins behind it. */
  truncateTo(offset: number): void {
    const position = this.positionOf(offset, this.size);
    this.transactions();
    this.#cut(position);
    this.#indexes.truncateTo(offset);
    this.#batches.forgetHint();
    this.#maxTimestampMs = -1;
    this.#offsetOfMaxTimestamp = -1;
    if (position === 0) this.#firstTimestampMs = undefined;
    this.#batches.recent.clear(this.activate() - 1);
    this.writeIndexes();
  }

  #cut(position: number): void {
    this.#log.truncate(position, (start) => this.#context.fs.replaceFile(this.path(SUFFIX.log), start));
    this.#size = this.#fileSize = position;
  }

  /**
   * Gives the files names that end in `ending` (`.deleted`, `.swap`, or nothing): the log first, so that indexes of another
   * ending tell that this was cut short.
   */
  rename(ending: string): void {
    const { fs, directory } = this.#context;
    for (const suffix of SEGMENT_SUFFIXES) {
      const to = join(directory, fileName(this.baseOffset, suffix) + ending);
      if (fs.info(this.path(suffix)) !== undefined) fs.rename(this.path(suffix), to);
    }
    this.#context.entries.changed();
    this.#suffix = ending;
  }

  /** Marks the files for removal, under which names nobody finds them. */
  markDeleted(): void {
    this.rename(SUFFIX.deleted);
    this.#isActive = false;
    this.#context.openSegments.used(this);
  }

  /** It is part of its log no more. */
  get isMarkedDeleted(): boolean {
    return this.#suffix === SUFFIX.deleted;
  }

  /** Its files are gone. */
  get isRemoved(): boolean {
    return this.#isRemoved;
  }

  removeFiles(): void {
    for (const path of this.#beginRemoval()) this.#context.fs.remove(path);
  }

  /** The same without blocking the event loop: a file system needs time to free a gigabyte. */
  async removeFilesLater(): Promise<void> {
    await Promise.all(this.#beginRemoval().map((path) => this.#context.fs.removeLater(path)));
  }

  #beginRemoval(): string[] {
    this.#isRemoved = true;
    this.close();
    this.#context.entries.changed();
    return SEGMENT_SUFFIXES.map((suffix) => this.path(suffix));
  }

  // Indexes

  /** The last time entry speaks for the whole segment, so it must be what the batch it names says. */
  #verifyLastTime(times: TimeIndex, path: string): void {
    const last = times.count - 1;
    if (last < 0 || this.#isTimeEntryTrue(times, last)) return;
    this.#rebuildIndexes(path, `entry ${last} is not what the log says`);
  }

  #isTimeEntryTrue(times: TimeIndex, entry: number): boolean {
    const offset = times.offsetAt(entry);
    const scan = this.scanFrom(this.#indexes.offsets().floor(offset), this.#fileSize);
    for (let header = scan.next(); header !== undefined && header.baseOffset <= offset; header = scan.next()) {
      if (header.lastOffset === offset) return header.maxTimestamp === times.timestampAt(entry);
    }
    return false;
  }

  #rebuildIndexes(path: string, reason: string): void {
    this.#context.logger.warn('rebuilding the indexes of a segment from its log', { path, reason });
    const [maxTimestampMs, offsetOfMaxTimestamp] = [this.#maxTimestampMs, this.#offsetOfMaxTimestamp];
    this.#startIndexes();
    const scan = new SegmentScan(this.file(), 0, this.#fileSize);
    let nextOffset = this.baseOffset;
    for (let batch = scan.next(); batch !== undefined; batch = scan.next()) {
      this.#assertFollows(batch, nextOffset, scan.position);
      nextOffset = batch.nextOffset;
      this.#index(batch.lastOffset, batch.maxTimestamp, scan.position, batch.sizeInBytes);
    }
    if (scan.problem !== undefined) throw this.corrupt(scan.problem.position, scan.problem.message);
    // Batches still to be written are not in the file, but their timestamps were noted.
    if (this.size > this.#fileSize) this.#noteTimestamp(maxTimestampMs, offsetOfMaxTimestamp);
    if (!this.#isActive) this.#indexes.times().append(this.#maxTimestampMs, this.#offsetOfMaxTimestamp);
    this.writeIndexes();
  }

  #startIndexes(): void {
    this.#indexes.startAnew();
    this.#largestTimestamp = undefined;
    this.#bytesSinceIndexEntry = 0;
    this.#maxTimestampMs = -1;
    this.#offsetOfMaxTimestamp = -1;
  }

  /**
   * Re-reads the file after an unclean stop: `accept` sees every batch, and returns why it cannot stay if it cannot. The file is
   * cut before the first such batch, or zeros at its end; the indexes are made anew. Returns where a batch was not whole, and why.
   */
  recover(accept: (batch: RecordBatch) => string | undefined): { cutAt: number | undefined; reason: string } {
    this.#startIndexes();
    this.restartTransactions();
    // What a log that failed is still writing must not come after what was read here.
    this.#cut(this.file().size());
    this.good.ownFrom(0);
    const scan = new SegmentScan(this.file(), 0, this.#fileSize);
    let end = 0;
    let reason: string | undefined;
    for (let batch = scan.next(); batch !== undefined; batch = scan.next()) {
      reason = batch.isValid() ? accept(batch) : `the crc of the batch at offset ${batch.baseOffset} does not match`;
      if (reason !== undefined) break;
      this.#index(batch.lastOffset, batch.maxTimestamp, scan.position, batch.sizeInBytes);
      end = scan.end;
    }
    reason ??= scan.problem?.message;
    // Fewer zeros than a header has bytes may be the beginning of a batch.
    if (this.#fileSize - end >= RecordBatch.HEADER_BYTES && this.#log.endsInZeros(end)) reason = undefined;
    this.#cut(end);
    return { cutAt: reason === undefined ? undefined : end, reason: reason ?? '' };
  }

  /** Offsets lie outside the crc, and indexes have room for some only. */
  #assertFollows({ baseOffset, lastOffset }: RecordBatch, nextOffset: number, position: number): void {
    if (baseOffset < nextOffset || lastOffset - this.baseOffset > MAX_RELATIVE_OFFSET)
      throw this.corrupt(position, `offset ${baseOffset} after ${nextOffset - 1}`);
  }

  /** What to throw where the log file cannot be right. */
  corrupt(position: number, message: string): CorruptSegmentError {
    return new CorruptSegmentError(this.path(SUFFIX.log), position, message);
  }

  /** Loaded, or made anew, if need be. */
  offsetIndex(): OffsetIndex {
    return this.#indexes.offsets();
  }

  /** A scan that begins at the batch of the last of the first `entries` index entries, or at the start. */
  scanFrom(entries: number, end: number): HeaderScan {
    const index = this.#indexes.offsets();
    if (entries === 0) return new HeaderScan(this.file(), 0, end);
    const scan = new HeaderScan(this.file(), index.positionAt(entries - 1), end);
    const first = scan.next();
    if (first !== undefined && first.lastOffset === index.offsetAt(entries - 1)) {
      scan.restart();
      return scan;
    }
    this.#rebuildIndexes(this.path(SUFFIX.offsetIndex), `entry ${entries - 1} does not lead to the batch it names`);
    return new HeaderScan(this.file(), 0, end);
  }

  // Reading

  /**
   * How many bytes there are from `offset` on, when a read of at most `bytes` of them can be planned without waiting for the
   * disk; undefined when it can't.
   */
  bytesAtHand(offset: number, bytes: number): number | undefined {
    const { size } = this;
    const recent = this.#batches.recent.positionOf(offset, size);
    if (recent >= 0) return size - recent;
    if (size === 0) return 0;
    const places = this.#placesOf(offset, bytes);
    return places?.every((place) => this.isWarm(place, 1)) === true ? size - (places[0] as number) : undefined;
  }

  /** Whether that is so of every read: no part of the file is believed to be anywhere but in memory. */
  get isAtHand(): boolean {
    return this.#indexes.loadedOffsets !== undefined && this.#log.isWarmUpTo(this.#fileSize);
  }

  /** Makes `bytesAtHand` tell, unless the index must be made anew. @throws FileError */
  async bringToHand(offset: number, bytes: number): Promise<void> {
    await this.#indexes.loadOffsetsLater();
    for (const place of this.#placesOf(offset, bytes) ?? []) {
      if (!this.isWarm(place, 1)) await warm(place, (target, position) => this.readLater(target, position));
    }
  }

  /** Where headers are read to plan that; undefined while the index is not loaded. */
  #placesOf(offset: number, bytes: number): readonly number[] | undefined {
    const index = this.#indexes.loadedOffsets;
    return index && this.#batches.placesOf(offset, bytes, this.size, index);
  }

  /** Position of the first batch whose last offset is `offset` or more; `end`, a batch boundary, if there is none before. */
  positionOf(offset: number, end: number): number {
    return this.#batches.positionOf(offset, end);
  }

  /** The lowest offset that the batch at `position` can have, by the one before it. */
  lowestOffsetAt(position: number): number {
    return this.#batches.lowestOffsetAt(position, this.#isActive && position === this.size);
  }

  /** The last batch boundary after `position` and at most `target`; `position` itself when no whole batch fits. */
  boundaryAtMost(target: number, position: number, end: number): Boundary {
    return this.#batches.boundaryAtMost(target, position, end);
  }

  /** The boundary after the batch at `position`. */
  boundaryAfter(position: number, end: number): Boundary {
    const scan = new HeaderScan(this.file(), position, end);
    const header = scan.next();
    if (header === undefined) throw this.corrupt(position, scan.problem?.message ?? 'a batch was expected');
    return { position: scan.end, offset: header.nextOffset };
  }

  #headerAt(offset: number): RecordBatch | undefined {
    return new HeaderScan(this.file(), this.positionOf(offset, this.#fileSize), this.#fileSize).next();
  }

  scan(from: number, end: number): SegmentScan {
    return new SegmentScan(() => this.file(), from, end);
  }

  // Times

  /** The greatest timestamp of the segment. */
  largestTimestamp(): LargestTimestamp {
    if (this.#isActive) return { timestampMs: this.#maxTimestampMs, offset: this.#offsetOfMaxTimestamp };
    return (this.#largestTimestamp ??= this.#indexes.times().largest());
  }

  /** When the log file last changed. A segment made of others is as old as the youngest of them. */
  get modifiedMs(): number {
    return this.#context.fs.info(this.path(SUFFIX.log))?.modifiedMs ?? 0;
  }

  set modifiedMs(modifiedMs: number) {
    this.#context.fs.setModified(this.path(SUFFIX.log), modifiedMs);
  }

  /** Position of the first batch, at `startOffset` or later, that has a timestamp of at least `timestampMs`; `end` if none. */
  positionOfTimestamp(timestampMs: number, startOffset: number, end: number): number {
    const times = this.#indexes.times();
    const below = times.countBelow(timestampMs);
    let offset = startOffset;
    if (below > 0) {
      if (!this.#isTimeEntryTrue(times, below - 1)) {
        this.#rebuildIndexes(this.path(SUFFIX.timeIndex), `entry ${below - 1} is not what the log says`);
        return this.positionOfTimestamp(timestampMs, startOffset, end);
      }
      offset = Math.max(offset, times.offsetAt(below - 1) + 1);
    }
    const scan = new HeaderScan(this.file(), this.positionOf(offset, end), end);
    for (let header = scan.next(); header !== undefined; header = scan.next()) {
      if (header.maxTimestamp >= timestampMs) return scan.position;
    }
    assert(scan.problem === undefined, `batches up to ${end} in ${this.path(SUFFIX.log)}`);
    return end;
  }
}
