import { describe, expect, test } from '@jest/globals';
import { gunzipSync } from 'node:zlib';
import { ErrorCode } from '../wire/index.ts';
import { crc32c, RecordBatch, recordsOf } from '../wire/records/index.ts';
import { defaultLogConfig, type LogConfig } from './log-config.ts';
import { append, LogFixture, read, refuse } from './log-fixture.ts';

const HOUR = 3_600_000;

function attempt(records: Buffer, config: Partial<LogConfig> = {}, kit = new LogFixture()) {
  const log = kit.open(config);
  const result = log.append(records, { leaderEpoch: 0, origin: 'client' });
  if (result.kind === 'refused') expect(log.logEndOffset).toBe(0);
  return result.kind === 'refused' ? result.errorCode : ErrorCode.NONE;
}

/** The batch with a field changed, under a right crc. */
function forged(batch: Buffer, change: (batch: Buffer) => void): Buffer {
  change(batch);
  batch.writeUInt32BE(crc32c(batch, 21), 17);
  return batch;
}

describe('what a client may append', () => {
  const kit = new LogFixture();
  const good = () => kit.batch(['a', 'b']);

  test('one whole batch of magic 2', () => {
    expect(attempt(good())).toBe(ErrorCode.NONE);
    expect(attempt(Buffer.concat([good(), Buffer.alloc(5)]))).toBe(ErrorCode.NONE);
  });

  test.each([
    ['nothing', () => Buffer.alloc(0), ErrorCode.INVALID_RECORD],
    ['a cut batch', () => good().subarray(0, 70), ErrorCode.INVALID_RECORD],
    ['two batches', () => Buffer.concat([good(), good()]), ErrorCode.INVALID_RECORD],
    ['magic 1', () => forged(good(), (b) => b.writeInt8(1, 16)), ErrorCode.INVALID_RECORD],
    ['magic 3', () => forged(good(), (b) => b.writeInt8(3, 16)), ErrorCode.CORRUPT_MESSAGE],
    ['a tiny length', () => forged(good(), (b) => b.writeInt32BE(13, 8)), ErrorCode.CORRUPT_MESSAGE],
    ['a negative length', () => forged(good(), (b) => b.writeInt32BE(-1, 8)), ErrorCode.CORRUPT_MESSAGE],
    ['a base offset', () => forged(good(), (b) => b.writeInt32BE(5, 4)), ErrorCode.INVALID_RECORD],
    [
      'a flipped bit',
      () => Buffer.from(good().map((byte, i) => (i === 65 ? byte ^ 1 : byte))),
      ErrorCode.CORRUPT_MESSAGE,
    ],
    ['too small a count', () => forged(good(), (b) => b.writeInt32BE(1, 57)), ErrorCode.INVALID_RECORD],
    ['no count', () => forged(good(), (b) => b.writeInt32BE(0, 57)), ErrorCode.INVALID_RECORD],
    ['a negative last offset delta', () => forged(good(), (b) => b.writeInt32BE(-1, 23)), ErrorCode.INVALID_RECORD],
    ['a larger last offset delta', () => forged(good(), (b) => b.writeInt32BE(2, 23)), ErrorCode.INVALID_RECORD],
    [
      'count and delta of more records',
      () => forged(good(), (b) => [b.writeInt32BE(3, 57), b.writeInt32BE(2, 23)]),
      ErrorCode.INVALID_RECORD,
    ],
    ['a control batch', () => kit.marker(1, 0, 'COMMIT'), ErrorCode.INVALID_RECORD],
    [
      'a producer id without sequence',
      () => kit.batch(['a'], { producerId: 1, producerEpoch: 0 }),
      ErrorCode.INVALID_RECORD,
    ],
    ['an unknown compression', () => forged(good(), (b) => b.writeInt16BE(6, 21)), ErrorCode.UNKNOWN_SERVER_ERROR],
    ['gzip that is none', () => forged(good(), (b) => b.writeInt16BE(1, 21)), ErrorCode.UNKNOWN_SERVER_ERROR],
    ['lz4 that is none', () => forged(good(), (b) => b.writeInt16BE(3, 21)), ErrorCode.UNKNOWN_SERVER_ERROR],
    ['zstd that is none', () => forged(good(), (b) => b.writeInt16BE(4, 21)), ErrorCode.UNKNOWN_SERVER_ERROR],
  ] as const)('%s', (_, records, errorCode) => {
    expect(attempt(records())).toBe(errorCode);
  });

  test('no batch above max.message.bytes, nor above segment.bytes', () => {
    expect(attempt(good(), { maxMessageBytes: 60 })).toBe(ErrorCode.MESSAGE_TOO_LARGE);
    expect(attempt(good(), { segmentBytes: 60 })).toBe(ErrorCode.RECORD_LIST_TOO_LARGE);
  });

  test('no bytes at all that break the broker, whatever they are', () => {
    const log = kit.open();
    for (let at = 0; at < good().length; at++) {
      for (const bit of [0, 7]) {
        const records = good();
        records[at] = (records[at] as number) ^ (1 << bit);
        const before = log.logEndOffset;
        const { kind } = log.append(records, { leaderEpoch: 0, origin: 'client' });
        // Leader epoch is the broker's to set, the base offset is looked at; all else is under the crc.
        if (kind === 'appended') expect(at >= 12 && at < 16).toBe(true);
        else expect(log.logEndOffset).toBe(before);
      }
    }
  });
});

describe('rules of the topic', () => {
  const compacted = { cleanupPolicy: { delete: false, compact: true } };

  test.each(['none', 'gzip'] as const)(
    'a compacted topic wants keys, and names the records without (%s)',
    (compressionType) => {
      const kit = new LogFixture();
      const log = kit.open(compacted);
      const timestampMs = kit.clock.now();
      const records = [Buffer.from('k'), null, null].map((key) => ({ timestampMs, key, value: null }));
      const { errorCode, recordErrors } = refuse(log, kit.batch([], { records, compressionType }));
      expect(errorCode).toBe(ErrorCode.INVALID_RECORD);
      expect(recordErrors.map(({ batchIndex }) => batchIndex)).toEqual([1, 2]);
    },
  );

  test.each(['none', 'gzip'] as const)('timestamps must lie between the bounds (%s)', (compressionType) => {
    const kit = new LogFixture();
    const now = kit.clock.now();
    const at = (...times: number[]) =>
      kit.batch([], {
        compressionType,
        records: times.map((timestampMs) => ({ timestampMs, key: null, value: null })),
      });
    const bounds = { messageTimestampBeforeMaxMs: HOUR, messageTimestampAfterMaxMs: HOUR };
    expect(attempt(at(now, now + HOUR), bounds, kit)).toBe(ErrorCode.NONE);
    expect(attempt(at(now, now + HOUR + 1), bounds)).toBe(ErrorCode.INVALID_TIMESTAMP);
    expect(attempt(at(now, now - HOUR - 1), bounds)).toBe(ErrorCode.INVALID_TIMESTAMP);
    expect(attempt(at(-1), bounds)).toBe(ErrorCode.NONE);
    expect(attempt(at(now - 1000 * HOUR))).toBe(ErrorCode.NONE);
  });

  test('LogAppendTime: the batch gets the broker\u2019s time under a new crc, and the answer tells it', () => {
    const kit = new LogFixture();
    const log = kit.open({ messageTimestampType: 'LogAppendTime' });
    const records = kit.batch(['a'], { records: [{ timestampMs: 5, key: null, value: null }] });
    kit.clock.advance(1234);
    expect(append(log, records).logAppendTimeMs).toBe(kit.clock.now());
    kit.endTurn();
    const [batch] = read(log);
    expect([batch?.timestampType, batch?.maxTimestamp, batch?.isValid()]).toEqual([
      'LogAppendTime',
      kit.clock.now(),
      true,
    ]);
  });

  test('a header that lies about its greatest timestamp is put right', () => {
    const kit = new LogFixture();
    const log = kit.open();
    append(
      log,
      forged(kit.batch(['a']), (batch) => batch.writeInt32BE(0, 35)),
    );
    kit.endTurn();
    expect(read(log)[0]?.maxTimestamp).toBe(kit.clock.now());
    expect(read(log)[0]?.isValid()).toBe(true);
  });

  test('compression.type: batches of another type are packed anew', () => {
    const kit = new LogFixture();
    const log = kit.open({ compressionType: 'gzip', compressionLevel: 1 });
    append(log, kit.batch(['a', 'b']));
    log.config = { ...defaultLogConfig, compressionType: 'uncompressed' };
    append(log, kit.batch(['c'], { compressionType: 'gzip' }));
    kit.endTurn();
    const [first, second] = read(log) as [RecordBatch, RecordBatch];
    expect([first.compressionType, second.compressionType]).toEqual(['gzip', 'none']);
    expect(gunzipSync(first.recordBytes).length).toBeGreaterThan(0);
    expect(recordsOf(second, { maxBytes: 1000 }).map(({ value }) => String(value))).toEqual(['c']);
    expect([first.isValid(), second.isValid(), second.baseOffset]).toEqual([true, true, 2]);
  });

  test('a batch of the right type passes through untouched but for offset and epoch', () => {
    const kit = new LogFixture();
    const log = kit.open({ compressionType: 'gzip' });
    const records = kit.batch(['a'], { compressionType: 'gzip' });
    const before = Buffer.from(records);
    append(log, records, 9);
    kit.endTurn();
    const [batch] = read(log);
    expect(batch?.bytes.subarray(16).equals(before.subarray(16))).toBe(true);
  });

  test('nothing has to be prepared for codecs that are there', () => {
    const kit = new LogFixture();
    expect(kit.open(compacted).preparationFor(kit.batch(['a'], { compressionType: 'gzip' }))).toBeUndefined();
    expect(kit.open().preparationFor(Buffer.alloc(3))).toBeUndefined();
  });
});
