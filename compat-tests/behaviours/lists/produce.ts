import assert from 'node:assert/strict';
import { behaviour, refused } from '../behaviour.ts';
import type { ConsumedRecord, ProducedRecord } from '../client.ts';

const twenty: readonly ProducedRecord[] = Array.from({ length: 20 }, (_, i) => ({
  key: `key-${i}`,
  value: `value ${i} čšž ${'pad '.repeat(50)}`,
}));

/** Where Kafka's default partitioner (murmur2) puts `key-0` to `key-11` among twelve partitions. */
const partitionOfKey = [1, 0, 2, 11, 9, 8, 8, 7, 7, 9, 2, 1];

const content = (records: readonly ConsumedRecord[]): [string | null, string | null][] =>
  records.map(({ key, value }) => [key, value]);

const compressed = (['gzip', 'snappy', 'lz4', 'zstd'] as const).map((compression) =>
  behaviour(
    `produces with ${compression} and reads back`,
    ['produce', 'consume'],
    async (client, stage) => {
      const topic = await stage.topic();
      await client.produce({ topic, records: twenty, compression });
      const read = await client.consume({ topic, from: 'earliest', count: 20 });
      assert.deepEqual(
        content(read),
        twenty.map(({ key, value }) => [key, value]),
      );
    },
    [compression],
  ),
);

const recompressed = (['gzip', 'snappy', 'lz4', 'zstd', 'uncompressed'] as const).map((type) =>
  behaviour(
    `reads from a topic that the broker keeps ${type}`,
    ['produce', 'consume'],
    async (client, stage) => {
      const topic = await stage.topic(1, { 'compression.type': type });
      await client.produce({ topic, records: twenty });
      const read = await client.consume({ topic, from: 'earliest', count: 20 });
      assert.deepEqual(
        content(read),
        twenty.map(({ key, value }) => [key, value]),
      );
    },
    type === 'uncompressed' ? [] : type === 'snappy' ? [type, 'framed snappy'] : [type],
  ),
);

export const produceBehaviours = [
  behaviour('produces without compression and reads back', ['produce', 'consume'], async (client, stage) => {
    const topic = await stage.topic();
    await client.produce({ topic, records: twenty });
    const read = await client.consume({ topic, from: 'earliest', count: 20 });
    assert.deepEqual(
      content(read),
      twenty.map(({ key, value }) => [key, value]),
    );
    assert.deepEqual(
      read.map(({ offset }) => offset),
      twenty.map((_, i) => i),
    );
  }),

  ...compressed,
  ...recompressed,

  behaviour(
    'produces headers, one of them empty',
    ['produce', 'consume'],
    async (client, stage) => {
      const topic = await stage.topic();
      const headers = [
        ['trace', 'abc123'],
        ['empty', ''],
        ['word', 'żółw'],
      ] as const;
      await client.produce({ topic, records: [{ key: 'k', value: 'v', headers }] });
      const [read] = await client.consume({ topic, from: 'earliest', count: 1 });
      assert.deepEqual(read?.headers, headers);
    },
    ['headers'],
  ),

  behaviour(
    'keeps null keys and null values apart from empty ones',
    ['produce', 'consume'],
    async (client, stage) => {
      const topic = await stage.topic();
      const records = [
        { key: null, value: 'no key' },
        { key: 'deleted', value: null },
        { key: 'empty', value: '' },
      ];
      for (const record of records) await client.produce({ topic, records: [record] });
      const read = await client.consume({ topic, from: 'earliest', count: 3 });
      assert.deepEqual(content(read), [
        [null, 'no key'],
        ['deleted', null],
        ['empty', ''],
      ]);
    },
    ['empty values'],
  ),

  behaviour('produces records of 1 MB', ['produce', 'consume'], async (client, stage) => {
    const topic = await stage.topic();
    const values = ['a', 'b', 'c'].map((letter) => `${letter}0123456789`.repeat(100_000).slice(0, 1_000_000));
    for (const value of values) await client.produce({ topic, records: [{ value }] });
    const read = await client.consume({ topic, from: 'earliest', count: 3 });
    assert.ok(
      values.every((value, i) => read[i]?.value === value),
      'a value came back changed',
    );
  }),

  behaviour('a record above max.message.bytes is refused (MESSAGE_TOO_LARGE)', ['produce'], async (client, stage) => {
    const topic = await stage.topic(1, { 'max.message.bytes': '1000' });
    await client.produce({ topic, records: [{ value: 'fits' }] });
    await refused(10, client.produce({ topic, records: [{ value: 'x'.repeat(5000) }] }), stage);
  }),

  behaviour(
    'a record without key is refused on a compacted topic (INVALID_RECORD)',
    ['produce'],
    async (client, stage) => {
      const topic = await stage.topic(1, { 'cleanup.policy': 'compact' });
      await client.produce({ topic, records: [{ key: 'k', value: 'v' }] });
      await refused(87, client.produce({ topic, records: [{ value: 'v' }] }), stage);
    },
  ),

  behaviour('puts keys where murmur2 says', ['produce', 'consume'], async (client, stage) => {
    const topic = await stage.topic(12);
    const records = partitionOfKey.map((_, i) => ({ key: `key-${i}`, value: 'v' }));
    await client.produce({ topic, records });
    await client.produce({ topic, records });
    const read = await client.consume({ topic, from: 'earliest', count: 24 });
    const expected = [...records.keys(), ...records.keys()].map((i) => `key-${i} in ${partitionOfKey[i]}`);
    assert.deepEqual(read.map(({ key, partition }) => `${key} in ${partition}`).sort(), expected.sort());
  }),

  behaviour(
    'produces to the partition it names',
    ['produce', 'consume'],
    async (client, stage) => {
      const topic = await stage.topic(3);
      await client.produce({ topic, records: [2, 0, 2].map((partition) => ({ partition, value: `to ${partition}` })) });
      const read = await client.consume({ topic, from: 'earliest', partition: 2, count: 2 });
      assert.deepEqual(
        read.map(({ value, offset }) => [value, offset]),
        [
          ['to 2', 0],
          ['to 2', 1],
        ],
      );
    },
    ['partitions'],
  ),

  ...([0, 1, -1] as const).map((acks) =>
    behaviour(
      `produces with acks=${acks === -1 ? 'all' : acks}`,
      ['produce', 'consume'],
      async (client, stage) => {
        const topic = await stage.topic();
        await client.produce({ topic, records: twenty, acks });
        const read = await client.consume({ topic, from: 'earliest', count: 20 });
        assert.deepEqual(
          content(read),
          twenty.map(({ key, value }) => [key, value]),
        );
      },
      ['acks'],
    ),
  ),

  behaviour('produces idempotently, batch after batch', ['produce', 'consume'], async (client, stage) => {
    const topic = await stage.topic();
    for (const round of [0, 1, 2]) {
      await client.produce({
        topic,
        records: twenty.map(({ key }) => ({ key: key ?? null, value: `round ${round}` })),
        idempotent: true,
      });
    }
    const read = await client.consume({ topic, from: 'earliest', count: 60 });
    assert.deepEqual(
      read.map(({ offset, value }) => [offset, value]),
      read.map((_, i) => [i, `round ${Math.floor(i / 20)}`]),
    );
  }),

  behaviour(
    'keeps the timestamps of the client',
    ['produce', 'consume'],
    async (client, stage) => {
      const topic = await stage.topic();
      await client.produce({
        topic,
        records: [5_000, 1_000, 9_000].map((timestampMs) => ({ timestampMs, value: 'v' })),
      });
      const read = await client.consume({ topic, from: 'earliest', count: 3 });
      assert.deepEqual(
        read.map(({ timestampMs }) => timestampMs),
        [5_000, 1_000, 9_000],
      );
    },
    ['timestamps'],
  ),

  behaviour(
    'the broker stamps records where message.timestamp.type=LogAppendTime',
    ['produce', 'consume'],
    async (client, stage) => {
      const topic = await stage.topic(1, { 'message.timestamp.type': 'LogAppendTime' });
      const before = Date.now();
      await client.produce({ topic, records: [1_000, 2_000].map((timestampMs) => ({ timestampMs, value: 'v' })) });
      const read = await client.consume({ topic, from: 'earliest', count: 2 });
      assert.ok(
        read.every(({ timestampMs }) => timestampMs >= before && timestampMs <= Date.now()),
        JSON.stringify(read),
      );
    },
    ['timestamps', 'log append time'],
  ),

  behaviour(
    'a timestamp outside message.timestamp.before.max.ms is refused (INVALID_TIMESTAMP)',
    ['produce'],
    async (client, stage) => {
      const topic = await stage.topic(1, { 'message.timestamp.before.max.ms': '3600000' });
      await client.produce({ topic, records: [{ timestampMs: Date.now(), value: 'v' }] });
      await refused(
        32,
        client.produce({ topic, records: [{ timestampMs: Date.now() - 7_200_000, value: 'v' }] }),
        stage,
      );
    },
    ['timestamps'],
  ),

  behaviour(
    'acks=all asks for no more replicas than there are, whatever min.insync.replicas says',
    ['produce', 'consume'],
    async (client, stage) => {
      const topic = await stage.topic(1, { 'min.insync.replicas': '2' });
      await client.produce({ topic, records: [{ value: 'taken' }], acks: -1 });
      assert.equal((await client.consume({ topic, from: 'earliest', count: 1 }))[0]?.value, 'taken');
    },
    ['acks'],
  ),

  behaviour('producing to a topic that is not there creates it', ['produce', 'consume'], async (client, stage) => {
    const topic = stage.name('auto-created');
    await client.produce({ topic, records: [{ value: 'first' }, { value: 'second' }] });
    const read = await client.consume({ topic, from: 'earliest', count: 2 });
    assert.deepEqual(
      read.map(({ value }) => value),
      ['first', 'second'],
    );
  }),
];
