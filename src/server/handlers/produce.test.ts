import { describe, expect, test } from '@jest/globals';
import { batchOf, broker, client, createTopic, fetchFrom, produceTo, Produce } from '../../../sim/broker.ts';
import { encodeRequestFrame, ErrorCode } from '../../wire/index.ts';
import { ProduceRequest } from '../../wire/messages/index.ts';
import { crc32c, RecordBatch } from '../../wire/records/index.ts';

describe('Produce', () => {
  test.each([3, 5, 7, 8, 9, 10, 11, 12])('v%d appends and answers with the base offset', async (version) => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    expect(await produceTo(wire, 'orders', batchOf(['a', 'b']), { version })).toMatchObject({
      errorCode: 0,
      baseOffset: 0,
      logAppendTimeMs: -1,
    });
    expect(await produceTo(wire, 'orders', batchOf(['c']), { version })).toMatchObject({ errorCode: 0, baseOffset: 2 });
  });

  test('v13 names topics by id; an unknown id is UNKNOWN_TOPIC_ID', async () => {
    const wire = await client(await broker());
    const topicId = await createTopic(wire, 'orders');
    const partitionData = [{ index: 0, records: batchOf(['a']) }];
    const { responses } = await wire.request(Produce, 13, {
      acks: 1,
      timeoutMs: 1000,
      topicData: [
        { topicId, partitionData },
        { topicId: 'AAAAAAAAAAAAAAAAAAAAAQ', partitionData },
      ],
    });
    expect(responses.map((topic) => topic.partitionResponses[0]?.errorCode)).toEqual([
      ErrorCode.NONE,
      ErrorCode.UNKNOWN_TOPIC_ID,
    ]);
  });

  test('what is stored is what was sent, with offset and leader epoch written in', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    await produceTo(wire, 'orders', batchOf(['a', 'b']));
    const sent = batchOf(['c']);
    await produceTo(wire, 'orders', sent);
    const { records } = await fetchFrom(wire, 'orders', 2);
    const stored = new RecordBatch(records as Buffer);
    expect(stored.baseOffset).toBe(2);
    expect(stored.isValid()).toBe(true);
    expect((records as Buffer).subarray(16)).toEqual(sent.subarray(16));
  });

  test('several requests in flight on one connection keep their order', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => produceTo(wire, 'orders', batchOf([`${i}`]))),
    );
    expect(answers.map(({ baseOffset }) => baseOffset)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  test('acks outside -1, 0 and 1 are INVALID_REQUIRED_ACKS (C-21)', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    expect(await produceTo(wire, 'orders', batchOf(['a']), { acks: 5 })).toMatchObject({
      errorCode: ErrorCode.INVALID_REQUIRED_ACKS,
      baseOffset: -1,
    });
  });

  test('acks=0 gets no answer: the first frame to come back answers the next request', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    const topicData = [{ name: 'orders', partitionData: [{ index: 0, records: batchOf(['a']) }] }];
    for (const chunk of encodeRequestFrame(
      ProduceRequest,
      9,
      { correlationId: 99, clientId: null },
      { acks: 0, timeoutMs: 0, topicData },
    ))
      wire.send(chunk);
    expect((await fetchFrom(wire, 'orders', 0)).highWatermark).toBe(1);
  });

  test('an acks=0 append that fails closes the connection', async () => {
    const wire = await client(await broker());
    await expect(produceTo(wire, 'no-such-topic', batchOf(['a']), { acks: 0 })).rejects.toThrow('closed');
  });

  test('what came in behind an acks=0 append that fails is not appended', async () => {
    const started = await broker();
    const wire = await client(started);
    await createTopic(wire, 'orders');
    const append = (name: string, acks: number): Buffer[] =>
      encodeRequestFrame(
        ProduceRequest,
        9,
        { correlationId: 1, clientId: null },
        { acks, timeoutMs: 0, topicData: [{ name, partitionData: [{ index: 0, records: batchOf(['a']) }] }] },
      );
    wire.send(Buffer.concat([...append('orders', 0), ...append('no-such-topic', 0), ...append('orders', -1)]));
    await wire.closed;
    expect((await fetchFrom(await client(started), 'orders', 0)).highWatermark).toBe(1);
  });

  test.each([
    ['a batch whose crc is wrong', ErrorCode.CORRUPT_MESSAGE, () => flip(batchOf(['abc']), -1)],
    ['two batches for one partition', ErrorCode.INVALID_RECORD, () => Buffer.concat([batchOf(['a']), batchOf(['b'])])],
    ['no batch at all', ErrorCode.INVALID_RECORD, () => Buffer.alloc(0)],
    ['a batch larger than max.message.bytes', ErrorCode.MESSAGE_TOO_LARGE, () => batchOf(['x'.repeat(2_000_000)])],
    ['a control batch', ErrorCode.INVALID_RECORD, () => batchOf(['a'], { isControl: true })],
  ])('%s is refused with error %d', async (_what, errorCode, records) => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    expect(await produceTo(wire, 'orders', records())).toMatchObject({ errorCode, baseOffset: -1 });
    expect((await fetchFrom(wire, 'orders', 0)).highWatermark).toBe(0);
  });

  test('zstd before v7 is UNSUPPORTED_COMPRESSION_TYPE (C-22)', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    const records = batchOf(['a']);
    records.writeInt16BE(4, 21);
    expect(await produceTo(wire, 'orders', records, { version: 3 })).toMatchObject({
      errorCode: ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
    });
  });

  test.each([3, 6, 7])('v%d: a compression type that does not exist is UNKNOWN_SERVER_ERROR', async (version) => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    const records = batchOf(['a']);
    records.writeInt16BE(5, 21);
    records.writeUInt32BE(crc32c(records, 21, records.length), 17);
    expect(await produceTo(wire, 'orders', records, { version })).toMatchObject({
      errorCode: ErrorCode.UNKNOWN_SERVER_ERROR,
      logStartOffset: version < 7 ? -1 : 0,
    });
  });

  test('a record without a key on a compacted topic is INVALID_RECORD, naming the record (KIP-467)', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'latest', 1, { 'cleanup.policy': 'compact' });
    const answer = await produceTo(wire, 'latest', batchOf([['k', 'v'], 'keyless']));
    expect(answer.errorCode).toBe(ErrorCode.INVALID_RECORD);
    expect(answer.recordErrors.map(({ batchIndex }) => batchIndex)).toEqual([1]);
    expect((await produceTo(wire, 'latest', batchOf([['k', 'v']]))).errorCode).toBe(0);
  });

  test('LogAppendTime is told and stored (C-26)', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'stamped', 1, { 'message.timestamp.type': 'LogAppendTime' });
    const { logAppendTimeMs } = await produceTo(wire, 'stamped', batchOf(['a']));
    expect(logAppendTimeMs).toBeGreaterThan(1_600_000_000_000);
    const stored = new RecordBatch((await fetchFrom(wire, 'stamped', 0)).records as Buffer);
    expect(stored).toMatchObject({ timestampType: 'LogAppendTime', maxTimestamp: logAppendTimeMs });
    expect(stored.isValid()).toBe(true);
  });

  test('timestamps outside message.timestamp.before.max.ms are INVALID_TIMESTAMP', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'fresh', 1, { 'message.timestamp.before.max.ms': '1000' });
    expect((await produceTo(wire, 'fresh', batchOf(['old']))).errorCode).toBe(ErrorCode.INVALID_TIMESTAMP);
  });

  test('clients may not write to internal topics', async () => {
    const wire = await client(await broker());
    expect((await produceTo(wire, '__consumer_offsets', batchOf([['k', 'v']]))).errorCode).toBe(
      ErrorCode.INVALID_TOPIC_EXCEPTION,
    );
  });

  test('transactional records without a transactional id are refused, with all that came along', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    const records = batchOf(['a'], { isTransactional: true, producerId: 7, producerEpoch: 0, baseSequence: 0 });
    const { responses } = await wire.request(Produce, 9, {
      acks: -1,
      timeoutMs: 1000,
      topicData: [
        {
          name: 'orders',
          partitionData: [
            { index: 0, records },
            { index: 5, records: batchOf(['a']) },
          ],
        },
      ],
    });
    expect(responses[0]?.partitionResponses.map(({ errorCode }) => errorCode)).toEqual([
      ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
      ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    ]);
    expect(await fetchFrom(wire, 'orders', 0)).toMatchObject({ highWatermark: 0, lastStableOffset: 0 });
  });

  test('of a partition that is named twice the last batch counts', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    const of = (value: string) => ({ name: 'orders', partitionData: [{ index: 0, records: batchOf([value]) }] });
    const topicData = [of('first'), of('last')];
    const { responses } = await wire.request(Produce, 9, { acks: -1, timeoutMs: 1000, topicData });
    expect(responses).toMatchObject([{ name: 'orders', partitionResponses: [{ errorCode: 0, baseOffset: 0 }] }]);
    expect((await fetchFrom(wire, 'orders', 0)).highWatermark).toBe(1);
  });

  test('an idempotent producer: duplicates of the last five batches get their offsets again, older ones and gaps are refused (C-23)', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    const send = (baseSequence: number, producerEpoch = 0) =>
      produceTo(wire, 'orders', batchOf([`${baseSequence}`], { producerId: 7, producerEpoch, baseSequence }));
    for (let sequence = 0; sequence < 7; sequence++)
      expect(await send(sequence)).toMatchObject({ errorCode: 0, baseOffset: sequence });
    expect(await send(6)).toMatchObject({ errorCode: 0, baseOffset: 6 });
    expect(await send(2)).toMatchObject({ errorCode: 0, baseOffset: 2 });
    expect((await send(1)).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    expect((await send(9)).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    expect((await send(3, 1)).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    expect(await send(0, 1)).toMatchObject({ errorCode: 0, baseOffset: 7 });
    expect((await send(7, 0)).errorCode).toBe(ErrorCode.INVALID_PRODUCER_EPOCH);
  });
});

function flip(buffer: Buffer, at: number): Buffer {
  const index = at < 0 ? buffer.length + at : at;
  buffer[index] = (buffer[index] as number) ^ 0xff;
  return buffer;
}
