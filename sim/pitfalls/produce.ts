/** Produce. */
import assert from 'node:assert/strict';
import { batchesOf, prepareCompression, RecordBatch } from '../../src/wire/records/index.ts';
import { DeleteRecordsRequest, DeleteRecordsResponse } from '../../src/wire/messages/index.ts';
import { AT, batch, changed, idempotent } from './batches.ts';
import { row, type Row } from './row.ts';
import { like, Produce, rawFrame, type Stage, type Topic } from './stage.ts';

const DeleteRecords = { request: DeleteRecordsRequest, response: DeleteRecordsResponse };
const DAY_MS = 86_400_000;
let producerIds = 7_000_000;

/** What is stored, batch by batch. */
async function stored(stage: Stage, topic: Topic, version = 12): Promise<RecordBatch[]> {
  const { records } = await stage.fetch(topic, 0, { version });
  return [...batchesOf(records ?? Buffer.alloc(0))];
}

const refused = { baseOffset: -1, logAppendTimeMs: -1, logStartOffset: -1 };

export const produce: readonly Row[] = [
  row('C-21', 'a wrong crc is CORRUPT_MESSAGE', async (stage) => {
    const wrong = batch(['a']);
    wrong.writeUInt32BE(12345, AT.crc);
    like(await stage.produce(await stage.topic(), wrong), { errorCode: 2, ...refused });
  }),
  row('C-21', 'more or less than one batch for a partition is INVALID_RECORD', async (stage) => {
    const topic = await stage.topic();
    like(await stage.produce(topic, Buffer.concat([batch(['a']), batch(['b'])])), { errorCode: 87 });
    like(await stage.produce(topic, Buffer.alloc(0)), { errorCode: 87 });
    assert.deepEqual(await stored(stage, topic), []);
  }),
  row('C-21', 'acks other than -1, 0 and 1 are INVALID_REQUIRED_ACKS', async (stage) => {
    const topic = await stage.topic();
    for (const acks of [5, 2, -2]) like(await stage.produce(topic, batch(['a']), { acks }), { errorCode: 21 });
    for (const acks of [-1, 1]) like(await stage.produce(topic, batch(['a']), { acks }), { errorCode: 0 });
  }),
  row('C-21', 'a compacted topic wants keys, and says which records have none', async (stage) => {
    const topic = await stage.topic({ 'cleanup.policy': 'compact' });
    const answer = await stage.produce(topic, batch([['k', 'v'], 'a', ['l', 'v'], 'b']));
    like(answer, { errorCode: 87, baseOffset: -1, logStartOffset: 0 });
    assert.deepEqual(
      answer.recordErrors.map(({ batchIndex }) => batchIndex),
      [1, 3],
    );
    assert.ok(
      answer.errorMessage !== null && answer.recordErrors.every((each) => each.batchIndexErrorMessage !== null),
    );
    like(await stage.produce(topic, batch([['k', 'v']])), { errorCode: 0, baseOffset: 0 });
  }),
  row('C-21', 'a batch larger than max.message.bytes is MESSAGE_TOO_LARGE', async (stage) => {
    const topic = await stage.topic({ 'max.message.bytes': '100' });
    like(await stage.produce(topic, batch(['x'.repeat(500)])), { errorCode: 10 });
    like(await stage.produce(topic, batch(['x'])), { errorCode: 0 });
  }),
  row('C-21', 'timestamps beyond what the topic takes are INVALID_TIMESTAMP', async (stage) => {
    const topic = await stage.topic({
      'message.timestamp.before.max.ms': '1000',
      'message.timestamp.after.max.ms': '1000',
    });
    for (const timestamp of [Date.now() - DAY_MS, Date.now() + DAY_MS]) {
      const answer = await stage.produce(topic, batch(['a'], { timestamps: [timestamp] }));
      like(answer, { errorCode: 32 });
      assert.deepEqual(
        answer.recordErrors.map(({ batchIndex }) => batchIndex),
        [0],
      );
    }
  }),
  row('C-21', 'clients write no control batches, and counts must agree', async (stage) => {
    const topic = await stage.topic();
    like(await stage.produce(topic, batch(['a'], { isControl: true })), { errorCode: 87 });
    const count = changed(batch(['a', 'b']), (bytes) => bytes.writeInt32BE(7, AT.recordCount));
    like(await stage.produce(topic, count), { errorCode: 87 });
    const delta = changed(batch(['a', 'b']), (bytes) => bytes.writeInt32BE(7, AT.lastOffsetDelta));
    like(await stage.produce(topic, delta), { errorCode: 87 });
  }),
  row('C-22', 'zstd needs Produce v7; Fetch gives it to any version', async (stage) => {
    await prepareCompression('zstd');
    const topic = await stage.topic();
    const zstd = batch(['a'.repeat(100)], { compressionType: 'zstd' });
    for (const version of [3, 6]) like(await stage.produce(topic, zstd, { version }), { errorCode: 76 });
    like(await stage.produce(topic, zstd, { version: 7 }), { errorCode: 0 });
    assert.deepEqual(
      (await stored(stage, topic, 4)).map(({ compressionType }) => compressionType),
      ['zstd'],
    );
  }),
  row('C-23', 'of an idempotent producer, the last five batches are known again by their offsets', async (stage) => {
    const topic = await stage.topic();
    const id = producerIds++;
    for (let sequence = 0; sequence < 7; sequence++) await stage.append(topic, idempotent(id, sequence));
    like(await stage.produce(topic, idempotent(id, 6)), { errorCode: 0, baseOffset: 6 });
    like(await stage.produce(topic, idempotent(id, 2)), { errorCode: 0, baseOffset: 2 });
    like(await stage.produce(topic, idempotent(id, 1)), { errorCode: 45 });
    like(await stage.produce(topic, idempotent(id, 9)), { errorCode: 45 });
    like(await stage.produce(topic, idempotent(id, 7)), { errorCode: 0, baseOffset: 7 });
  }),
  row('C-23', 'a new epoch begins at sequence 0, and the old one is INVALID_PRODUCER_EPOCH', async (stage) => {
    const topic = await stage.topic();
    const id = producerIds++;
    await stage.append(topic, idempotent(id, 0));
    like(await stage.produce(topic, idempotent(id, 5, 1)), { errorCode: 45 });
    like(await stage.produce(topic, idempotent(id, 0, 1)), { errorCode: 0, baseOffset: 1 });
    like(await stage.produce(topic, idempotent(id, 1, 0)), { errorCode: 47 });
  }),
  row('C-23', 'a producer that nobody knows may begin at any sequence', async (stage) => {
    const topic = await stage.topic();
    const id = producerIds++;
    like(await stage.produce(topic, idempotent(id, 5)), { errorCode: 0, baseOffset: 0 });
    like(await stage.produce(topic, idempotent(id, 7)), { errorCode: 45 });
    like(await stage.produce(topic, idempotent(id, 6)), { errorCode: 0, baseOffset: 1 });
  }),
  row('C-25', 'acks=all succeeds with min.insync.replicas 2 and one replica', async (stage) => {
    const topic = await stage.topic({ 'min.insync.replicas': '2' });
    like(await stage.produce(topic, batch(['a'])), { errorCode: 0, baseOffset: 0 });
  }),
  row('C-26', 'log append time is told, and stored with a crc that agrees', async (stage) => {
    const topic = await stage.topic({ 'message.timestamp.type': 'LogAppendTime' });
    const { logAppendTimeMs, errorCode } = await stage.produce(topic, batch(['a', 'b']));
    assert.equal(errorCode, 0);
    assert.ok(Math.abs(logAppendTimeMs - Date.now()) < 60_000);
    const [kept] = await stored(stage, topic);
    assert.deepEqual(
      [kept?.isValid(), kept?.timestampType, kept?.maxTimestamp],
      [true, 'LogAppendTime', logAppendTimeMs],
    );
    like(await stage.produce(await stage.topic(), batch(['a'])), { logAppendTimeMs: -1 });
  }),
  row(
    'C-26',
    'the topic decides about the time, not a client that marks its batch as log append time',
    async (stage) => {
      const topic = await stage.topic();
      const claimed = batch(['a'], { timestampType: 'LogAppendTime', logAppendTimeMs: 5 });
      like(await stage.produce(topic, claimed), { errorCode: 0, logAppendTimeMs: -1 });
      assert.deepEqual(
        (await stored(stage, topic)).map(({ timestampType }) => timestampType),
        ['CreateTime'],
      );
    },
  ),
  row('C-27', 'an append tells the log start offset, a refusal tells -1 for all', async (stage) => {
    const topic = await stage.topic();
    like(await stage.produce(topic, batch(['a'])), { errorCode: 0, baseOffset: 0, logStartOffset: 0 });
    like(await stage.produce(topic, batch(['a']), { partition: 9 }), { errorCode: 3, ...refused });
    like(await stage.produce({ name: stage.name('none'), topicId: '' }, batch(['a'])), { errorCode: 3, ...refused });
  }),
  row('C-27', 'the log start offset that is told moves with the records that are deleted', async (stage) => {
    const topic = await stage.topic();
    await stage.append(topic, batch(['a', 'b', 'c']));
    const { topics } = await stage.ask(DeleteRecords, 2, {
      topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, offset: 2 }] }],
      timeoutMs: 5000,
    });
    like(topics[0]?.partitions[0], { errorCode: 0, lowWatermark: 2 });
    like(await stage.produce(topic, batch(['d'])), { errorCode: 0, baseOffset: 3, logStartOffset: 2 });
    like(await stage.fetch(topic, 1), { errorCode: 1 });
  }),
  row('C-51', 'the message formats before 0.11 are gone', async (stage) => {
    assert.equal(Produce.request.versions[0], 3);
    await stage.refuses(rawFrame(1, 3, Buffer.alloc(32)));
    const topic = await stage.topic();
    for (const magic of [0, 1]) {
      const old = batch(['a']);
      old.writeInt8(magic, 16);
      assert.notEqual((await stage.produce(topic, old)).errorCode, 0);
    }
    assert.deepEqual(await stored(stage, topic), []);
  }),
];
