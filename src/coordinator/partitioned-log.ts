import type { Clock } from '../base/index.ts';
import { buildBatch, recordsOf, type RecordBatch, type RecordInput } from '../wire/records/index.ts';
import type { Log, LogEntry } from './log.ts';

/** How one machine's records are told as keys and values. */
export interface RecordSerializer<Rec> {
  toRecord(record: Rec): WrittenRecord;
  /** Undefined for a record of a kind we don't know, which is left alone. Throws for bytes that are not one at all. */
  fromRecord(key: Buffer, value: Buffer | null, origin: RecordOrigin): Rec | undefined;
}

export interface WrittenRecord {
  readonly key: Buffer;
  /** Null is a tombstone: compaction may forget the key. */
  readonly value: Buffer | null;
  /** Whose transaction the record belongs to; absent outside of transactions. */
  readonly origin?: RecordOrigin;
}

/** What the header of a record's batch says about it. */
export interface RecordOrigin {
  /** -1 where no producer wrote it. */
  readonly producerId: number;
  readonly producerEpoch: number;
  /** Whether it is a control record: the transaction's marker. */
  readonly isControl: boolean;
}

/** What a coordinator needs of the partition it lives in, led by this broker. */
export interface CoordinatedPartition {
  readonly highWatermark: number;
  readonly log: {
    readonly logStartOffset: number;
    readonly logEndOffset: number;
    readonly config: { readonly maxMessageBytes: number };
    /** The batches from the one on that holds offset `from`. */
    batches(from: number): Iterable<RecordBatch>;
  };
  append(
    records: Buffer,
    origin: 'coordinator',
  ):
    | { readonly kind: 'appended'; readonly baseOffset: number; readonly lastOffset: number }
    | { readonly kind: 'refused'; readonly errorCode: number; readonly errorMessage: string };
  /** Calls `listener` when the high watermark may have moved. Returns how to stop that. */
  onAdvance(listener: () => void): () => void;
}

/** The partition did not take the records. `code` is Kafka's error code. */
export class AppendRefusedError extends Error {
  override name = 'AppendRefusedError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Records replayed between two turns of the event loop while loading. */
const SLICE_RECORDS = 1_000;
/** What the records of one batch may decompress to: coordinators of Java write compressed batches if told to. */
const MAX_BATCH_BYTES = 256 * 1024 * 1024;
/** A batch's header, and the most that lengths, deltas and header count add to a record. */
const BATCH_OVERHEAD_BYTES = 61;
const RECORD_OVERHEAD_BYTES = 30;

/** A coordinator's log on a partition of its internal topic, in batches no larger than `max.message.bytes`. */
export class PartitionedLog<Rec> implements Log<Rec> {
  readonly #partition: CoordinatedPartition;
  readonly #serializer: RecordSerializer<Rec>;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(partition: CoordinatedPartition, serializer: RecordSerializer<Rec>, clock: Pick<Clock, 'now'>) {
    this.#partition = partition;
    this.#serializer = serializer;
    this.#clock = clock;
  }

  endOffset(): number {
    return this.#partition.log.logEndOffset;
  }

  committedOffset(): number {
    return this.#partition.highWatermark;
  }

  /** Throws AppendRefusedError. Batches before the refused one stay written: the shard is to be loaded anew. */
  append(records: readonly Rec[]): number {
    const timestampMs = this.#clock.now();
    const maxBytes = this.#partition.log.config.maxMessageBytes;
    let end = this.endOffset();
    let batch: RecordInput[] = [];
    let batchOrigin: RecordOrigin | undefined;
    let bytes = BATCH_OVERHEAD_BYTES;
    for (const record of records) {
      const { key, value, origin } = this.#serializer.toRecord(record);
      const size = RECORD_OVERHEAD_BYTES + key.length + (value?.length ?? 0);
      if (batch.length > 0 && (bytes + size > maxBytes || !canShareBatch(batchOrigin, origin))) {
        end = this.#write(batch, batchOrigin);
        batch = [];
        bytes = BATCH_OVERHEAD_BYTES;
      }
      batch.push({ timestampMs, key, value });
      batchOrigin = origin;
      bytes += size;
    }
    return batch.length > 0 ? this.#write(batch, batchOrigin) : end;
  }

  *read(): Generator<readonly LogEntry<Rec>[]> {
    let slice: LogEntry<Rec>[] = [];
    for (const batch of this.#partition.log.batches(this.#partition.log.logStartOffset)) {
      const { producerId, producerEpoch, isControl } = batch;
      const origin = { producerId, producerEpoch, isControl };
      for (const { offset, key, value } of recordsOf(batch, { maxBytes: MAX_BATCH_BYTES })) {
        const record = key === null ? undefined : this.#serializer.fromRecord(key, value, origin);
        if (record !== undefined) slice.push({ at: { offset }, record });
        if (slice.length < SLICE_RECORDS) continue;
        yield slice;
        slice = [];
      }
    }
    if (slice.length > 0) yield slice;
  }

  onCommitted(listener: (committedOffset: number) => void): () => void {
    return this.#partition.onAdvance(() => listener(this.#partition.highWatermark));
  }

  #write(records: readonly RecordInput[], origin: RecordOrigin | undefined): number {
    const transactional = origin && { ...origin, isTransactional: true, baseSequence: origin.isControl ? -1 : 0 };
    const outcome = this.#partition.append(buildBatch({ baseOffset: 0, records, ...transactional }), 'coordinator');
    if (outcome.kind === 'refused') throw new AppendRefusedError(outcome.errorCode, outcome.errorMessage);
    return outcome.lastOffset + 1;
  }
}

/** A batch has one producer, and a marker has a batch of its own. */
function canShareBatch(a: RecordOrigin | undefined, b: RecordOrigin | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.producerId === b.producerId && a.producerEpoch === b.producerEpoch && !a.isControl && !b.isControl;
}
