import type { Clock } from '../base/index.ts';
import { filterBatch, openRecords, RecordBatch, type RecordCursor } from '../wire/records/index.ts';
import { groupSegments, segmentsBetween, type CleanablePart } from './cleanable.ts';
import { CleanedTransactions } from './cleaned-transactions.ts';
import type { CleaningPace } from './cleaning-pace.ts';
import type { LogCompaction } from './log-compaction.ts';
import { OffsetMap } from './offset-map.ts';
import { SegmentBatches, type BatchVisitor } from './segment-batches.ts';
import type { Segment } from './segment.ts';
import { MAX_DECOMPRESSED_BYTES } from './validate.ts';

/** The log was closed, cut, or is no compacted one any more: what was begun is given up. */
export class CleaningAbortedError extends Error {
  override name = 'CleaningAbortedError';
}

export interface CleaningOptions {
  readonly clock: Clock;
  readonly pace: CleaningPace;
  /** For the table of keys. */
  readonly maxMapBytes: number;
  /** How full that may become, as a fraction. */
  readonly loadFactor: number;
  /** Two pieces of so many bytes are read into; a larger batch gets more. */
  readonly readBytes: number;
  readonly isStopped: () => boolean;
}

export interface CleaningOutcome {
  /** Where the next cleaning begins. */
  readonly endOffset: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/**
 * Compacts one log once (Kafka's Cleaner): notes the last offset of each key in the dirty part, then writes all segments up to
 * there anew without the records that a later one replaces, without tombstones and markers whose time has come, and without
 * what belongs to aborted transactions. What came in after it began is left for the next time.
 * @throws CleaningAbortedError, FileError; CorruptSegmentError and what `openRecords` throws for a log that cannot be compacted
 */
export async function clean(
  log: LogCompaction,
  part: CleanablePart,
  options: CleaningOptions,
): Promise<CleaningOutcome> {
  return new Cleaning(log, part, options).run();
}

class Cleaning {
  readonly #log: LogCompaction;
  readonly #part: CleanablePart;
  readonly #options: CleaningOptions;
  readonly #now: number;
  readonly #cuts: number;
  readonly #map: OffsetMap;
  readonly #batches: SegmentBatches;
  #bytesRead = 0;
  #bytesWritten = 0;

  constructor(log: LogCompaction, part: CleanablePart, options: CleaningOptions) {
    this.#log = log;
    this.#part = part;
    this.#options = options;
    this.#now = options.clock.now();
    this.#cuts = log.cuts;
    const records = part.firstUncleanableOffset - part.firstDirtyOffset;
    this.#map = new OffsetMap(options.maxMapBytes, records, options.loadFactor);
    this.#batches = new SegmentBatches(options.pace, options.readBytes);
  }

  async run(): Promise<CleaningOutcome> {
    await this.#fillMap();
    const endOffset = this.#map.latestOffset + 1;
    const { segmentBytes, segmentIndexBytes } = this.#log.config;
    const { firstUncleanableOffset } = this.#part;
    const segments = segmentsBetween(this.#log.segments, 0, endOffset);
    const groups = groupSegments(segments, { segmentBytes, segmentIndexBytes, firstUncleanableOffset });
    await this.#cleanGroups(groups, new CleanedTransactions());
    return { endOffset, bytesRead: this.#bytesRead, bytesWritten: this.#bytesWritten };
  }

  readonly #check = (segment?: Segment): void => {
    const { isOver, cuts, config } = this.#log;
    const isWanted = config.cleanupPolicy.compact && !this.#options.isStopped();
    if (isOver || cuts !== this.#cuts || !isWanted || segment?.isRemoved === true) {
      throw new CleaningAbortedError('the log is not to be compacted any more, or not as it was');
    }
  };

  #checkGroup(group: readonly Segment[]): void {
    if (!this.#log.has(group)) throw new CleaningAbortedError('segments of the log were deleted');
  }

  // The table of keys

  async #fillMap(): Promise<void> {
    const { firstDirtyOffset, firstUncleanableOffset } = this.#part;
    const dirty = segmentsBetween(this.#log.segments, firstDirtyOffset, firstUncleanableOffset);
    const transactions = new CleanedTransactions();
    transactions.expect(this.#log.aborted(firstDirtyOffset, firstUncleanableOffset));
    const limit = Math.floor(this.#map.slots * this.#options.loadFactor);
    const visitor: BatchVisitor = {
      check: this.#check,
      visit: (batch) => {
        this.#bytesRead += batch.sizeInBytes;
        if (batch.isControl) transactions.onControlBatch(batch);
        else if (!transactions.onBatch(batch) && !this.#mapBatch(batch, limit)) return false;
        if (batch.lastOffset >= firstDirtyOffset) this.#map.updateLatestOffset(batch.lastOffset);
        return true;
      },
    };
    for (const [index, segment] of dirty.entries()) {
      const position = segment.positionOf(firstDirtyOffset, segment.size);
      if (!(await this.#batches.visit(segment, position, visitor))) return;
      const nextOffset = dirty[index + 1]?.baseOffset ?? firstUncleanableOffset;
      this.#map.updateLatestOffset(nextOffset - 1);
    }
  }

  /** Returns whether there was room for all its keys. */
  #mapBatch(batch: RecordBatch, limit: number): boolean {
    if (batch.recordCount === 0) return true;
    const { firstDirtyOffset } = this.#part;
    const cursor = openRecords(batch, { maxBytes: MAX_DECOMPRESSED_BYTES });
    const { bytes } = cursor;
    while (cursor.next()) {
      if (cursor.keyBytes < 0 || cursor.offset < firstDirtyOffset) continue;
      if (this.#map.size >= limit) return false;
      this.#map.put(bytes, cursor.keyAt, cursor.keyAt + cursor.keyBytes, cursor.offset);
    }
    return true;
  }

  // Writing anew

  /** One group is synced and put in its place while the next is gone through. */
  async #cleanGroups(groups: readonly (readonly Segment[])[], transactions: CleanedTransactions): Promise<void> {
    let settling: Promise<void> = Promise.resolve();
    try {
      for (const group of groups) {
        const cleaned = await this.#cleanGroup(group, transactions);
        try {
          await settling;
        } catch (error) {
          this.#log.giveUp(cleaned);
          throw error;
        }
        settling = this.#settle(cleaned, group);
        // Whoever awaits it is told; until then nobody need be.
        settling.catch(() => undefined);
      }
    } finally {
      await settling;
    }
  }

  async #cleanGroup(group: readonly Segment[], transactions: CleanedTransactions): Promise<Segment> {
    this.#check();
    this.#checkGroup(group);
    const cleaned = this.#log.createCleaned((group[0] as Segment).baseOffset);
    try {
      transactions.index = cleaned.transactions();
      for (const [index, segment] of group.entries()) {
        const all = this.#log.segments;
        const next = group[index + 1] ?? all[all.indexOf(segment) + 1];
        transactions.expect(this.#log.aborted(segment.baseOffset, next?.baseOffset ?? segment.baseOffset));
        await this.#cleanInto(cleaned, segment, transactions);
      }
      cleaned.deactivate();
      return cleaned;
    } catch (error) {
      this.#log.giveUp(cleaned);
      throw error;
    }
  }

  async #settle(cleaned: Segment, group: readonly Segment[]): Promise<void> {
    const check = (): void => {
      this.#check();
      this.#checkGroup(group);
    };
    let isInPlace = false;
    try {
      await cleaned.syncLater();
      check();
      cleaned.modifiedMs = (group[group.length - 1] as Segment).modifiedMs;
      await this.#log.replace(cleaned, group, () => {
        check();
        // From here on the files are the next start's to settle.
        isInPlace = true;
      });
    } catch (error) {
      if (!isInPlace) this.#log.giveUp(cleaned);
      throw error;
    }
  }

  async #cleanInto(cleaned: Segment, segment: Segment, transactions: CleanedTransactions): Promise<void> {
    let retained: Buffer[] = [];
    let bytes = 0;
    await this.#batches.visit(segment, 0, {
      check: this.#check,
      visit: (batch) => {
        this.#bytesRead += batch.sizeInBytes;
        const left = this.#filter(batch, transactions);
        if (left === undefined) return true;
        const { lastOffset, maxTimestamp } = new RecordBatch(left);
        cleaned.append(lastOffset, maxTimestamp, left.length);
        retained.push(left);
        bytes += left.length;
        return true;
      },
      pieceDone: async () => {
        if (bytes === 0) return;
        cleaned.write(retained, bytes);
        const written = bytes;
        retained = [];
        bytes = 0;
        this.#bytesWritten += written;
        await this.#options.pace.moved(written);
      },
    });
  }

  /** What stays of a batch: the batch itself, a smaller one, its header, or nothing. */
  #filter(batch: RecordBatch, transactions: CleanedTransactions): Buffer | undefined {
    const { isControl } = batch;
    const canGo = isControl ? transactions.onControlBatch(batch) : transactions.onBatch(batch);
    const { deleteHorizonMs } = batch;
    const goes = isControl ? canGo && deleteHorizonMs !== null && deleteHorizonMs <= this.#now : canGo;
    // The header alone tells a producer's last sequence, and where the round ended.
    const keepEmpty = this.#isLastOfProducer(batch) || batch.nextOffset === this.#part.firstUncleanableOffset;
    if (goes && !keepEmpty) return undefined;
    const keepsTombstones = deleteHorizonMs === null || this.#now < deleteHorizonMs;
    return filterBatch(batch, {
      retain: (record) => !goes && (isControl || this.#isRetained(record, keepsTombstones)),
      keepEmpty,
      deleteHorizonMs: this.#now + this.#log.config.deleteRetentionMs,
      isMarkerAlone: isControl && canGo,
      maxBytes: MAX_DECOMPRESSED_BYTES,
    });
  }

  #isRetained(record: RecordCursor, keepsTombstones: boolean): boolean {
    if (record.offset > this.#map.latestOffset) return true;
    if (record.keyBytes < 0) return false;
    const { bytes, keyAt, keyBytes } = record;
    const isLatest = record.offset >= this.#map.get(bytes, keyAt, keyAt + keyBytes);
    return isLatest && (!record.isTombstone || keepsTombstones);
  }

  /** Whether the batch has the last sequence of a producer that is still known, or the last that is known of its epoch. */
  #isLastOfProducer(batch: RecordBatch): boolean {
    if (batch.producerId < 0) return false;
    const producer = this.#log.producer(batch.producerId);
    if (producer === undefined) return false;
    const { highWatermark } = this.#log;
    // What is not committed may be lost: the producer goes on after what is.
    const lastDataOffset = producer.batches.findLast(({ lastOffset }) => lastOffset < highWatermark)?.lastOffset;
    if (lastDataOffset !== undefined) return batch.lastOffset === lastDataOffset;
    return batch.isControl && batch.producerEpoch === producer.producerEpoch;
  }
}
