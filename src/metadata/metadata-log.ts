import type { Clock, FileSystem, Logger, Random } from '../base/index.ts';
import { defaultLogConfig, PartitionLog } from '../storage/index.ts';
import { encodeMessage, WireError } from '../wire/index.ts';
import { decodeMetadataRecord, LeaderChangeMessage } from '../wire/messages/index.ts';
import {
  buildBatch,
  controlRecordKey,
  controlRecordTypeOf,
  recordsOf,
  type RecordBatch,
  type RecordInput,
} from '../wire/records/index.ts';
import { MetadataLogError } from './metadata-log-error.ts';
import { encodeRecord, type MetadataRecord } from './record.ts';
import { refuseDynamicQuorum, type SnapshotId } from './snapshot.ts';
import { METADATA_TOPIC } from './topic-name.ts';

/** Kafka's fixed id of the metadata topic. */
const METADATA_TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ';
const MAX_BATCH_BYTES = 256 * 1024 * 1024;

/** One batch of the log. A control batch has no records of ours, but a place. */
export interface MetadataBatch {
  readonly records: readonly MetadataRecord[];
  readonly lastOffset: number;
  readonly epoch: number;
  readonly timestampMs: number;
}

export interface MetadataLogOptions {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly directory: string;
  readonly segmentBytes: number;
  readonly segmentMs: number;
  /** The latest snapshot: the log may begin, and need not be checked, before its end. */
  readonly snapshot: SnapshotId | undefined;
}

/**
 * `__cluster_metadata-0` on disk. What is appended is committed once it is synced: this node is the only voter.
 */
export class MetadataLog {
  readonly #log: PartitionLog;
  readonly #clock: Clock;
  readonly #directory: string;
  #committed: number;
  #isSyncing = false;
  #isClosed = false;
  #onCommitted: (committedOffset: number) => void = () => {};
  #onFailed: (error: Error) => void = () => {};

  /** Throws FileError, MetadataLogError, or what a damaged log makes PartitionLog throw. */
  constructor(options: MetadataLogOptions) {
    const { fs, clock, random, logger, directory, segmentBytes, segmentMs, snapshot } = options;
    this.#clock = clock;
    this.#directory = directory;
    this.#log = PartitionLog.open({
      fs,
      clock,
      random,
      logger,
      directory,
      topic: METADATA_TOPIC,
      partition: 0,
      topicId: METADATA_TOPIC_ID,
      config: { ...defaultLogConfig, segmentBytes, segmentMs, maxMessageBytes: MAX_BATCH_BYTES },
      producerIdExpirationMs: Number.MAX_SAFE_INTEGER,
      cleanShutdown: false,
      recoveryPoint: snapshot?.endOffset,
    });
    const { logStartOffset, logEndOffset } = this.#log;
    if (snapshot !== undefined && logEndOffset < snapshot.endOffset)
      this.#log.truncateFullyAndStartAt(snapshot.endOffset);
    else if (logStartOffset > (snapshot?.endOffset ?? 0))
      throw new MetadataLogError(`${directory}: the log starts at ${logStartOffset}, and no snapshot reaches so far`);
    // What recovery found is on disk, but perhaps only in the system's memory.
    this.#log.flush();
    this.#committed = this.#log.logEndOffset;
    this.#log.onReadable(() => void this.#sync());
    this.#log.onFailed((error) => this.#onFailed(error));
  }

  get endOffset(): number {
    return this.#log.logEndOffset;
  }

  get committedOffset(): number {
    return this.#committed;
  }

  get sizeInBytes(): number {
    return this.#log.sizeInBytes;
  }

  /** Leader epoch of the last batch, 0 before the first. */
  get latestEpoch(): number {
    return Math.max(this.#log.latestEpoch, 0);
  }

  /** Who is told what, and when: both are set once. */
  follow(onCommitted: (committedOffset: number) => void, onFailed: (error: Error) => void): void {
    this.#onCommitted = onCommitted;
    this.#onFailed = onFailed;
  }

  /** The batches from the one on that starts at `from`. Throws WireError or MetadataLogError for records not known. */
  *read(from: number): Generator<MetadataBatch> {
    for (const batch of this.#log.batches(from)) if (batch.lastOffset >= from) yield this.#decode(batch);
  }

  /** Writes the records as one batch and returns its last offset. Throws MetadataLogError when the log refuses. */
  append(records: readonly MetadataRecord[], epoch: number): MetadataBatch {
    const timestampMs = this.#clock.now();
    const inputs = records.map((record) => ({ timestampMs, key: null, value: encodeRecord(record) }));
    return { records, epoch, timestampMs, lastOffset: this.#write(inputs, epoch, false) };
  }

  /** The control record that begins an epoch of the only voter. */
  beginEpoch(leaderId: number, epoch: number): MetadataBatch {
    const timestampMs = this.#clock.now();
    const voters = [{ voterId: leaderId }];
    const value = encodeMessage(LeaderChangeMessage, 0, { version: 0, leaderId, voters, grantingVoters: voters });
    const lastOffset = this.#write([{ timestampMs, key: controlRecordKey('LEADER_CHANGE'), value }], epoch, true);
    return { records: [], epoch, timestampMs, lastOffset };
  }

  /** All before `offset` is in a snapshot: segments that hold nothing else may go. */
  deleteBefore(offset: number): void {
    this.#log.setHighWatermark(this.#committed);
    this.#log.deleteRecordsBefore(offset);
  }

  close(): void {
    this.#isClosed = true;
    this.#onCommitted = () => {};
    this.#onFailed = () => {};
    this.#log.close();
  }

  #write(records: readonly RecordInput[], epoch: number, isControl: boolean): number {
    const batch = buildBatch({ baseOffset: 0, isControl, records });
    const outcome = this.#log.append(batch, { leaderEpoch: epoch, origin: 'coordinator' });
    if (outcome.kind === 'refused')
      throw new MetadataLogError(`${this.#directory}: the log refused a batch: ${outcome.errorMessage}`);
    return outcome.lastOffset;
  }

  /** One sync at a time; what is written meanwhile waits for the next. */
  async #sync(): Promise<void> {
    if (this.#isSyncing) return;
    this.#isSyncing = true;
    while (this.#committed < this.#log.writtenEndOffset && !this.#log.isOffline && !this.#isClosed) {
      await this.#log.flushLater();
      if (this.#isClosed || this.#log.recoveryPoint <= this.#committed) continue;
      this.#committed = this.#log.recoveryPoint;
      this.#onCommitted(this.#committed);
    }
    this.#isSyncing = false;
  }

  #decode(batch: RecordBatch): MetadataBatch {
    const { lastOffset, partitionLeaderEpoch: epoch, maxTimestamp: timestampMs } = batch;
    const records: MetadataRecord[] = [];
    for (const { key, value, offset } of recordsOf(batch, { maxBytes: MAX_BATCH_BYTES })) {
      if (batch.isControl) {
        const type = controlRecordTypeOf(key);
        if (type === 'KRAFT_VERSION' || type === 'KRAFT_VOTERS') refuseDynamicQuorum(this.#directory);
        continue;
      }
      if (value === null) throw new MetadataLogError(`${this.#directory}: the record at ${offset} has no value`);
      records.push(this.#decodeRecord(value, offset));
    }
    return { records, lastOffset, epoch, timestampMs };
  }

  #decodeRecord(value: Buffer, offset: number): MetadataRecord {
    try {
      return decodeMetadataRecord(value);
    } catch (cause) {
      if (!(cause instanceof WireError)) throw cause;
      throw new MetadataLogError(
        `${this.#directory}: the record at ${offset} is damaged, or of a later release (${cause.message}): ` +
          'use the release that wrote it, or another directory',
        { cause },
      );
    }
  }
}
