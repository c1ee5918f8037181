import { ATTRIBUTE, FIELD, RecordBatch, type TimestampType } from './batch.ts';
import { compress, decompress } from './compression/index.ts';
import { compressionIdOf, type CompressionType } from './compression-type.ts';
import { crc32c } from './crc32c.ts';
import { writeInt64 } from '../int64.ts';
import type { RecordHeader } from './record.ts';
import { sizeOfVarint, sizeOfVarlong, writeVarint, writeVarlong } from './varint.ts';

export interface RecordInput {
  /** Default: the base offset and the record's place. Must rise. */
  offset?: number;
  timestampMs: number;
  key: Buffer | null;
  value: Buffer | null;
  headers?: readonly RecordHeader[];
}

export interface BatchInput {
  baseOffset: number;
  records: readonly RecordInput[];
  /** Default: none. */
  compressionType?: CompressionType;
  /** Kafka's level for the type; default: Kafka's default. */
  compressionLevel?: number;
  /** Default: CreateTime. */
  timestampType?: TimestampType;
  /** The batch's maxTimestamp when its type is LogAppendTime. */
  logAppendTimeMs?: number;
  producerId?: number;
  producerEpoch?: number;
  baseSequence?: number;
  isTransactional?: boolean;
  isControl?: boolean;
  partitionLeaderEpoch?: number;
  /** What compaction sets on a batch with tombstones or markers (KIP-534). */
  deleteHorizonMs?: number;
  /** What the batch spans, when compaction took its last records. Default: the last record's offset. */
  lastOffset?: number;
}

/** A batch of magic 2, crc included. A batch that is compressed wants its type prepared (`prepareCompression`). */
export function buildBatch(input: BatchInput): Buffer {
  const { baseOffset, records } = input;
  const compressionType = input.compressionType ?? 'none';
  const timestampType = input.timestampType ?? 'CreateTime';
  const baseTimestamp = input.deleteHorizonMs ?? records[0]?.timestampMs ?? -1;

  let recordBytes = 0;
  let maxTimestampMs = -1;
  let lastOffsetDelta = -1;
  const bodySizes: number[] = [];
  for (const [index, record] of records.entries()) {
    lastOffsetDelta = record.offset === undefined ? index : record.offset - baseOffset;
    const size = sizeOfBody(record, lastOffsetDelta, record.timestampMs - baseTimestamp);
    bodySizes.push(size);
    recordBytes += sizeOfVarint(size) + size;
    maxTimestampMs = Math.max(maxTimestampMs, record.timestampMs);
  }
  if (input.lastOffset !== undefined) lastOffsetDelta = input.lastOffset - baseOffset;

  const batch = Buffer.allocUnsafe(FIELD.records + recordBytes);
  let position: number = FIELD.records;
  for (const [index, record] of records.entries()) {
    const offsetDelta = record.offset === undefined ? index : record.offset - baseOffset;
    position = writeVarint(batch, bodySizes[index]!, position);
    position = writeBody(batch, record, offsetDelta, record.timestampMs - baseTimestamp, position);
  }

  writeInt64(batch, baseOffset, FIELD.baseOffset);
  batch.writeInt32BE(input.partitionLeaderEpoch ?? -1, FIELD.partitionLeaderEpoch);
  batch.writeInt8(2, FIELD.magic);
  batch.writeInt16BE(
    (timestampType === 'LogAppendTime' ? ATTRIBUTE.logAppendTime : 0) |
      (input.isTransactional === true ? ATTRIBUTE.transactional : 0) |
      (input.isControl === true ? ATTRIBUTE.control : 0) |
      (input.deleteHorizonMs === undefined ? 0 : ATTRIBUTE.deleteHorizon),
    FIELD.attributes,
  );
  batch.writeInt32BE(lastOffsetDelta, FIELD.lastOffsetDelta);
  writeInt64(batch, baseTimestamp, FIELD.baseTimestamp);
  writeInt64(
    batch,
    timestampType === 'LogAppendTime' ? (input.logAppendTimeMs ?? maxTimestampMs) : maxTimestampMs,
    FIELD.maxTimestamp,
  );
  writeInt64(batch, input.producerId ?? -1, FIELD.producerId);
  batch.writeInt16BE(input.producerEpoch ?? -1, FIELD.producerEpoch);
  batch.writeInt32BE(input.baseSequence ?? -1, FIELD.baseSequence);
  batch.writeInt32BE(records.length, FIELD.recordCount);
  return withRecords(batch, batch.subarray(FIELD.records), compressionType, input.compressionLevel);
}

export interface Conversion {
  compressionType: CompressionType;
  level?: number;
  /** The most that the records may decompress to. */
  maxBytes: number;
}

/**
 * The same batch under another compression type, as a broker does for a topic's `compression.type`: the records keep their
 * bytes, only their packing changes. A batch that has the type already is returned as it is, as a view.
 * @throws what `openRecords` throws
 */
export function convertBatch(batch: RecordBatch, { compressionType, level, maxBytes }: Conversion): Buffer {
  const from = batch.compressionType;
  if (from === compressionType) return batch.bytes;
  const records = from === 'none' ? batch.recordBytes : decompress(from, batch.recordBytes, maxBytes);
  return withRecords(batch.bytes, records, compressionType, level);
}

/**
 * What stays of a batch whose records compaction removed all: its header, so that the producer's last sequence and the
 * offsets it spans are still known.
 */
export function emptyBatch(batch: RecordBatch): Buffer {
  const empty = Buffer.from(batch.buffer.subarray(batch.at, batch.at + FIELD.records));
  const attributes = batch.attributes & ~(ATTRIBUTE.compressionMask | ATTRIBUTE.deleteHorizon);
  empty.writeInt16BE(attributes, FIELD.attributes);
  writeInt64(empty, -1, FIELD.baseTimestamp);
  empty.writeInt32BE(0, FIELD.recordCount);
  return sealed(empty);
}

/** `header`'s first 61 bytes over `records`, which are not compressed yet. In place where they already follow it. */
export function withRecords(header: Buffer, records: Buffer, type: CompressionType, level: number | undefined): Buffer {
  const follow = records.buffer === header.buffer && records.byteOffset === header.byteOffset + FIELD.records;
  if (type === 'none' && follow) return sealed(header);
  const packed = type === 'none' ? records : compress(type, records, level);
  const batch = Buffer.allocUnsafe(FIELD.records + packed.length);
  header.copy(batch, 0, 0, FIELD.records);
  batch.set(packed, FIELD.records);
  const others = batch.readInt16BE(FIELD.attributes) & ~ATTRIBUTE.compressionMask;
  batch.writeInt16BE(others | compressionIdOf(type), FIELD.attributes);
  return sealed(batch);
}

/** Sets the two fields that depend on all others: length and crc. */
function sealed(batch: Buffer): Buffer {
  batch.writeInt32BE(batch.length - RecordBatch.LOG_OVERHEAD, FIELD.batchLength);
  batch.writeUInt32BE(crc32c(batch, FIELD.attributes), FIELD.crc);
  return batch;
}

function sizeOfBody(record: RecordInput, offsetDelta: number, timestampDelta: number): number {
  const headers = record.headers ?? [];
  let size = 1 + sizeOfVarlong(timestampDelta) + sizeOfVarint(offsetDelta);
  size += sizeOfBytes(record.key) + sizeOfBytes(record.value) + sizeOfVarint(headers.length);
  for (const { key, value } of headers) {
    const keyBytes = Buffer.byteLength(key);
    size += sizeOfVarint(keyBytes) + keyBytes + sizeOfBytes(value);
  }
  return size;
}

function writeBody(out: Buffer, record: RecordInput, offsetDelta: number, timestampDelta: number, at: number): number {
  const headers = record.headers ?? [];
  let position = out.writeInt8(0, at);
  position = writeVarlong(out, timestampDelta, position);
  position = writeVarint(out, offsetDelta, position);
  position = writeBytes(out, record.key, position);
  position = writeBytes(out, record.value, position);
  position = writeVarint(out, headers.length, position);
  for (const { key, value } of headers) {
    position = writeVarint(out, Buffer.byteLength(key), position);
    position += out.write(key, position);
    position = writeBytes(out, value, position);
  }
  return position;
}

function sizeOfBytes(bytes: Buffer | null): number {
  return bytes === null ? 1 : sizeOfVarint(bytes.length) + bytes.length;
}

function writeBytes(out: Buffer, bytes: Buffer | null, at: number): number {
  if (bytes === null) return writeVarint(out, -1, at);
  const position = writeVarint(out, bytes.length, at);
  out.set(bytes, position);
  return position + bytes.length;
}
