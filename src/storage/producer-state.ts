import { ErrorCode } from '../wire/index.ts';
import {
  controlRecordTypeOf,
  coordinatorEpochOf,
  CorruptRecordError,
  recordsOf,
  type RecordBatch,
} from '../wire/records/index.ts';
import type { AppendOptions, MarkerClaim, VerificationGuard, VerificationQuestion } from './log-types.ts';

/** How many of its last batches a producer may send again and still be recognised. */
export const REMEMBERED_BATCHES = 5;
const MAX_SEQUENCE = 2 ** 31 - 1;
const MARKER_BYTES = 1024;
const MAX_EPOCH = 2 ** 15 - 1;

export interface BatchMetadata {
  readonly lastSequence: number;
  readonly lastOffset: number;
  readonly offsetDelta: number;
  readonly timestampMs: number;
}

/** What a log knows of one producer id. */
export interface ProducerEntry {
  readonly producerId: number;
  producerEpoch: number;
  /** Of the transaction coordinator that wrote the last marker, or -1. */
  coordinatorEpoch: number;
  lastTimestampMs: number;
  /** First offset of the open transaction, or -1. */
  currentTransactionFirstOffset: number;
  /** The last few, oldest first. */
  readonly batches: BatchMetadata[];
}

export interface CompletedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
  /** Of the marker. */
  readonly lastOffset: number;
  readonly isAborted: boolean;
}

export type ProducerVerdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'duplicate'; readonly original: BatchMetadata }
  | { readonly kind: 'refused'; readonly errorCode: number; readonly message: string };

const ACCEPTED: ProducerVerdict = { kind: 'accepted' };

function refused(errorCode: number, message: string): ProducerVerdict {
  return { kind: 'refused', errorCode, message };
}

/**
 * The producers of one partition: sequences and epochs of the idempotent ones, open transactions (Kafka's
 * ProducerStateManager). `check` says what an append would meet and changes nothing; `update` is the only way state changes,
 * for appends and for recovery alike.
 */
export class ProducerStates {
  readonly #entries = new Map<number, ProducerEntry>();
  /** First offsets of open transactions by producer id: put in as they begin, so the lowest comes first. */
  readonly #open = new Map<number, number>();
  /** Transactions whose coordinator is being asked about them, by producer id. */
  readonly #guards = new Map<number, VerificationGuard>();
  /** Transactions that have ended, but above what is committed: they hold back the last stable offset as open ones do. */
  #unreplicated: CompletedTransaction[] = [];
  /** Exclusive: everything below is reflected here. */
  endOffset: number;

  constructor(endOffset: number, entries: Iterable<ProducerEntry> = []) {
    this.endOffset = endOffset;
    const open: ProducerEntry[] = [];
    for (const entry of entries) {
      this.#entries.set(entry.producerId, entry);
      if (entry.currentTransactionFirstOffset >= 0) open.push(entry);
    }
    open.sort((a, b) => a.currentTransactionFirstOffset - b.currentTransactionFirstOffset);
    for (const entry of open) this.#open.set(entry.producerId, entry.currentTransactionFirstOffset);
  }

  get size(): number {
    return this.#entries.size;
  }

  entries(): Iterable<ProducerEntry> {
    return this.#entries.values();
  }

  entry(producerId: number): ProducerEntry | undefined {
    return this.#entries.get(producerId);
  }

  /** What would become of the batch, whose offsets need not be assigned yet. */
  check(batch: RecordBatch, options: Omit<AppendOptions, 'leaderEpoch'>): ProducerVerdict {
    const { origin } = options;
    const { producerId, producerEpoch, baseSequence } = batch;
    if (producerId < 0 || origin === 'replication') return ACCEPTED;
    const entry = this.#entries.get(producerId);
    if (batch.isControl) {
      const marker = markerOf(batch);
      if (entry === undefined || marker === undefined) return ACCEPTED;
      return checkMarker(entry, producerEpoch, { ...marker, transactionVersion: options.transactionVersion ?? 0 });
    }
    if (entry !== undefined && origin === 'client' && producerEpoch === entry.producerEpoch) {
      const original = findDuplicate(entry, baseSequence, batch.lastSequence);
      if (original !== undefined) return { kind: 'duplicate', original };
    }
    const guard = this.#guards.get(producerId);
    if (batch.isTransactional && options.verification !== undefined) {
      const isVerified = guard !== undefined && guard === options.verification.guard;
      if (!isVerified && !this.hasOngoingTransaction(producerId, producerEpoch))
        return refused(ErrorCode.INVALID_TXN_STATE, `producer ${producerId} has no transaction open here`);
    }
    const current = entry?.producerEpoch ?? -1;
    if (producerEpoch < current) return staleEpoch(producerId, producerEpoch, current);
    if (origin === 'client') {
      const verdict =
        checkAgainstGuard(guard, entry, baseSequence) ?? checkSequence(entry, producerEpoch, baseSequence);
      if (verdict !== undefined) return verdict;
    }
    if (entry !== undefined && entry.currentTransactionFirstOffset >= 0 && !batch.isTransactional) {
      return refused(
        ErrorCode.INVALID_TXN_STATE,
        `producer ${producerId} has a transaction open, and this batch is not part of one`,
      );
    }
    return ACCEPTED;
  }

  /** NONE, or the error that a coordinator's batch of the producer would meet, or its marker. */
  checkProducer(producerId: number, producerEpoch: number, marker?: MarkerClaim): number {
    const entry = this.#entries.get(producerId);
    if (entry === undefined) return ErrorCode.NONE;
    const verdict = marker && checkMarker(entry, producerEpoch, marker);
    if (verdict?.kind === 'refused') return verdict.errorCode;
    return producerEpoch < entry.producerEpoch ? ErrorCode.INVALID_PRODUCER_EPOCH : ErrorCode.NONE;
  }

  /**
   * What to append the batch under once its transaction's coordinator has said that the partition is part of it (KIP-890).
   * Undefined: the transaction is open here, and nobody need be asked.
   */
  startVerification(question: VerificationQuestion): VerificationGuard | undefined {
    const { producerId, producerEpoch, baseSequence, raisesEpochs } = question;
    if (this.hasOngoingTransaction(producerId, producerEpoch)) return undefined;
    let guard = this.#guards.get(producerId);
    if (guard === undefined) {
      guard = { producerId, producerEpoch, lowestSequence: baseSequence, raisesEpochs, isOld: false };
      this.#guards.set(producerId, guard);
    } else if (producerEpoch > guard.producerEpoch) {
      guard.producerEpoch = producerEpoch;
      guard.lowestSequence = baseSequence;
    } else if (producerEpoch === guard.producerEpoch && baseSequence < guard.lowestSequence) {
      guard.lowestSequence = baseSequence;
    }
    return guard;
  }

  /** Takes note of a batch that is now in the log. Returns the transaction that it ends, if it does. */
  update(batch: RecordBatch): CompletedTransaction | undefined {
    const lastOffset = batch.lastOffset;
    this.endOffset = lastOffset + 1;
    const producerId = batch.producerId;
    if (producerId < 0) return undefined;
    const entry = this.#entryFor(producerId);
    if (batch.isTransactional) this.#guards.delete(producerId);
    if (batch.producerEpoch !== entry.producerEpoch) {
      entry.producerEpoch = batch.producerEpoch;
      entry.batches.length = 0;
    }
    if (batch.isControl) return this.#endTransaction(batch, entry);
    entry.lastTimestampMs = batch.maxTimestamp;
    if (entry.batches.length === REMEMBERED_BATCHES) entry.batches.shift();
    entry.batches.push({
      lastSequence: batch.lastSequence,
      lastOffset,
      offsetDelta: batch.lastOffsetDelta,
      timestampMs: batch.maxTimestamp,
    });
    if (batch.isTransactional && entry.currentTransactionFirstOffset < 0) {
      entry.currentTransactionFirstOffset = batch.baseOffset;
      this.#open.set(producerId, batch.baseOffset);
    }
    return undefined;
  }

  #entryFor(producerId: number): ProducerEntry {
    let entry = this.#entries.get(producerId);
    if (entry === undefined) {
      entry = {
        producerId,
        producerEpoch: -1,
        coordinatorEpoch: -1,
        lastTimestampMs: -1,
        currentTransactionFirstOffset: -1,
        batches: [],
      };
      this.#entries.set(producerId, entry);
    }
    return entry;
  }

  #endTransaction(batch: RecordBatch, entry: ProducerEntry): CompletedTransaction | undefined {
    const marker = markerOf(batch);
    if (marker === undefined) return undefined;
    const firstOffset = entry.currentTransactionFirstOffset;
    entry.currentTransactionFirstOffset = -1;
    this.#open.delete(entry.producerId);
    entry.coordinatorEpoch = marker.coordinatorEpoch;
    entry.lastTimestampMs = marker.timestampMs;
    if (firstOffset < 0) return undefined;
    const completed = {
      producerId: entry.producerId,
      firstOffset,
      lastOffset: batch.lastOffset,
      isAborted: marker.isAbort,
    };
    this.#unreplicated.push(completed);
    return completed;
  }

  /** The first offset that any open transaction holds, or undefined. */
  firstOpenOffset(): number | undefined {
    for (const offset of this.#open.values()) return offset;
    return undefined;
  }

  /** The last stable offset just after a marker at `markerOffset`. */
  stableOffsetAfter(markerOffset: number): number {
    return this.firstOpenOffset() ?? markerOffset + 1;
  }

  /** The first offset of a transaction that is open, or whose end is not below the high watermark; undefined when there is none. */
  firstUnstableOffset(highWatermark: number): number | undefined {
    if (this.#unreplicated.length > 0) {
      this.#unreplicated = this.#unreplicated.filter(({ lastOffset }) => lastOffset >= highWatermark);
    }
    let first = this.firstOpenOffset();
    for (const { firstOffset } of this.#unreplicated) {
      if (first === undefined || firstOffset < first) first = firstOffset;
    }
    return first;
  }

  hasOngoingTransaction(producerId: number, producerEpoch: number): boolean {
    const entry = this.#entries.get(producerId);
    return entry !== undefined && entry.producerEpoch === producerEpoch && entry.currentTransactionFirstOffset >= 0;
  }

  /** Forgets producers that have been silent for `expirationMs`, unless a transaction of theirs is open. */
  expire(now: number, expirationMs: number): void {
    for (const [producerId, entry] of this.#entries) {
      const silentMs = now - entry.lastTimestampMs;
      if (entry.currentTransactionFirstOffset < 0 && silentMs >= expirationMs) this.#entries.delete(producerId);
    }
    // Nobody waits for a coordinator from one time to the next but one.
    for (const [producerId, guard] of this.#guards)
      if (guard.isOld) this.#guards.delete(producerId);
      else guard.isOld = true;
  }

  /** Records below `logStartOffset` are gone, and with them whatever waited for them to be committed. */
  startAt(logStartOffset: number): void {
    this.#unreplicated = this.#unreplicated.filter(({ lastOffset }) => lastOffset >= logStartOffset);
    this.endOffset = Math.max(this.endOffset, logStartOffset);
  }
}

function staleEpoch(producerId: number, producerEpoch: number, current: number): ProducerVerdict {
  return refused(
    ErrorCode.INVALID_PRODUCER_EPOCH,
    `epoch ${producerEpoch} of producer ${producerId} is over: ${current} has been seen`,
  );
}

function findDuplicate(entry: ProducerEntry, baseSequence: number, lastSequence: number): BatchMetadata | undefined {
  return entry.batches.find(
    (known) =>
      known.lastSequence === lastSequence && firstSequence(known.lastSequence, known.offsetDelta) === baseSequence,
  );
}

function firstSequence(lastSequence: number, offsetDelta: number): number {
  return offsetDelta <= lastSequence ? lastSequence - offsetDelta : lastSequence - offsetDelta + MAX_SEQUENCE + 1;
}

/** Epochs that rise with every transaction leave no gaps: a producer not known here begins at 0, and none in the middle. */
function checkAgainstGuard(
  guard: VerificationGuard | undefined,
  entry: ProducerEntry | undefined,
  sequence: number,
): ProducerVerdict | undefined {
  if (guard === undefined) return undefined;
  const hasBatches = (entry?.batches.length ?? 0) > 0;
  if ((sequence === 0 || hasBatches || !guard.raisesEpochs) && sequence <= guard.lowestSequence) return undefined;
  return refused(
    ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
    `producer ${guard.producerId} cannot begin at sequence ${sequence} here; the lowest it sent is ${guard.lowestSequence}`,
  );
}

function checkMarker(entry: ProducerEntry, producerEpoch: number, marker: MarkerClaim): ProducerVerdict {
  const { producerId, currentTransactionFirstOffset } = entry;
  // A marker that is written again finds no transaction open.
  const isBehind =
    producerEpoch < entry.producerEpoch ||
    (marker.transactionVersion >= 2 &&
      producerEpoch === entry.producerEpoch &&
      producerEpoch < MAX_EPOCH &&
      currentTransactionFirstOffset >= 0);
  if (isBehind) return staleEpoch(producerId, producerEpoch, entry.producerEpoch);
  if (marker.coordinatorEpoch >= entry.coordinatorEpoch) return ACCEPTED;
  return refused(
    ErrorCode.TRANSACTION_COORDINATOR_FENCED,
    `a marker for producer ${producerId} from coordinator epoch ${marker.coordinatorEpoch}, when ${entry.coordinatorEpoch} has written already`,
  );
}

function checkSequence(
  entry: ProducerEntry | undefined,
  producerEpoch: number,
  sequence: number,
): ProducerVerdict | undefined {
  // A producer id not known here may begin anywhere: its past has expired, or was deleted with the records.
  if (entry === undefined) return undefined;
  const { producerId } = entry;
  if (producerEpoch !== entry.producerEpoch) {
    if (sequence === 0) return undefined;
    return refused(
      ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
      `epoch ${producerEpoch} of producer ${producerId} must begin at sequence 0, not ${sequence}; the last epoch was ${entry.producerEpoch}`,
    );
  }
  const last = entry.batches.at(-1)?.lastSequence ?? -1;
  if (sequence === last + 1 || (sequence === 0 && last === MAX_SEQUENCE)) return undefined;
  return refused(
    ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
    `producer ${producerId} sent sequence ${sequence} after ${last}`,
  );
}

interface Marker {
  readonly isAbort: boolean;
  readonly coordinatorEpoch: number;
  readonly timestampMs: number;
}

/** The transaction marker of a control batch; undefined for other control records and for what cannot be read. */
function markerOf(batch: RecordBatch): Marker | undefined {
  try {
    const [record] = recordsOf(batch, { maxBytes: MARKER_BYTES });
    if (record === undefined) return undefined;
    const type = controlRecordTypeOf(record.key);
    if (type !== 'ABORT' && type !== 'COMMIT') return undefined;
    return {
      isAbort: type === 'ABORT',
      coordinatorEpoch: coordinatorEpochOf(record.value),
      timestampMs: record.timestampMs,
    };
  } catch (error) {
    if (error instanceof CorruptRecordError) return undefined;
    throw error;
  }
}
