import { compressionTypeOf, type CompressionType } from './compression-type.ts';
import { crc32c } from './crc32c.ts';
import { CorruptRecordError } from './errors.ts';
import { readInt64, writeInt64 } from '../int64.ts';

export type TimestampType = 'CreateTime' | 'LogAppendTime';

/** Where the fields of a batch of magic 2 lie, from its first byte (Kafka's DefaultRecordBatch). */
export const FIELD = {
  baseOffset: 0,
  batchLength: 8,
  partitionLeaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  recordCount: 57,
  records: 61,
} as const;

export const ATTRIBUTE = {
  compressionMask: 0x07,
  logAppendTime: 0x08,
  transactional: 0x10,
  control: 0x20,
  deleteHorizon: 0x40,
} as const;

/**
 * A view of one record batch of magic 2: fields are read from the buffer when asked for, nothing is decoded or copied.
 * The buffer may hold the header alone, as when a segment is scanned; what needs the records says so. Nothing here is
 * trusted: `scanBatches` checks the frame, `isValid` the crc, `walkRecords` the records.
 */
export class RecordBatch {
  /** Base offset and length: what comes before the bytes that `batchLength` counts. */
  static readonly LOG_OVERHEAD = 12;
  static readonly HEADER_BYTES = FIELD.records;

  readonly buffer: Buffer;
  /** Where the batch begins in `buffer`. */
  readonly at: number;

  /** @throws CorruptRecordError when fewer than 61 bytes follow `at` */
  constructor(buffer: Buffer, at = 0) {
    if (at < 0 || buffer.length - at < FIELD.records) {
      throw new CorruptRecordError(`a batch header wants ${FIELD.records} bytes, ${buffer.length - at} left`, at);
    }
    this.buffer = buffer;
    this.at = at;
  }

  get baseOffset(): number {
    return readInt64(this.buffer, this.at + FIELD.baseOffset);
  }

  /** Bytes after the length field. */
  get batchLength(): number {
    return this.buffer.readInt32BE(this.at + FIELD.batchLength);
  }

  get sizeInBytes(): number {
    return RecordBatch.LOG_OVERHEAD + this.batchLength;
  }

  get partitionLeaderEpoch(): number {
    return this.buffer.readInt32BE(this.at + FIELD.partitionLeaderEpoch);
  }

  get magic(): number {
    return this.buffer.readInt8(this.at + FIELD.magic);
  }

  /** The crc the header states, unsigned. */
  get crc(): number {
    return this.buffer.readUInt32BE(this.at + FIELD.crc);
  }

  get attributes(): number {
    return this.buffer.readInt16BE(this.at + FIELD.attributes);
  }

  /** @throws UnsupportedCompressionError for an id Kafka does not define */
  get compressionType(): CompressionType {
    return compressionTypeOf(this.attributes & ATTRIBUTE.compressionMask);
  }

  get timestampType(): TimestampType {
    return this.attributes & ATTRIBUTE.logAppendTime ? 'LogAppendTime' : 'CreateTime';
  }

  get isTransactional(): boolean {
    return (this.attributes & ATTRIBUTE.transactional) !== 0;
  }

  get isControl(): boolean {
    return (this.attributes & ATTRIBUTE.control) !== 0;
  }

  /** Compaction has seen the tombstones or markers in here, and `baseTimestamp` is when they may go (KIP-534). */
  get hasDeleteHorizon(): boolean {
    return (this.attributes & ATTRIBUTE.deleteHorizon) !== 0;
  }

  get deleteHorizonMs(): number | null {
    return this.hasDeleteHorizon ? this.baseTimestamp : null;
  }

  get lastOffsetDelta(): number {
    return this.buffer.readInt32BE(this.at + FIELD.lastOffsetDelta);
  }

  get lastOffset(): number {
    return this.baseOffset + this.lastOffsetDelta;
  }

  get nextOffset(): number {
    return this.lastOffset + 1;
  }

  /** What the records' timestamp deltas count from: the first record's timestamp, or the delete horizon. */
  get baseTimestamp(): number {
    return readInt64(this.buffer, this.at + FIELD.baseTimestamp);
  }

  /** The greatest timestamp of its records, or the append time of the whole batch. */
  get maxTimestamp(): number {
    return readInt64(this.buffer, this.at + FIELD.maxTimestamp);
  }

  /** -1 when there is none. */
  get producerId(): number {
    return readInt64(this.buffer, this.at + FIELD.producerId);
  }

  get producerEpoch(): number {
    return this.buffer.readInt16BE(this.at + FIELD.producerEpoch);
  }

  /** -1 when there is none. */
  get baseSequence(): number {
    return this.buffer.readInt32BE(this.at + FIELD.baseSequence);
  }

  get lastSequence(): number {
    const baseSequence = this.baseSequence;
    return baseSequence === -1 ? -1 : incrementSequence(baseSequence, this.lastOffsetDelta);
  }

  get recordCount(): number {
    return this.buffer.readInt32BE(this.at + FIELD.recordCount);
  }

  /** Whether the buffer holds the batch whole. */
  get isComplete(): boolean {
    const end = this.at + this.sizeInBytes;
    return end >= this.at + FIELD.records && end <= this.buffer.length;
  }

  /** The whole batch: a view, not a copy. @throws CorruptRecordError when the buffer does not hold it whole */
  get bytes(): Buffer {
    return this.buffer.subarray(this.at, this.#end());
  }

  /** What follows the header, compressed or not: a view. @throws CorruptRecordError when the buffer does not hold it whole */
  get recordBytes(): Buffer {
    return this.buffer.subarray(this.at + FIELD.records, this.#end());
  }

  /** Whether the batch is whole, of magic 2, and its crc is that of its bytes. */
  isValid(): boolean {
    return this.isComplete && this.magic === 2 && this.crc === this.#computedCrc();
  }

  // Base offset and leader epoch lie before the crc's range, so they can be changed in place.

  setBaseOffset(offset: number): void {
    writeInt64(this.buffer, offset, this.at + FIELD.baseOffset);
  }

  setPartitionLeaderEpoch(leaderEpoch: number): void {
    this.buffer.writeInt32BE(leaderEpoch, this.at + FIELD.partitionLeaderEpoch);
  }

  /** Sets the timestamp type and the greatest timestamp, and the crc if that changes anything. Wants the whole batch. */
  setMaxTimestamp(timestampType: TimestampType, timestampMs: number): void {
    if (this.timestampType === timestampType && this.maxTimestamp === timestampMs) return;
    const others = this.attributes & ~ATTRIBUTE.logAppendTime;
    const attributes = timestampType === 'LogAppendTime' ? others | ATTRIBUTE.logAppendTime : others;
    this.buffer.writeInt16BE(attributes, this.at + FIELD.attributes);
    writeInt64(this.buffer, timestampMs, this.at + FIELD.maxTimestamp);
    this.buffer.writeUInt32BE(this.#computedCrc(), this.at + FIELD.crc);
  }

  #computedCrc(): number {
    return crc32c(this.buffer, this.at + FIELD.attributes, this.#end());
  }

  #end(): number {
    if (!this.isComplete) {
      throw new CorruptRecordError(
        `a batch of ${this.sizeInBytes} bytes, of which ${this.buffer.length - this.at} are here`,
        this.at,
      );
    }
    return this.at + this.sizeInBytes;
  }
}

/** `by` sequences after `sequence`; after 2^31-1 comes 0. */
export function incrementSequence(sequence: number, by: number): number {
  return (sequence + by) % 2 ** 31;
}
