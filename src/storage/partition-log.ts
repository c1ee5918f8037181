import { assert, FileError, type Random } from '../base/index.ts';
import { ErrorCode, type LaterBytes } from '../wire/index.ts';
import type { RecordBatch } from '../wire/records/index.ts';
import { EpochCheckpoint } from './epoch-checkpoint.ts';
import { findAborted } from './aborted-transactions.ts';
import { SUFFIX } from './file-names.ts';
import { FolderEntries } from './folder-entries.ts';
import { LogCompaction } from './log-compaction.ts';
import { splitForReplica } from './replica-batches.ts';
import { DiskFailure } from './disk-failure.ts';
import type { LeaderEpochs } from './leader-epochs.ts';
import type { LogConfig } from './log-config.ts';
import type {
  AbortedTransaction,
  Appended,
  AppendOptions,
  AppendRefused,
  EpochEnd,
  PartitionLogOptions,
  ReadRefused,
  ReadRequest,
  RecordError,
  TimestampOffset,
} from './log-types.ts';
import { LogFlusher } from './log-flusher.ts';
import { LogReader } from './log-reader.ts';
import { LogWriter } from './log-writer.ts';
import { OpenSegments } from './open-segments.ts';
import { PageCache } from './page-cache.ts';
import type { ProducerSnapshots } from './producer-snapshots.ts';
import { ProducerStates, type ProducerEntry } from './producer-state.ts';
import { batchesBetween, floorSegment, type ReadPlan, type ReadView } from './read-plan.ts';
import { loadLog, producersAt, rebuildTransactions, type LoadedLog } from './recovery.ts';
import { RemovedSegments } from './removed-segments.ts';
import { segmentsPastRetention, startAfterSeveral } from './retention.ts';
import { isRollDue, rollJitterMs } from './rolling.ts';
import type { SegmentContext } from './segment-context.ts';
import { Segment } from './segment.ts';
import { findMaxTimestamp, findTimestamp } from './timestamp-search.ts';
import type { AbortedEntry } from './transaction-index.ts';
import { preparationFor, validate, type ValidationRules } from './validate.ts';
import { WritePace } from './write-pace.ts';

/**
 * The log of one partition on one disk (Kafka's UnifiedLog): an ordered sequence of record batches in segment files, with what
 * is known of their producers and leader epochs. The only owner of log end offset, log start offset, indexes and producer state.
 *
 * `append` decides everything in one turn; the bytes reach the file at the turn's end, or soon after where the disk lets writers
 * wait. When it refuses, the log goes offline: listeners of `onFailed` are told, and every later call answers KAFKA_STORAGE_ERROR.
 */
export class PartitionLog {
  readonly topic: string;
  readonly partition: number;
  /** 22 characters; all zeros when not known. */
  readonly topicId: string;
  readonly directory: string;
  /** The effective topic configs; set anew when they change. */
  config: LogConfig;
  /** For the cleaner. */
  readonly compaction: LogCompaction;

  readonly #random: Random;
  readonly #name: string;
  readonly #producerIdExpirationMs: number;
  readonly #context: SegmentContext;
  readonly #segments: Segment[];
  readonly #epochs: LeaderEpochs;
  readonly #snapshots: ProducerSnapshots;
  readonly #disk: DiskFailure;
  readonly #reader: LogReader;
  readonly #writer: LogWriter;
  readonly #flusher: LogFlusher;
  readonly #removed: RemovedSegments;
  #producers: ProducerStates;
  #logStartOffset: number;
  #logEndOffset: number;
  #highWatermark = 0;
  #isClosed = false;
  readonly #readableListeners: ((writtenEndOffset: number) => void)[] = [];

  /**
   * Opens the log in `directory`, recovering it if need be. Where there is none, the folder is made with the first record.
   * @throws FileError, TopicIdMismatchError, CorruptSegmentError
   */
  static open(options: PartitionLogOptions): PartitionLog {
    return new PartitionLog(options);
  }

  private constructor(options: PartitionLogOptions) {
    const { fs, clock, random, logger, directory, topic, partition } = options;
    this.#random = random;
    this.topic = topic;
    this.partition = partition;
    this.directory = directory;
    this.config = options.config;
    this.#name = `${topic}-${partition}`;
    this.#producerIdExpirationMs = options.producerIdExpirationMs;
    this.#context = {
      fs,
      clock,
      logger,
      directory,
      openSegments: options.openSegments ?? new OpenSegments(),
      entries: new FolderEntries(options),
      pageCache: options.pageCache ?? new PageCache(),
      indexIntervalBytes: () => this.config.indexIntervalBytes,
    };
    const loaded: LoadedLog = loadLog(options, this.#context);
    this.topicId = loaded.topicId;
    this.#segments = loaded.segments;
    this.#epochs = loaded.epochs;
    this.#producers = loaded.producers;
    this.#snapshots = loaded.snapshots;
    this.#logStartOffset = loaded.logStartOffset;
    this.#logEndOffset = loaded.logEndOffset;
    this.setHighWatermark(options.highWatermark ?? 0);
    this.#disk = new DiskFailure(clock, logger, directory, () => this.#writer.stop());
    this.#writer = new LogWriter({
      clock,
      logEndOffset: loaded.logEndOffset,
      active: this.#active,
      pace: options.writePace ?? new WritePace(clock, fs),
      fs,
      headroom: options.headroom,
      config: () => this.config,
      onWritten: (end) => this.#readableListeners.forEach((listener) => listener(end)),
      flusher: () => this.#flusher,
      onFailed: (error) => this.#disk.report(error),
    });
    this.#flusher = new LogFlusher({
      recoveryPoint: loaded.recoveryPoint,
      now: clock.now(),
      segments: this.#segments,
      writer: this.#writer,
      logEndOffset: () => this.#logEndOffset,
      calmly: (sync) => this.#context.pageCache.calmly(sync),
      epochs: new EpochCheckpoint({
        ...this.#context,
        epochs: this.#epochs,
        logEndOffset: () => this.#logEndOffset,
        isOver: () => this.#disk.hasFailed || this.#isClosed,
      }),
      isOver: () => this.#disk.hasFailed || this.#isClosed,
      onFailed: (error) => this.#disk.report(error),
    });
    this.#reader = new LogReader({
      view: () => this.#view(),
      cuts: () => this.compaction.cuts,
      isOver: () => this.#disk.hasFailed || this.#isClosed,
      logger,
      onFailed: (error) => this.#disk.report(error),
    });
    this.#removed = new RemovedSegments(clock, (error) => this.#disk.report(error));
    this.compaction = new LogCompaction(this, {
      segments: this.#segments,
      context: this.#context,
      snapshots: this.#snapshots,
      firstDirtyOffset: options.firstDirtyOffset,
      producer: (producerId) => this.#producers.entry(producerId),
      aborted: (from, to) => this.#aborted(from, to),
      isOver: () => this.#disk.hasFailed || this.#isClosed,
      discard: (segments) => this.#deleteSegments(segments),
    });
  }

  /** What there is to be read now. */
  #view(segments: readonly Segment[] = this.#segments): ReadView {
    return {
      segments,
      logStartOffset: this.#logStartOffset,
      logEndOffset: this.#logEndOffset,
      writtenEndOffset: this.#writer.writtenEndOffset,
      writtenEnd: this.#writer.writtenEnd,
      truncations: this.compaction.cuts,
      epochs: this.#epochs,
    };
  }

  get #active(): Segment {
    return this.#segments[this.#segments.length - 1] as Segment;
  }

  // Offsets

  get logStartOffset(): number {
    return this.#logStartOffset;
  }

  /** The offset of the next record. */
  get logEndOffset(): number {
    return this.#logEndOffset;
  }

  /** Everything below is in the file, and synced where `flush.messages` asks for it. Reads end here. */
  get writtenEndOffset(): number {
    return this.#writer.writtenEndOffset;
  }

  /** Everything below was synced. */
  get recoveryPoint(): number {
    return this.#flusher.recoveryPoint;
  }

  get isOffline(): boolean {
    return this.#disk.hasFailed;
  }

  /** Whether there is a folder: not before something is kept in it. */
  get hasFolder(): boolean {
    return this.#context.entries.isThere;
  }

  /** Bytes in all segments. */
  get sizeInBytes(): number {
    return this.#segments.reduce((sum, { size }) => sum + size, 0);
  }

  /** Where the first segment begins: at the log start offset or below. */
  get firstBaseOffset(): number {
    return (this.#segments[0] as Segment).baseOffset;
  }

  get segmentCount(): number {
    return this.#segments.length;
  }

  get producers(): readonly Readonly<ProducerEntry>[] {
    return [...this.#producers.entries()];
  }

  /** What replication says is committed. Bounds the last stable offset and what retention may delete. */
  get highWatermark(): number {
    return this.#highWatermark;
  }

  /** `offset` is brought between log start and log end. */
  setHighWatermark(offset: number): void {
    this.#highWatermark = Math.min(Math.max(offset, this.#logStartOffset), this.#logEndOffset);
  }

  /** Readers at read committed stop here: the high watermark, or the first offset of a transaction not yet decided below it. */
  get lastStableOffset(): number {
    const unstable = this.#producers.firstUnstableOffset(this.#highWatermark);
    return unstable === undefined
      ? this.#highWatermark
      : Math.max(this.#logStartOffset, Math.min(unstable, this.#highWatermark));
  }

  // Appending

  /** What must be awaited before `append` can look into these records: undefined in nearly all cases. */
  preparationFor(records: Buffer): Promise<void> | undefined {
    return preparationFor(records, this.#rules(true));
  }

  #rules(isClient: boolean): ValidationRules {
    return { config: this.config, isClient, now: this.#context.clock.now(), name: this.#name };
  }

  /**
   * Appends one batch of a client or coordinator, which gets the next offset and `leaderEpoch`, or the batches of a leader,
   * which have both. `records` is written to (offsets lie outside the crc) and must stay as it is until it is written.
   */
  append(records: Buffer, options: AppendOptions): Appended | AppendRefused {
    const { leaderEpoch, origin } = options;
    if (this.#disk.hasFailed || this.#isClosed)
      return this.#refuse(ErrorCode.KAFKA_STORAGE_ERROR, 'the log is offline');
    try {
      if (origin === 'replication') return this.#appendAsReplica(records, leaderEpoch);
      const valid = validate(records, this.#rules(origin === 'client'));
      if (valid.kind === 'invalid') return this.#refuse(valid.errorCode, valid.message, valid.recordErrors);
      const { batch, logAppendTimeMs } = valid;
      const verdict = this.#producers.check(batch, options);
      if (verdict.kind === 'refused') return this.#refuse(verdict.errorCode, verdict.message);
      if (verdict.kind === 'duplicate') {
        const { lastOffset, offsetDelta, timestampMs } = verdict.original;
        // Told for what it is with either type of timestamp, as Apache Kafka does.
        return this.#appended(lastOffset - offsetDelta, lastOffset, timestampMs, true);
      }
      this.#rollIfDue(batch, this.#logEndOffset + batch.lastOffsetDelta);
      const baseOffset = this.#logEndOffset;
      batch.setBaseOffset(baseOffset);
      batch.setPartitionLeaderEpoch(leaderEpoch);
      this.#take(batch, leaderEpoch);
      if (this.#disk.hasFailed) return this.#refuse(ErrorCode.KAFKA_STORAGE_ERROR, 'the log is offline');
      return this.#appended(baseOffset, this.#logEndOffset - 1, logAppendTimeMs, false);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.#disk.report(error);
      return this.#refuse(ErrorCode.KAFKA_STORAGE_ERROR, error.message);
    }
  }

  #appendAsReplica(records: Buffer, leaderEpoch: number): Appended | AppendRefused {
    const split = splitForReplica(records, { nextOffset: this.#logEndOffset, leaderEpoch, name: this.#name });
    if (split.kind === 'invalid') return this.#refuse(split.errorCode, split.message);
    const baseOffset = split.batches[0]?.baseOffset ?? this.#logEndOffset;
    for (const batch of split.batches) {
      this.#rollIfDue(batch, batch.lastOffset);
      this.#take(batch, batch.partitionLeaderEpoch);
    }
    if (this.#disk.hasFailed) return this.#refuse(ErrorCode.KAFKA_STORAGE_ERROR, 'the log is offline');
    return this.#appended(baseOffset, this.#logEndOffset - 1, -1, false);
  }

  /** The batch is part of the log from here on. */
  #take(batch: RecordBatch, leaderEpoch: number): void {
    const { baseOffset, lastOffset, sizeInBytes } = batch;
    if (leaderEpoch > this.#epochs.latest) this.#epochs.assign(leaderEpoch, baseOffset);
    this.#active.append(lastOffset, batch.maxTimestamp, sizeInBytes);
    this.#logEndOffset = lastOffset + 1;
    const completed = this.#producers.update(batch);
    if (completed?.isAborted === true) {
      const lastStableOffset = this.#producers.stableOffsetAfter(lastOffset);
      this.#active.transactions().append({ ...completed, lastStableOffset });
    }
    this.#writer.add(batch.bytes, this.#logEndOffset, batch.recordCount);
  }

  #appended(baseOffset: number, lastOffset: number, logAppendTimeMs: number, isDuplicate: boolean): Appended {
    const logStartOffset = this.#logStartOffset;
    return { kind: 'appended', baseOffset, lastOffset, logAppendTimeMs, logStartOffset, isDuplicate };
  }

  #refuse(errorCode: number, errorMessage: string, recordErrors: readonly RecordError[] = []): AppendRefused {
    return { kind: 'refused', errorCode, errorMessage, recordErrors, logStartOffset: this.#logStartOffset };
  }

  /** Calls `listener` whenever `writtenEndOffset` has moved, at the end of the turn, or the log start offset has. */
  onReadable(listener: (writtenEndOffset: number) => void): void {
    this.#readableListeners.push(listener);
  }

  /** Calls `listener` once when the disk fails: nothing that was not reported as written will be. */
  onFailed(listener: (error: Error) => void): void {
    this.#disk.listen(listener);
  }

  /** Takes the log offline, as when another log of the same disk failed. */
  fail(error: Error): void {
    this.#disk.fail(error);
  }

  /** Writes what is queued without waiting for the end of the turn, or the thread pool. */
  writeQueued(): void {
    this.#writer.writeNow();
  }

  // Rolling and flushing

  #rollIfDue(batch: RecordBatch, lastOffset: number): void {
    if (isRollDue(this.#active, batch, lastOffset, this.config, this.#context.clock.now())) this.#roll();
  }

  #roll(): void {
    const old = this.#active;
    if (old.size === 0) return;
    // A gap that a cut within a batch left lies within the new segment: between two it would look like a loss.
    const baseOffset = (this.#producers.endOffset = old.lowestOffsetAt(old.size));
    this.#writer.settle(false);
    if (this.#disk.hasFailed) return;
    old.deactivate();
    if (old.mayHaveTransactions && this.recoveryPoint > old.baseOffset) old.syncIndexes();
    this.#snapshots.take(this.#producers);
    this.#segments.push(Segment.create(this.#context, baseOffset, rollJitterMs(this.config, this.#random)));
    this.#writer.moveTo(this.#active, this.#logEndOffset);
    this.#context.logger.debug('rolled a segment', { directory: this.directory, baseOffset });
    this.#flusher.rolled(old);
  }

  /** Writes and syncs everything. */
  flush(): void {
    if (this.#disk.hasFailed || this.#isClosed) return;
    this.#disk.attempt(() => this.#flusher.flush(this.#context.clock.now()));
  }

  /** The same without blocking the event loop. What is appended in the meantime is not covered. */
  async flushLater(): Promise<void> {
    if (!this.#disk.hasFailed && !this.#isClosed) await this.#flusher.flushLater(this.#context.clock.now());
  }

  /** Flushes if `flush.ms` have passed since the last time and there is something to flush. */
  flushIfDue(now: number): void {
    if (!this.#disk.hasFailed && !this.#isClosed) this.#flusher.flushIfDue(now, this.config.flushMs);
  }

  // Reading

  /**
   * What is to be awaited before `plan` looks there, so that it does not wait for the disk: undefined at the tail of the log and
   * wherever else was read or written lately. What fails there fails again in `plan`.
   */
  planPreparation(from: number, maxBytes: number): Promise<void> | undefined {
    return this.#reader.planPreparation(from, maxBytes);
  }

  /** Settles what a read returns, without reading the records. At the log's tail nothing is read at all. */
  plan(request: ReadRequest): ReadPlan | ReadRefused {
    return this.#reader.plan(request);
  }

  /** The planned bytes in `target`, of the plan's size; fewer when the log was cut since, or is damaged there. @throws FileError */
  read(plan: ReadPlan, target: Buffer = Buffer.allocUnsafe(plan.sizeInBytes)): Buffer {
    return this.#reader.read(plan, target);
  }

  /** The planned bytes as something to be read while it is sent; undefined where they must be looked at as a whole before. */
  readPiecewise(plan: ReadPlan): LaterBytes | undefined {
    return this.#reader.readPiecewise(plan);
  }

  /** The same without blocking the event loop, for what is not at hand. @throws FileError */
  readLater(plan: ReadPlan, target: Buffer = Buffer.allocUnsafe(plan.sizeInBytes)): Promise<Buffer> {
    return this.#reader.readLater(plan, target);
  }

  /**
   * The batches from the one that holds `from` on, up to `upTo` (default: the log's end), for coordinators that load.
   * @throws FileError, CorruptSegmentError
   */
  *batches(from: number, upTo: number = this.#logEndOffset): Generator<RecordBatch, void, undefined> {
    this.#writer.settle(false);
    yield* batchesBetween(() => this.#view(), from, upTo);
  }

  /** The first record whose timestamp is `timestampMs` or later. */
  async offsetForTimestamp(timestampMs: number): Promise<TimestampOffset | undefined> {
    this.#writer.settle(false);
    return findTimestamp(this.#view([...this.#segments]), timestampMs, this.#context.clock);
  }

  /** The first record with the greatest timestamp of all. */
  async maxTimestampOffset(): Promise<TimestampOffset | undefined> {
    this.#writer.settle(false);
    return findMaxTimestamp(this.#view([...this.#segments]), this.#context.clock);
  }

  // Leader epochs, transactions and producers

  /** The latest epoch that is known here, or -1. */
  get latestEpoch(): number {
    return this.#epochs.latest;
  }

  /** A leader begins its epoch here. */
  assignEpoch(leaderEpoch: number): void {
    if (leaderEpoch > this.#epochs.latest) this.#epochs.assign(leaderEpoch, this.#logEndOffset);
  }

  /** The epoch in which the record at `offset` was written, or -1 where that is not known. */
  epochOf(offset: number): number {
    return this.#epochs.epochOf(offset);
  }

  endOffsetForEpoch(leaderEpoch: number): EpochEnd {
    return this.#epochs.endOf(leaderEpoch, this.#logEndOffset);
  }

  /** Transactions that ended in abort and have records between the two offsets, by first offset. */
  abortedTransactions(from: number, to: number): AbortedTransaction[] {
    return this.#aborted(from, to).map(({ producerId, firstOffset }) => ({ producerId, firstOffset }));
  }

  #aborted(from: number, to: number): AbortedEntry[] {
    return findAborted(this.#segments, from, to, (index) => {
      this.#writer.settle(false);
      rebuildTransactions(this.#segments, index, this.#snapshots, this.#logEndOffset);
    });
  }

  /** What is asked before something of a producer is appended. */
  get producerChecks(): Pick<ProducerStates, 'checkProducer' | 'startVerification'> {
    return this.#producers;
  }

  /** Forgets producers that have been silent for longer than `producer.id.expiration.ms`. */
  expireProducers(now: number, expirationMs = this.#producerIdExpirationMs): void {
    this.#producers.expire(now, expirationMs);
  }

  // Deleting and truncating

  /** Lets the log start after what is past retention, if that is several segments. Returns whether it is. */
  retire(now: number): boolean {
    if (this.#disk.hasFailed || this.#isClosed) return false;
    const start = this.#disk.attempt(() => startAfterSeveral(this, this.#segments, now));
    if (start !== undefined) this.#startAt(start);
    return start !== undefined;
  }

  /** Deletes segments past retention by time, size or log start offset. Returns how many. */
  deleteOldSegments(now: number): number {
    if (this.#disk.hasFailed || this.#isClosed) return 0;
    const deleted = this.#disk.attempt(() => {
      const count = segmentsPastRetention(this, this.#segments, now);
      if (count === this.#segments.length) this.#roll();
      if (count === 0 || this.#disk.hasFailed) return 0;
      this.#deleteSegments(this.#segments.splice(0, count));
      if (this.firstBaseOffset > this.#logStartOffset) this.#startAt(this.firstBaseOffset);
      return count;
    });
    return deleted ?? 0;
  }

  #deleteSegments(segments: readonly Segment[]): void {
    this.#flusher.deleted(segments);
    for (const segment of segments) {
      this.#context.logger.info('deleting a segment', { path: segment.path(SUFFIX.log), bytes: segment.size });
      this.#removed.add(segment, this.config.fileDeleteDelayMs);
    }
    this.#context.entries.sync();
  }

  #startAt(offset: number): void {
    this.#logStartOffset = offset;
    if (this.#highWatermark < offset) this.#highWatermark = offset;
    this.#epochs.truncateFromStart(offset);
    this.#producers.startAt(offset);
    this.#snapshots.deleteBefore(Math.min(offset, (this.#segments[0] as Segment).baseOffset));
    this.#readableListeners.forEach((listener) => listener(this.writtenEndOffset));
  }

  /** Moves the log start up to a committed offset, as DeleteRecords asks; segments below go with `deleteOldSegments`. */
  deleteRecordsBefore(offset: number): number {
    if (this.#disk.hasFailed || this.#isClosed) return ErrorCode.KAFKA_STORAGE_ERROR;
    if (offset > this.#highWatermark) return ErrorCode.OFFSET_OUT_OF_RANGE;
    if (offset > this.#logStartOffset) this.#startAt(offset);
    return ErrorCode.NONE;
  }

  /** Drops everything from `offset` on: what a follower has and its leader has not. */
  truncateTo(offset: number): void {
    assert(offset >= 0, 'a log is cut at an offset');
    if (this.#disk.hasFailed || this.#isClosed || offset >= this.#logEndOffset) return;
    if (offset < (this.#segments[0] as Segment).baseOffset) return this.truncateFullyAndStartAt(offset);
    this.#disk.attempt(() => {
      this.#writer.settle(false);
      this.#deleteSegments(this.#segments.splice(floorSegment(this.#segments, offset) + 1));
      this.#active.truncateTo(offset);
      this.#cutAt(offset);
      this.#logStartOffset = Math.min(this.#logStartOffset, offset);
      this.#producers = producersAt(this.#segments, this.#snapshots, offset);
      this.expireProducers(this.#context.clock.now());
    });
  }

  /** Drops everything and goes on at `offset`: a follower too far behind its leader. */
  truncateFullyAndStartAt(offset: number): void {
    if (this.#disk.hasFailed || this.#isClosed) return;
    this.#disk.attempt(() => {
      this.#writer.settle(false);
      this.#deleteSegments(this.#segments.splice(0));
      this.#segments.push(Segment.create(this.#context, offset, rollJitterMs(this.config, this.#random)));
      this.#logStartOffset = offset;
      this.#cutAt(offset);
      this.#epochs.clear();
      this.#snapshots.deleteAfter(-1);
      this.#producers = new ProducerStates(offset);
    });
  }

  #cutAt(offset: number): void {
    this.compaction.cutAt(offset);
    this.#logEndOffset = offset;
    this.#flusher.cut(offset);
    this.#highWatermark = Math.min(this.#highWatermark, offset);
    this.#epochs.truncateFromEnd(offset);
    this.#snapshots.deleteAfter(offset);
    this.#writer.moveTo(this.#active, offset);
    this.#context.logger.info('cut a log', { directory: this.directory, offset });
  }

  /** Writes and syncs everything that an open after a clean stop believes, and lets go of all files. */
  close(): void {
    if (this.#isClosed) return;
    if (!this.#disk.hasFailed) {
      this.flush();
      this.#disk.attempt(() => {
        if (this.#active.deactivate() && this.#active.size > 0) this.#active.sync();
        this.#snapshots.take(this.#producers);
      });
    }
    this.#writer.close();
    this.#letGo();
  }

  /** Lets go of all files and leaves them as they are: the log is about to be deleted. */
  abandon(): void {
    this.#writer.stop();
    this.#letGo();
  }

  #letGo(): void {
    this.#isClosed = true;
    this.#disk.close();
    this.#removed.close();
    for (const segment of this.#segments) segment.close();
  }
}
