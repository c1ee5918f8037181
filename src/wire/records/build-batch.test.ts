import { describe, expect, test } from '@jest/globals';
import { buildBatch, RecordBatch, recordsOf, walkRecords } from './index.ts';

describe('a batch that was built', () => {
  test('reads back as the records that went in', () => {
    const bytes = buildBatch({
      baseOffset: 1_000,
      partitionLeaderEpoch: 7,
      producerId: 42,
      producerEpoch: 3,
      baseSequence: 9,
      isTransactional: true,
      records: [
        { timestampMs: 5_000, key: Buffer.from('k'), value: Buffer.from('v'), headers: [{ key: 'h', value: null }] },
        { timestampMs: 4_000, key: null, value: null },
        { timestampMs: 2 ** 40, key: Buffer.alloc(0), value: Buffer.alloc(300, 'x') },
      ],
    });
    const batch = new RecordBatch(bytes);
    expect(batch.isValid()).toBe(true);
    expect(batch).toMatchObject({
      baseOffset: 1_000,
      sizeInBytes: bytes.length,
      partitionLeaderEpoch: 7,
      magic: 2,
      compressionType: 'none',
      timestampType: 'CreateTime',
      isTransactional: true,
      isControl: false,
      deleteHorizonMs: null,
      lastOffset: 1_002,
      nextOffset: 1_003,
      baseTimestamp: 5_000,
      maxTimestamp: 2 ** 40,
      producerId: 42,
      producerEpoch: 3,
      baseSequence: 9,
      lastSequence: 11,
      recordCount: 3,
    });
    expect(walkRecords(batch)).toBe(3);
    expect(recordsOf(batch, { maxBytes: 1_000 })).toEqual([
      {
        offset: 1_000,
        timestampMs: 5_000,
        key: Buffer.from('k'),
        value: Buffer.from('v'),
        headers: [{ key: 'h', value: null }],
      },
      { offset: 1_001, timestampMs: 4_000, key: null, value: null, headers: [] },
      { offset: 1_002, timestampMs: 2 ** 40, key: Buffer.alloc(0), value: Buffer.alloc(300, 'x'), headers: [] },
    ]);
  });
});
