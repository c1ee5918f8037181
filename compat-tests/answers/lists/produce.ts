import { prepareCompression } from '../../../src/wire/records/index.ts';
import { AT, batch, changed, oldMessage, spoilt } from '../batches.ts';
import { conversation, type Conversation } from '../conversation.ts';
import type { Said } from '../fit.ts';
import type { Talk } from '../talk.ts';

interface Target {
  readonly name: string;
  readonly topicId: string;
}

/** Asks for an append, then what the log holds. */
async function produce(
  talk: Talk,
  label: string,
  topic: Target,
  records: Buffer | null,
  options: { readonly partition?: number; readonly acks?: number } = {},
): Promise<Said> {
  const { partition = 0, acks = -1 } = options;
  const value = {
    acks,
    timeoutMs: 5000,
    topicData: [{ ...topic, partitionData: [{ index: partition, records }] }],
  };
  return talk.ask(label, 'Produce', value, records === null ? { limitMs: 1000 } : {});
}

async function readBack(talk: Talk, topic: Target): Promise<void> {
  await talk.ask('what was stored', 'Fetch', {
    maxWaitMs: 0,
    minBytes: 0,
    maxBytes: 10_000_000,
    topics: [
      {
        topic: topic.name,
        topicId: topic.topicId,
        partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 10_000_000 }],
      },
    ],
  });
}

const noId = 'AAAAAAAAAAAAAAAAAAAAAA';
const unknownId = '0123456789abcdefABCDEg';
const two = batch(['a', 'b']);
const idempotent = (baseSequence: number, values = ['x'], producerId = 4_000_000, producerEpoch = 0): Buffer =>
  batch(values, { producerId, producerEpoch, baseSequence });

export const produceConversations: readonly Conversation[] = [
  conversation('Produce', 'plain appends', async (talk) => {
    const topic = await talk.topic('plain', { partitions: 2 });
    await produce(talk, 'acks -1', topic, two);
    await produce(talk, 'acks 1', topic, two, { acks: 1 });
    await produce(talk, 'another partition', topic, two, { partition: 1 });
    for (const acks of [2, -2, 5]) await produce(talk, `acks ${acks}`, topic, two, { acks });
    await produce(talk, 'unknown partition', topic, two, { partition: 2 });
    await produce(talk, 'negative partition', topic, two, { partition: -1 });
    await produce(talk, 'unknown topic', { name: talk.name('none'), topicId: unknownId }, two);
    await produce(talk, 'no topic', { name: '', topicId: noId }, two);
    await produce(talk, 'internal topic', { name: '__consumer_offsets', topicId: noId }, two);
    await produce(talk, 'bad topic name', { name: 'a/b', topicId: noId }, two);
    await talk.ask('no topics', 'Produce', { acks: -1, timeoutMs: 1000 });
    await talk.ask('default values but acks', 'Produce', { acks: 1 });
    await talk.ask('no partitions', 'Produce', { acks: -1, timeoutMs: 1000, topicData: [{ ...topic }] });
    await talk.ask('several partitions, some of them wrong', 'Produce', {
      acks: -1,
      timeoutMs: 1000,
      topicData: [
        {
          ...topic,
          partitionData: [
            { index: 7, records: two },
            { index: 1, records: two },
            { index: 0, records: spoilt(two, (bytes) => bytes.writeInt32BE(1, AT.crc)) },
          ],
        },
        { name: talk.name('none'), topicId: unknownId, partitionData: [{ index: 0, records: two }] },
      ],
    });
    await talk.ask('the same partition twice', 'Produce', {
      acks: -1,
      timeoutMs: 1000,
      topicData: [
        {
          ...topic,
          partitionData: [
            { index: 0, records: two },
            { index: 0, records: two },
          ],
        },
      ],
    });
    await talk.ask('the same topic twice', 'Produce', {
      acks: -1,
      timeoutMs: 1000,
      topicData: [
        { ...topic, partitionData: [{ index: 1, records: two }] },
        { ...topic, partitionData: [{ index: 1, records: two }] },
      ],
    });
    await talk.ask('negative timeout', 'Produce', {
      acks: -1,
      timeoutMs: -5,
      topicData: [{ ...topic, partitionData: [{ index: 0, records: two }] }],
    });
    await talk.ask('several topics, in the order of asking', 'Produce', {
      acks: -1,
      timeoutMs: 1000,
      topicData: ['x', 'm', 'a', 'z', 'b', 'k'].map((name, i) => ({
        name: talk.name(name),
        topicId: `AAAAAAAAAAAAAAAAAAAA${i}Q`,
        partitionData: [{ index: 0, records: two }],
      })),
    });
    await readBack(talk, topic);
  }),
  conversation('Produce', 'acks 0', async (talk) => {
    const topic = await talk.topic('quiet');
    const append = (name: Target, records: Buffer | null): Said => ({
      acks: 0,
      timeoutMs: 1000,
      topicData: [{ ...name, partitionData: [{ index: 0, records }] }],
    });
    await talk.askWithoutAnswer('no answer', 'Produce', append(topic, two));
    await talk.askWithoutAnswer(
      'wrong crc',
      'Produce',
      append(
        topic,
        spoilt(two, (bytes) => bytes.writeInt32BE(1, AT.crc)),
      ),
    );
    await talk.askWithoutAnswer('unknown topic', 'Produce', append({ name: 'none', topicId: unknownId }, two));
    await talk.askWithoutAnswer('default values', 'Produce', {});
    await readBack(talk, topic);
  }),
  conversation('Produce', 'records that are wrong', async (talk) => {
    const topic = await talk.topic('strict');
    const wrong: Readonly<Record<string, Buffer | null>> = {
      'empty records': Buffer.alloc(0),
      'one byte': Buffer.alloc(1),
      'sixty zero bytes': Buffer.alloc(60),
      'sixty-one zero bytes': Buffer.alloc(61),
      'a header cut short': two.subarray(0, 40),
      'records cut short': two.subarray(0, two.length - 3),
      'bytes behind the batch': Buffer.concat([two, Buffer.alloc(5)]),
      'two batches': Buffer.concat([two, two]),
      'two batches, the second one cut short': Buffer.concat([two, two.subarray(0, 50)]),
      'wrong crc': spoilt(two, (bytes) => bytes.writeInt32BE(1, AT.crc)),
      'a record changed': spoilt(two, (bytes) => bytes.writeInt8(0x55, bytes.length - 2)),
      'magic 0': oldMessage(0, 'a'),
      'magic 1': oldMessage(1, 'a'),
      'magic 3': spoilt(two, (bytes) => bytes.writeInt8(3, AT.magic)),
      'magic -1': spoilt(two, (bytes) => bytes.writeInt8(-1, AT.magic)),
      'a batch in the format of magic 1': spoilt(two, (bytes) => bytes.writeInt8(1, AT.magic)),
      'length 0': spoilt(two, (bytes) => bytes.writeInt32BE(0, AT.batchLength)),
      'length -1': spoilt(two, (bytes) => bytes.writeInt32BE(-1, AT.batchLength)),
      'length too small': spoilt(two, (bytes) => bytes.writeInt32BE(20, AT.batchLength)),
      'length one less': spoilt(two, (bytes) => bytes.writeInt32BE(two.length - 13, AT.batchLength)),
      'length too large': spoilt(two, (bytes) => bytes.writeInt32BE(two.length, AT.batchLength)),
      'control batch': batch(['a'], { isControl: true }),
      'transactional without a producer': batch(['a'], { isTransactional: true }),
      'no records in a batch': batch([]),
      'count 0': changed(two, (bytes) => bytes.writeInt32BE(0, AT.recordCount)),
      'count -1': changed(two, (bytes) => bytes.writeInt32BE(-1, AT.recordCount)),
      'count too small': changed(two, (bytes) => bytes.writeInt32BE(1, AT.recordCount)),
      'count too large': changed(two, (bytes) => bytes.writeInt32BE(3, AT.recordCount)),
      'last offset delta too small': changed(two, (bytes) => bytes.writeInt32BE(0, AT.lastOffsetDelta)),
      'last offset delta too large': changed(two, (bytes) => bytes.writeInt32BE(7, AT.lastOffsetDelta)),
      'last offset delta -1': changed(two, (bytes) => bytes.writeInt32BE(-1, AT.lastOffsetDelta)),
      'count and last offset delta too large': changed(two, (bytes) => {
        bytes.writeInt32BE(2, AT.lastOffsetDelta);
        bytes.writeInt32BE(3, AT.recordCount);
      }),
      'count and last offset delta too small': changed(two, (bytes) => {
        bytes.writeInt32BE(0, AT.lastOffsetDelta);
        bytes.writeInt32BE(1, AT.recordCount);
      }),
      'record of length 0': changed(two, (bytes) => bytes.writeInt8(0, AT.records)),
      'record longer than the batch': changed(two, (bytes) => bytes.writeInt8(126, AT.records)),
      'key longer than the record': changed(two, (bytes) => bytes.writeInt8(60, AT.records + 4)),
      'key length -2': changed(two, (bytes) => bytes.writeInt8(3, AT.records + 4)),
      'unused attribute bits': changed(two, (bytes) => bytes.writeInt16BE(0x700, AT.attributes)),
      'delete horizon bit': changed(two, (bytes) => bytes.writeInt16BE(0x40, AT.attributes)),
      'log append time bit': changed(two, (bytes) => bytes.writeInt16BE(8, AT.attributes)),
      'max timestamp that lies': changed(two, (bytes) => bytes.writeBigInt64BE(5n, AT.maxTimestamp)),
      'max timestamp -1': changed(two, (bytes) => bytes.writeBigInt64BE(-1n, AT.maxTimestamp)),
      'base timestamp -1': changed(two, (bytes) => bytes.writeBigInt64BE(-1n, AT.baseTimestamp)),
      'a base offset of its own': spoilt(two, (bytes) => bytes.writeBigInt64BE(1234n, 0)),
      'a negative base offset': spoilt(two, (bytes) => bytes.writeBigInt64BE(-1234n, 0)),
      'a leader epoch of its own': spoilt(two, (bytes) => bytes.writeInt32BE(77, AT.leaderEpoch)),
      'a base sequence without a producer': changed(two, (bytes) => bytes.writeInt32BE(3, AT.baseSequence)),
      'an epoch without a producer': changed(two, (bytes) => bytes.writeInt16BE(3, AT.producerEpoch)),
      'a null value': batch([null, ['k', null]]),
    };
    for (const [label, records] of Object.entries(wrong)) await produce(talk, label, topic, records);
    await readBack(talk, topic);
  }),
  conversation('Produce', 'records that Apache Kafka judges otherwise', async (talk) => {
    await prepareCompression('gzip');
    const zipped = batch(['a'.repeat(100), 'b'], { compressionType: 'gzip' });
    const wrong: Readonly<Record<string, Buffer>> = {
      'unknown compression 5': changed(two, (bytes) => bytes.writeInt16BE(5, AT.attributes)),
      'unknown compression 7': changed(two, (bytes) => bytes.writeInt16BE(7, AT.attributes)),
      'said to be gzip': changed(two, (bytes) => bytes.writeInt16BE(1, AT.attributes)),
      'said to be snappy': changed(two, (bytes) => bytes.writeInt16BE(2, AT.attributes)),
      'said to be lz4': changed(two, (bytes) => bytes.writeInt16BE(3, AT.attributes)),
      'gzip that breaks off': changed(zipped.subarray(0, -10), (bytes) =>
        bytes.writeInt32BE(bytes.length - 12, AT.batchLength),
      ),
      'offset deltas that do not rise': changed(two, (bytes) => bytes.writeInt8(4, AT.records + 3)),
    };
    const topic = await talk.topic('strict', { partitions: 7 });
    for (const [partition, [label, records]] of Object.entries(wrong).entries())
      await produce(talk, label, topic, records, { partition });
    for (const type of ['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd']) {
      const stored = await talk.topic(`stored-${type}`, { configs: { 'compression.type': type } });
      const garbled = changed(two, (bytes) => bytes.writeInt16BE(1, AT.attributes));
      await produce(talk, `garbled gzip, stored as ${type}`, stored, garbled);
    }
  }),
  conversation('Produce', 'null for records', async (talk) => {
    const topic = await talk.topic('null');
    await produce(talk, 'null records', topic, null);
  }),
  conversation('Produce', 'sizes', async (talk) => {
    const topic = await talk.topic('small', { configs: { 'max.message.bytes': '200' } });
    const sized = (bytes: number): Buffer => batch(['v'.repeat(bytes - batch(['']).length - 2)]);
    for (const bytes of [199, 200, 201, 5000]) await produce(talk, `${sized(bytes).length} bytes`, topic, sized(bytes));
    const segment = await talk.topic('segment', {
      configs: { 'segment.bytes': '1048576', 'max.message.bytes': '5000000' },
    });
    await produce(talk, 'larger than a segment', segment, batch(['v'.repeat(1_100_000)]));
    const zero = await talk.topic('zero', { configs: { 'max.message.bytes': '0' } });
    await produce(talk, 'nothing is small enough', zero, two);
    await readBack(talk, topic);
  }),
  conversation('Produce', 'compression', async (talk) => {
    await Promise.all((['gzip', 'snappy', 'lz4', 'zstd'] as const).map((type) => prepareCompression(type)));
    const compressed = (compressionType: 'gzip' | 'snappy' | 'lz4' | 'zstd'): Buffer =>
      batch(['a'.repeat(100), ['k', 'b']], { compressionType });
    const topic = await talk.topic('as-produced');
    for (const type of ['gzip', 'snappy', 'lz4', 'zstd'] as const) await produce(talk, type, topic, compressed(type));
    await produce(talk, 'zstd in two batches', topic, Buffer.concat([compressed('zstd'), compressed('zstd')]));
    await readBack(talk, topic);
    for (const type of ['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd']) {
      const stored = await talk.topic(`stored-${type}`, { configs: { 'compression.type': type } });
      await produce(talk, `uncompressed, stored as ${type}`, stored, two);
      await produce(talk, `gzip, stored as ${type}`, stored, compressed('gzip'));
      await produce(talk, `zstd, stored as ${type}`, stored, compressed('zstd'));
      await produce(
        talk,
        `compressed, and the count lies, stored as ${type}`,
        stored,
        changed(compressed('gzip'), (bytes) => bytes.writeInt32BE(9, AT.recordCount)),
      );
      await readBack(talk, stored);
    }
  }),
  conversation('Produce', 'compacted topics', async (talk) => {
    const topic = await talk.topic('compacted', { configs: { 'cleanup.policy': 'compact' } });
    await produce(
      talk,
      'with keys',
      topic,
      batch([
        ['k', 'v'],
        ['k', null],
      ]),
    );
    await produce(talk, 'without keys', topic, two);
    await produce(talk, 'one without a key', topic, batch([['k', 'v'], 'a', ['', 'v'], 'b']));
    const both = await talk.topic('compacted-and-deleted', { configs: { 'cleanup.policy': 'compact,delete' } });
    await produce(talk, 'without keys, compact and delete', both, two);
    await readBack(talk, topic);
  }),
  conversation('Produce', 'timestamps', async (talk) => {
    const at = (...timestamps: number[]): Buffer =>
      batch([], { records: timestamps.map((timestampMs) => ({ timestampMs, key: null, value: Buffer.from('v') })) });
    const now = Date.now();
    const free = await talk.topic('free');
    await produce(talk, 'timestamp -1', free, at(-1));
    await produce(talk, 'timestamp -2', free, at(-2));
    await produce(talk, 'timestamp 0', free, at(0));
    await produce(talk, 'in two hours', free, at(now + 7_200_000));
    await produce(talk, 'in half an hour', free, at(now + 1_800_000));
    const bound = await talk.topic('bound', {
      configs: { 'message.timestamp.before.max.ms': '60000', 'message.timestamp.after.max.ms': '60000' },
    });
    await produce(talk, 'now', bound, at(now));
    await produce(talk, 'too old', bound, at(now - 120_000));
    await produce(talk, 'too new', bound, at(now + 120_000));
    await produce(talk, 'one of them too old', bound, at(now, now - 120_000, now, 5));
    await produce(talk, 'without a timestamp', bound, at(-1));
    const appended = await talk.topic('append-time', { configs: { 'message.timestamp.type': 'LogAppendTime' } });
    await produce(talk, 'log append time', appended, at(5, 6));
    await produce(talk, 'log append time, marked as such', appended, batch(['a'], { timestampType: 'LogAppendTime' }));
    await produce(talk, 'log append time, far future', appended, at(now * 2));
    await prepareCompression('gzip');
    await produce(talk, 'log append time, compressed', appended, batch(['a', 'b'], { compressionType: 'gzip' }));
    await readBack(talk, appended);
    const created = await talk.topic('create-time');
    await produce(talk, 'create time, marked as log append', created, batch(['a'], { timestampType: 'LogAppendTime' }));
    await readBack(talk, created);
  }),
  conversation('Produce', 'idempotent producers', async (talk) => {
    const topic = await talk.topic('sequences');
    for (const first of [0, 1, 2, 3, 4, 5, 6]) await produce(talk, `sequence ${first}`, topic, idempotent(first));
    await produce(talk, 'the last once more', topic, idempotent(6));
    await produce(talk, 'the fifth last once more', topic, idempotent(2));
    await produce(talk, 'the sixth last once more', topic, idempotent(1));
    await produce(talk, 'a gap', topic, idempotent(9));
    await produce(talk, 'the last with more records', topic, idempotent(6, ['x', 'y']));
    await produce(talk, 'two at once', topic, idempotent(7, ['x', 'y']));
    await produce(talk, 'half of the last', topic, idempotent(8));
    await produce(talk, 'two at once, once more', topic, idempotent(7, ['x', 'y']));
    await produce(talk, 'next epoch, sequence not 0', topic, idempotent(9, ['x'], 4_000_000, 1));
    await produce(talk, 'next epoch', topic, idempotent(0, ['x'], 4_000_000, 1));
    await produce(talk, 'old epoch', topic, idempotent(9));
    await produce(talk, 'old epoch, a duplicate', topic, idempotent(7, ['x', 'y']));
    await produce(talk, 'an epoch further on', topic, idempotent(0, ['x'], 4_000_000, 7));
    await produce(talk, 'sequence -1', topic, idempotent(-1, ['x'], 4_000_000, 7));
    await produce(talk, 'unknown producer, sequence not 0', topic, idempotent(5, ['x'], 5_000_000));
    await produce(talk, 'unknown producer, goes on', topic, idempotent(6, ['x'], 5_000_000));
    await produce(talk, 'unknown producer, begins anew', topic, idempotent(0, ['x'], 5_000_000));
    await produce(talk, 'epoch -1', topic, idempotent(0, ['x'], 6_000_000, -1));
    await produce(talk, 'producer id -2', topic, idempotent(0, ['x'], -2, 0));
    await produce(talk, 'sequence at the end of the range', topic, idempotent(2147483646, ['x', 'y'], 7_000_000));
    await produce(talk, 'sequence wraps', topic, idempotent(0, ['x'], 7_000_000));
    await produce(talk, 'sequence wraps inside a batch', topic, idempotent(2147483647, ['x', 'y', 'z'], 8_000_000));
    await produce(talk, 'goes on after the wrap', topic, idempotent(2, ['x'], 8_000_000));
    await produce(
      talk,
      'two batches of a producer',
      topic,
      Buffer.concat([idempotent(0, ['x'], 9_000_000), idempotent(1, ['x'], 9_000_000)]),
    );
    await produce(
      talk,
      'wrong crc',
      topic,
      spoilt(idempotent(3, ['x'], 8_000_000), (b) => b.writeInt32BE(1, AT.crc)),
    );
    await produce(talk, 'after the wrong crc', topic, idempotent(3, ['x'], 8_000_000));
    await readBack(talk, topic);
  }),
  conversation(
    'Produce',
    'transactional ids',
    async (talk) => {
      const topic = await talk.topic('transactional');
      const transactionalId = talk.name('txn');
      const append = (id: string | null, records: Buffer): Said => ({
        transactionalId: id,
        acks: -1,
        timeoutMs: 1000,
        topicData: [{ ...topic, partitionData: [{ index: 0, records }] }],
      });
      const transactional = batch(['a'], {
        isTransactional: true,
        producerId: 3_000_000,
        producerEpoch: 0,
        baseSequence: 0,
      });
      await talk.ask('transactional id, plain records', 'Produce', append(transactionalId, two));
      await talk.ask('transactional id, transactional records', 'Produce', append(transactionalId, transactional));
      await talk.ask('transactional records without an id', 'Produce', append(null, transactional));
      await talk.ask('empty transactional id', 'Produce', append('', two));
      await readBack(talk, topic);
    },
    // Of requests that wait together for the coordinator Apache Kafka gives all the errors of the first one's version.
    { alone: true },
  ),
];
