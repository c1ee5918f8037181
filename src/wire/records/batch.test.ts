import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  batchesOf,
  buildBatch,
  CorruptRecordError,
  incrementSequence,
  RecordBatch,
  scanBatches,
  UnsupportedCompressionError,
} from './index.ts';

function batchOf(values: string[], baseOffset = 0): Buffer {
  return buildBatch({
    baseOffset,
    records: values.map((value, i) => ({ timestampMs: 1_000 + i, key: null, value: Buffer.from(value) })),
  });
}

describe('a view of a batch', () => {
  test('reads a batch anywhere in a buffer', () => {
    const buffer = Buffer.concat([Buffer.alloc(13, 0xee), batchOf(['a', 'b'], 7), Buffer.alloc(9, 0xee)]);
    const batch = new RecordBatch(buffer, 13);
    expect(batch).toMatchObject({ baseOffset: 7, lastOffset: 8, nextOffset: 9, recordCount: 2, isComplete: true });
    expect(batch.isValid()).toBe(true);
    expect(batch.bytes.equals(batchOf(['a', 'b'], 7))).toBe(true);
  });

  test('may have the header alone, and then says that the rest is missing', () => {
    const header = batchOf(['a']).subarray(0, RecordBatch.HEADER_BYTES);
    const batch = new RecordBatch(header);
    expect(batch).toMatchObject({ isComplete: false, recordCount: 1, sizeInBytes: batchOf(['a']).length });
    expect(batch.isValid()).toBe(false);
    expect(() => batch.recordBytes).toThrow(CorruptRecordError);
    expect(() => batch.bytes).toThrow(CorruptRecordError);
    expect(() => new RecordBatch(header, 1)).toThrow(CorruptRecordError);
  });

  test('base offset and leader epoch change without touching the crc', () => {
    const bytes = batchOf(['a', 'b']);
    const batch = new RecordBatch(bytes);
    const crc = batch.crc;
    batch.setBaseOffset(2 ** 40 + 3);
    batch.setPartitionLeaderEpoch(17);
    expect(batch).toMatchObject({ baseOffset: 2 ** 40 + 3, lastOffset: 2 ** 40 + 4, partitionLeaderEpoch: 17, crc });
    expect(batch.isValid()).toBe(true);
  });

  test('a log append time is set with a new crc, and taken back', () => {
    const batch = new RecordBatch(batchOf(['a', 'b']));
    const crc = batch.crc;
    batch.setMaxTimestamp('LogAppendTime', 9_999);
    expect(batch).toMatchObject({ timestampType: 'LogAppendTime', maxTimestamp: 9_999, baseTimestamp: 1_000 });
    expect(batch.isValid()).toBe(true);
    expect(batch.crc).not.toBe(crc);
    batch.setMaxTimestamp('CreateTime', 1_001);
    expect(batch.crc).toBe(crc);
  });

  test('any flipped bit from the magic on makes it invalid', () => {
    const bytes = batchOf(['some value']);
    for (let at = 16; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 0x10;
      expect(new RecordBatch(damaged).isValid()).toBe(false);
    }
  });

  test('a compression type that Kafka does not define is refused by name', () => {
    const bytes = batchOf(['a']);
    bytes.writeInt16BE(5, 21);
    expect(() => new RecordBatch(bytes).compressionType).toThrow(UnsupportedCompressionError);
  });

  test('the extremes of int64 survive', () => {
    const batch = new RecordBatch(batchOf(['a']));
    for (const offset of [0, -1, 2 ** 53 - 1, -(2 ** 53) + 1, 2 ** 63, -(2 ** 63), 2 ** 32, -(2 ** 32) - 1]) {
      batch.setBaseOffset(offset);
      expect(batch.baseOffset).toBe(offset);
    }
    batch.setBaseOffset(2 ** 63);
    expect(batch.buffer.subarray(0, 8).toString('hex')).toBe('7fffffffffffffff');
  });
});

test('sequences begin again at 0 after 2^31-1', () => {
  expect(incrementSequence(2 ** 31 - 1, 1)).toBe(0);
  expect(incrementSequence(2 ** 31 - 2, 5)).toBe(3);
  expect(incrementSequence(10, 0)).toBe(10);
  const records = [1, 2, 3].map((timestampMs) => ({ timestampMs, key: null, value: null }));
  const bytes = buildBatch({ baseOffset: 0, records, producerId: 1, producerEpoch: 0, baseSequence: 2 ** 31 - 2 });
  expect(new RecordBatch(bytes).lastSequence).toBe(0);
  expect(new RecordBatch(batchOf(['a'])).lastSequence).toBe(-1);
});

describe('a scan over batches', () => {
  const [first, second] = [batchOf(['a', 'b'], 0), batchOf(['c'], 2)];

  test('finds them all', () => {
    const { batches, validBytes, problem } = scanBatches(Buffer.concat([first, second]));
    expect(batches.map((batch) => batch.baseOffset)).toEqual([0, 2]);
    expect({ validBytes, problem }).toEqual({ validBytes: first.length + second.length, problem: null });
    expect([...batchesOf(Buffer.concat([first, second]))].map((batch) => batch.at)).toEqual([0, first.length]);
    expect(scanBatches(Buffer.alloc(0))).toEqual({ batches: [], validBytes: 0, problem: null });
  });

  test('stops before a torn batch, wherever it is torn', () => {
    for (let bytes = 1; bytes < second.length; bytes++) {
      const scan = scanBatches(Buffer.concat([first, second.subarray(0, bytes)]));
      expect(scan).toMatchObject({ validBytes: first.length, problem: { kind: 'truncated', at: first.length } });
      expect(scan.batches.length).toBe(1);
    }
  });

  test.each([0, 1, 3, -1])('stops at magic %i', (magic) => {
    const other = Buffer.from(second);
    other.writeInt8(magic, 16);
    const scan = scanBatches(Buffer.concat([first, other]));
    expect(scan).toMatchObject({ validBytes: first.length, problem: { kind: 'unsupported-magic', magic } });
  });

  test.each([-1, 0, 48, -(2 ** 31)])('stops at a batch whose length is %i', (length) => {
    const other = Buffer.from(second);
    other.writeInt32BE(length, 8);
    expect(scanBatches(other)).toMatchObject({ batches: [], validBytes: 0, problem: { kind: 'malformed' } });
    expect([...batchesOf(other)]).toEqual([]);
  });

  test('ends on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (noise, hasMagic) => {
        const buffer = Buffer.from(noise);
        if (hasMagic && buffer.length > 16) buffer.writeInt8(2, 16);
        const { batches, validBytes } = scanBatches(Buffer.concat([first, buffer]));
        expect(validBytes).toBe(batches.reduce((sum, batch) => sum + batch.sizeInBytes, 0));
      }),
      { seed: 61, numRuns: 500 },
    );
  });
});
