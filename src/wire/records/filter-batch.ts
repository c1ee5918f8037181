import { ATTRIBUTE, FIELD, type RecordBatch } from './batch.ts';
import { emptyBatch, withRecords } from './build-batch.ts';
import { decompress } from './compression/index.ts';
import { writeInt64 } from '../int64.ts';
import { RecordCursor } from './record.ts';
import { sizeOfVarint, sizeOfVarlong, writeVarint, writeVarlong } from './varint.ts';

/** What compaction wants of one batch. */
export interface BatchFilter {
  /** Whether the record that the cursor is at stays. */
  readonly retain: (record: RecordCursor) => boolean;
  /** What stays of a batch without records: its header, or nothing. */
  readonly keepEmpty: boolean;
  /** When its tombstones may go (KIP-534): set on a batch that keeps some and has no such time yet. */
  readonly deleteHorizonMs: number;
  /** It is the marker of a transaction of which nothing is left, and is to go as tombstones do. */
  readonly isMarkerAlone: boolean;
  /** The most that the records may decompress to. */
  readonly maxBytes: number;
}

/** The most that a record's length, attributes, timestamp delta and offset delta take. */
const MAX_RECORD_PREFIX = 20;

/** Which records of the batch at hand stay; one for all, because a batch is filtered within a turn. */
let isRetained = new Uint8Array(1024);

/**
 * The batch without the records that go (Kafka's MemoryRecords.filterTo): offsets, sequences, producer and compression type
 * stay as they are, timestamps count from the first record left or from the delete horizon. A batch that keeps all its records
 * comes back as it is, as a view; undefined when nothing stays.
 * @throws what `openRecords` throws
 */
export function filterBatch(batch: RecordBatch, filter: BatchFilter): Buffer | undefined {
  const type = batch.compressionType;
  const count = batch.recordCount;
  const packed = batch.recordBytes;
  // A batch that compaction has emptied has no records to decompress.
  const records = type === 'none' || count === 0 ? packed : decompress(type, packed, filter.maxBytes);
  const cursor = new RecordCursor(batch, records);
  if (isRetained.length < count) isRetained = new Uint8Array(count);
  let retained = 0;
  let bytes = 0;
  let hasTombstones = false;
  let firstTimestampMs = -1;
  let maxTimestampMs = -1;
  for (let index = 0; cursor.next(); index++) {
    const stays = filter.retain(cursor);
    isRetained[index] = stays ? 1 : 0;
    if (!stays) continue;
    if (retained++ === 0) firstTimestampMs = cursor.timestampMs;
    if (cursor.timestampMs > maxTimestampMs) maxTimestampMs = cursor.timestampMs;
    if (cursor.isTombstone) hasTombstones = true;
    bytes += cursor.end - cursor.fieldsAt + MAX_RECORD_PREFIX;
  }
  if (retained === 0) return filter.keepEmpty ? emptyBatch(batch) : undefined;
  const setsHorizon = (hasTombstones || filter.isMarkerAlone) && !batch.hasDeleteHorizon;
  if (retained === count && !setsHorizon) return batch.bytes;

  const horizonMs = setsHorizon ? filter.deleteHorizonMs : batch.deleteHorizonMs;
  const baseTimestampMs = horizonMs ?? firstTimestampMs;
  const out = Buffer.allocUnsafe(FIELD.records + bytes);
  const end = writeRecords(out, batch, records, baseTimestampMs);
  batch.buffer.copy(out, 0, batch.at, batch.at + FIELD.records);
  writeInt64(out, baseTimestampMs, FIELD.baseTimestamp);
  if (batch.timestampType === 'CreateTime') writeInt64(out, maxTimestampMs, FIELD.maxTimestamp);
  out.writeInt16BE(batch.attributes | (horizonMs === null ? 0 : ATTRIBUTE.deleteHorizon), FIELD.attributes);
  out.writeInt32BE(retained, FIELD.recordCount);
  return withRecords(out.subarray(0, end), out.subarray(FIELD.records, end), type, undefined);
}

/** Writes the records that stay, timestamps counted from `baseTimestampMs`. Returns where they end. */
function writeRecords(out: Buffer, batch: RecordBatch, records: Buffer, baseTimestampMs: number): number {
  const baseOffset = batch.baseOffset;
  const cursor = new RecordCursor(batch, records);
  let position: number = FIELD.records;
  for (let index = 0; cursor.next(); index++) {
    if (isRetained[index] === 0) continue;
    const timestampDelta = cursor.timestampMs - baseTimestampMs;
    const offsetDelta = cursor.offset - baseOffset;
    const size = 1 + sizeOfVarlong(timestampDelta) + sizeOfVarint(offsetDelta) + cursor.end - cursor.fieldsAt;
    position = writeVarint(out, size, position);
    out[position++] = 0;
    position = writeVarlong(out, timestampDelta, position);
    position = writeVarint(out, offsetDelta, position);
    position += records.copy(out, position, cursor.fieldsAt, cursor.end);
  }
  return position;
}
