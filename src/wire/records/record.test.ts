import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  buildBatch,
  COMPRESSION_TYPES,
  convertBatch,
  CorruptRecordError,
  emptyBatch,
  openRecords,
  prepareCompression,
  RecordBatch,
  recordsOf,
  RecordsTooLargeError,
  UnsupportedCompressionError,
  walkRecords,
  type Record,
  type RecordInput,
} from './index.ts';

const SEED = 1_748;
const MAX_BYTES = 1 << 20;

beforeAll(() => Promise.all(COMPRESSION_TYPES.map(prepareCompression)));

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
const nullable = fc.option(bytes, { nil: null });
const timestamp = fc.oneof(fc.integer({ min: -1, max: 10_000 }), fc.integer({ min: 0, max: 2 ** 48 }));
const records = fc.array(
  fc.record({
    gap: fc.integer({ min: 0, max: 200 }),
    timestampMs: timestamp,
    key: nullable,
    value: nullable,
    headers: fc.array(fc.record({ key: fc.string({ maxLength: 8, unit: 'grapheme' }), value: nullable }), {
      maxLength: 3,
    }),
  }),
  { minLength: 1, maxLength: 12 },
);

/** Offsets that rise by the gaps, as compaction leaves them. */
function withOffsets(inputs: readonly (Omit<Record, 'offset'> & { gap: number })[], baseOffset: number): Record[] {
  let offset = baseOffset - 1;
  return inputs.map(({ gap, ...record }) => ({ ...record, offset: (offset += gap + 1) }));
}

const value = (text: string): RecordInput => ({ timestampMs: 1, key: null, value: Buffer.from(text) });

describe('records', () => {
  test.each(COMPRESSION_TYPES)('come back as they were put in, compressed with %s', (compressionType) => {
    fc.assert(
      fc.property(records, fc.integer({ min: 0, max: 2 ** 50 }), (inputs, baseOffset) => {
        const put = withOffsets(inputs, baseOffset);
        const batch = new RecordBatch(buildBatch({ baseOffset, records: put, compressionType }));
        expect(batch.isValid()).toBe(true);
        expect(batch.compressionType).toBe(compressionType);
        expect(batch.lastOffset).toBe(put.at(-1)!.offset);
        expect(batch.maxTimestamp).toBe(Math.max(...put.map((record) => record.timestampMs)));
        expect(recordsOf(batch, { maxBytes: MAX_BYTES })).toEqual(put);
        if (compressionType === 'none') expect(walkRecords(batch)).toBe(put.length);
      }),
      { seed: SEED, numRuns: 60 },
    );
  });

  test('carry the append time of their batch when it has one', () => {
    const input = { baseOffset: 0, records: [value('a'), value('b')], logAppendTimeMs: 77 } as const;
    const batch = new RecordBatch(buildBatch({ ...input, timestampType: 'LogAppendTime' }));
    expect(batch).toMatchObject({ timestampType: 'LogAppendTime', maxTimestamp: 77, baseTimestamp: 1 });
    expect(recordsOf(batch, { maxBytes: MAX_BYTES }).map((record) => record.timestampMs)).toEqual([77, 77]);
  });

  test('keep their timestamps in a batch with a delete horizon', () => {
    const bytes = buildBatch({ baseOffset: 0, records: [value('a')], deleteHorizonMs: 5_000 });
    const batch = new RecordBatch(bytes);
    expect(batch).toMatchObject({ hasDeleteHorizon: true, deleteHorizonMs: 5_000, maxTimestamp: 1 });
    expect(recordsOf(batch, { maxBytes: MAX_BYTES })[0]!.timestampMs).toBe(1);
  });

  test('are looked over without being made', () => {
    const batch = new RecordBatch(
      buildBatch({
        baseOffset: 5,
        records: [
          { timestampMs: 10, key: Buffer.from('k'), value: null },
          { timestampMs: 30, key: null, value: Buffer.from('v'), headers: [{ key: 'h', value: null }] },
        ],
        compressionType: 'gzip',
      }),
    );
    const cursor = openRecords(batch, { maxBytes: MAX_BYTES });
    expect(cursor.next()).toBe(true);
    expect(cursor).toMatchObject({ offset: 5, timestampMs: 10, isTombstone: true, key: Buffer.from('k'), value: null });
    expect(cursor.headers()).toEqual([]);
    expect(cursor.next()).toBe(true);
    expect(cursor).toMatchObject({ offset: 6, timestampMs: 30, isTombstone: false, keyBytes: -1, valueBytes: 1 });
    expect([cursor.headers(), cursor.headers()]).toEqual([[{ key: 'h', value: null }], [{ key: 'h', value: null }]]);
    expect(cursor.next()).toBe(false);
    expect(cursor.next()).toBe(false);
  });
});

describe('a batch under another compression type', () => {
  test.each(COMPRESSION_TYPES)('from %s: has the same records and the same header otherwise', (from) => {
    const input = { baseOffset: 9, records: [value('a'.repeat(300)), value('b')], producerId: 4, baseSequence: 2 };
    const batch = new RecordBatch(
      buildBatch({ ...input, compressionType: from, producerEpoch: 1, isTransactional: true, partitionLeaderEpoch: 3 }),
    );
    for (const compressionType of COMPRESSION_TYPES) {
      const converted = new RecordBatch(convertBatch(batch, { compressionType, maxBytes: MAX_BYTES }));
      expect(converted.isValid()).toBe(true);
      expect(converted.compressionType).toBe(compressionType);
      expect(converted).toMatchObject({
        baseOffset: 9,
        lastOffset: 10,
        maxTimestamp: 1,
        producerId: 4,
        producerEpoch: 1,
        baseSequence: 2,
        isTransactional: true,
        partitionLeaderEpoch: 3,
      });
      expect(recordsOf(converted, { maxBytes: MAX_BYTES })).toEqual(recordsOf(batch, { maxBytes: MAX_BYTES }));
    }
    expect(batch.isValid()).toBe(true);
  });

  test('emptied by compaction keeps what it spans and its last sequence', () => {
    const batch = new RecordBatch(
      buildBatch({
        baseOffset: 9,
        records: [value('a'), value('b')],
        compressionType: 'lz4',
        producerId: 4,
        producerEpoch: 1,
        baseSequence: 2,
        deleteHorizonMs: 8,
      }),
    );
    const empty = new RecordBatch(emptyBatch(batch));
    expect(empty.isValid()).toBe(true);
    expect(empty).toMatchObject({
      sizeInBytes: 61,
      compressionType: 'none',
      recordCount: 0,
      lastOffset: 10,
      lastSequence: 3,
      maxTimestamp: 1,
      baseTimestamp: -1,
      hasDeleteHorizon: false,
    });
    expect(recordsOf(empty, { maxBytes: 0 })).toEqual([]);
  });

  test('may span more offsets than it has records', () => {
    const bytes = buildBatch({ baseOffset: 100, lastOffset: 150, records: [{ ...value('a'), offset: 120 }] });
    const batch = new RecordBatch(bytes);
    expect(batch).toMatchObject({ baseOffset: 100, lastOffset: 150, recordCount: 1 });
    expect(recordsOf(batch, { maxBytes: MAX_BYTES })[0]!.offset).toBe(120);
  });
});

describe('a batch that lies', () => {
  const honest = buildBatch({
    baseOffset: 0,
    records: [
      value('first'),
      { timestampMs: 2 ** 40, key: Buffer.from('k'), value: null, headers: [{ key: 'h', value: Buffer.from('v') }] },
    ],
  });

  /** Reads everything in every way; a typed error is an answer too. */
  function outcome(batch: RecordBatch): void {
    for (const read of [() => walkRecords(batch), () => recordsOf(batch, { maxBytes: MAX_BYTES })]) {
      try {
        read();
      } catch (error) {
        const isTyped =
          error instanceof CorruptRecordError ||
          error instanceof UnsupportedCompressionError ||
          error instanceof RecordsTooLargeError;
        if (!isTyped) throw error;
      }
    }
  }

  test('in any one byte, gives records or a typed error', () => {
    for (let at = 8; at < honest.length; at++) {
      for (let byte = 0; byte < 256; byte++) {
        const bytes = Buffer.from(honest);
        bytes[at] = byte;
        outcome(new RecordBatch(bytes));
      }
    }
  });

  test('cut anywhere, with a length that agrees, is refused', () => {
    for (let length = 61; length < honest.length; length++) {
      const bytes = Buffer.from(honest.subarray(0, length));
      bytes.writeInt32BE(length - 12, 8);
      expect(() => walkRecords(new RecordBatch(bytes))).toThrow(CorruptRecordError);
      expect(() => recordsOf(new RecordBatch(bytes), { maxBytes: MAX_BYTES })).toThrow(CorruptRecordError);
    }
  });

  test('with noise for records, gives records or a typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.integer({ min: 0, max: 8 }), (noise, count) => {
        const bytes = Buffer.concat([honest.subarray(0, 61), noise]);
        bytes.writeInt32BE(bytes.length - 12, 8);
        bytes.writeInt32BE(count, 57);
        outcome(new RecordBatch(bytes));
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  test.each([-1, 1, 3, 2 ** 31 - 1])('about having %i records of two is refused', (count) => {
    const bytes = Buffer.from(honest);
    bytes.writeInt32BE(count, 57);
    expect(() => walkRecords(new RecordBatch(bytes))).toThrow(CorruptRecordError);
  });

  test('about its last offset is refused', () => {
    const bytes = Buffer.from(honest);
    bytes.writeInt32BE(0, 23);
    expect(() => walkRecords(new RecordBatch(bytes))).toThrow(CorruptRecordError);
  });

  test('by records out of order is refused', () => {
    const bytes = buildBatch({
      baseOffset: 0,
      lastOffset: 5,
      records: [
        { ...value('a'), offset: 3 },
        { ...value('b'), offset: 3 },
      ],
    });
    expect(() => walkRecords(new RecordBatch(bytes))).toThrow('offset delta 3 after 3');
  });

  test.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('by being a bomb of %s is refused', (compressionType) => {
    const records = [{ timestampMs: 0, key: null, value: Buffer.alloc(4 << 20) }];
    const batch = new RecordBatch(buildBatch({ baseOffset: 0, records, compressionType }));
    expect(() => recordsOf(batch, { maxBytes: 1 << 20 })).toThrow(RecordsTooLargeError);
    expect(() => convertBatch(batch, { compressionType: 'none', maxBytes: 1 << 20 })).toThrow(RecordsTooLargeError);
  });

  test('a walk does not go into compressed records', () => {
    const batch = new RecordBatch(buildBatch({ baseOffset: 0, records: [value('a')], compressionType: 'gzip' }));
    expect(() => walkRecords(batch)).toThrow(CorruptRecordError);
  });
});
