import { createHash } from 'node:crypto';
import {
  batchesOf,
  buildBatch,
  CorruptRecordError,
  crc32c,
  RecordBatch,
  recordsOf,
  type BatchInput,
} from '../../src/wire/records/index.ts';

/** Where the fields of a batch lie. */
export const AT = {
  batchLength: 8,
  leaderEpoch: 12,
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

type Value = string | null | readonly [key: string | null, value: string | null];

/** A batch of these values, or keys and values, a millisecond apart from 1000 on. */
export function batch(values: readonly Value[], options: Partial<BatchInput> = {}): Buffer {
  const bytes = (text: string | null): Buffer | null => (text === null ? null : Buffer.from(text));
  return buildBatch({
    baseOffset: 0,
    records: values.map((value, i) => {
      const [key, text] = typeof value === 'string' || value === null ? [null, value] : value;
      return { timestampMs: 1000 + i, key: bytes(key), value: bytes(text), headers: [] };
    }),
    ...options,
  });
}

/** A copy with something changed, and a crc that agrees with it again. */
export function changed(original: Buffer, change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(original);
  change(bytes);
  bytes.writeUInt32BE(crc32c(bytes, AT.attributes, bytes.length), AT.crc);
  return bytes;
}

/** A copy with something changed that the crc does not cover, or shall not agree with. */
export function spoilt(original: Buffer, change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(original);
  change(bytes);
  return bytes;
}

/** One record in the format of magic 0 or 1. */
export function oldMessage(magic: 0 | 1, value: string): Buffer {
  const body = Buffer.from(value);
  const head = magic === 1 ? 8 : 0;
  const message = Buffer.alloc(12 + 4 + 1 + 1 + head + 4 + 4 + body.length);
  message.writeInt32BE(message.length - 12, 8);
  message.writeInt8(magic, 16);
  if (magic === 1) message.writeBigInt64BE(1000n, 18);
  message.writeInt32BE(-1, 18 + head);
  message.writeInt32BE(body.length, 22 + head);
  body.copy(message, 26 + head);
  message.writeUInt32BE(crc32(message.subarray(16)), 12);
  return message;
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** What can be compared of record batches: header fields, and the records where they may be compressed differently. */
export function describeBatches(bytes: Buffer, symbol: (kind: string, value: string) => string): unknown {
  const described: unknown[] = [];
  let end = 0;
  for (const each of batchesOf(bytes)) {
    end = each.at + each.sizeInBytes;
    described.push(describe(each, symbol));
  }
  if (end < bytes.length) described.push(`${bytes.length - end} bytes of an incomplete batch`);
  return described;
}

function describe(each: RecordBatch, symbol: (kind: string, value: string) => string): unknown {
  const header = {
    baseOffset: each.baseOffset,
    leaderEpoch: each.partitionLeaderEpoch,
    attributes: each.attributes,
    lastOffsetDelta: each.lastOffsetDelta,
    baseTimestamp: time(each.baseTimestamp),
    maxTimestamp: time(each.maxTimestamp),
    producer: [each.producerId < 0 ? each.producerId : symbol('producer', String(each.producerId)), each.producerEpoch],
    baseSequence: each.baseSequence,
    count: each.recordCount,
    valid: each.isValid(),
  };
  if (each.compressionType === 'none') {
    return { ...header, body: `${each.recordBytes.length} bytes ${digest(each.recordBytes)}` };
  }
  return { ...header, records: describeRecords(each) };
}

function describeRecords(each: RecordBatch): unknown {
  try {
    return recordsOf(each, { maxBytes: 64 << 20 }).map((record) => ({
      ...record,
      timestampMs: time(record.timestampMs),
      key: record.key?.toString('hex') ?? null,
      value: record.value === null ? null : `${record.value.length} bytes ${digest(record.value)}`,
    }));
  } catch (error) {
    if (error instanceof CorruptRecordError) return `unreadable: ${digest(each.recordBytes)}`;
    throw error;
  }
}

/** Times of today cannot be equal. */
export const time = (timestampMs: number): number | string => (timestampMs > 1.6e12 ? '<now>' : timestampMs);

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex').slice(0, 12);
