import { describe, expect, test } from '@jest/globals';
import { broker, client, createTopic } from '../../../sim/broker.ts';
import type { WireClient } from '../../../sim/wire-client.ts';
import { ErrorCode } from '../../wire/index.ts';
import { DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse } from '../../wire/messages/index.ts';

const DescribeTopicPartitions = { request: DescribeTopicPartitionsRequest, response: DescribeTopicPartitionsResponse };

type Cursor = DescribeTopicPartitionsRequest['cursor'];

const ask = (wire: WireClient, names: readonly string[], limit = 2000, cursor: Cursor = null) =>
  wire.request(DescribeTopicPartitions, 0, {
    topics: names.map((name) => ({ name })),
    responsePartitionLimit: limit,
    cursor,
  });

/** What a page tells: partitions by topic, and where the next begins. */
function told({ topics, nextCursor }: DescribeTopicPartitionsResponse) {
  return {
    topics: topics.map(({ name, partitions }) => [name, ...partitions.map(({ partitionIndex }) => partitionIndex)]),
    next: nextCursor === null ? null : [nextCursor.topicName, nextCursor.partitionIndex],
  };
}

describe('DescribeTopicPartitions', () => {
  test('tells each partition, with lists of eligible replicas that are never null (C-10)', async () => {
    const wire = await client(await broker());
    const topicId = await createTopic(wire, 'orders', 2);
    const { topics, nextCursor } = await ask(wire, ['orders']);
    expect(nextCursor).toBeNull();
    expect(topics).toMatchObject([{ errorCode: 0, name: 'orders', topicId, isInternal: false }]);
    expect(topics[0]?.partitions[1]).toEqual({
      errorCode: 0,
      partitionIndex: 1,
      leaderId: 1,
      leaderEpoch: 0,
      replicaNodes: [1],
      isrNodes: [1],
      eligibleLeaderReplicas: [],
      lastKnownElr: [],
      offlineReplicas: [],
    });
  });

  test('goes from page to page by its cursor, in the order of names, until all is told', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'b', 3);
    await createTopic(wire, 'a', 2);
    const names = ['b', 'none', 'a'];
    const pages = [told(await ask(wire, names, 2))];
    for (let next = pages[0]?.next; next !== null && next !== undefined; next = pages.at(-1)?.next) {
      const [topicName = '', partitionIndex = 0] = next as [string, number];
      pages.push(told(await ask(wire, names, 2, { topicName, partitionIndex })));
    }
    expect(pages).toEqual([
      { topics: [['a', 0, 1]], next: ['b', 0] },
      { topics: [['b', 0, 1]], next: ['b', 2] },
      { topics: [['b', 2], ['none']], next: null },
    ]);
  });

  test('tells of all topics, internal ones too, where none is named', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    const { topics } = await ask(wire, []);
    expect(topics.map(({ name, isInternal, partitions }) => [name, isInternal, partitions.length])).toEqual([
      ['__consumer_offsets', true, 50],
      ['__transaction_state', true, 50],
      ['orders', false, 1],
    ]);
  });

  test('tells no more at once than max.request.partition.size.limit', async () => {
    const wire = await client(await broker({ config: { 'max.request.partition.size.limit': '3' } }));
    await createTopic(wire, 'orders', 5);
    expect(told(await ask(wire, ['orders'])).next).toEqual(['orders', 3]);
  });

  test.each([
    ['of a topic that is not asked for', { topicName: 'other', partitionIndex: 0 }],
    ['of a negative partition', { topicName: 'orders', partitionIndex: -1 }],
  ])('refuses a cursor %s', async (_what, cursor) => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    const { topics } = await ask(wire, ['orders'], 10, cursor);
    expect(topics).toMatchObject([{ errorCode: ErrorCode.INVALID_REQUEST, name: 'orders', partitions: [] }]);
  });

  test.each([
    ['not there', 'none', ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    ['no name', 'a/b', ErrorCode.INVALID_TOPIC_EXCEPTION],
  ])('tells what is %s', async (_what, name, errorCode) => {
    const wire = await client(await broker());
    expect((await ask(wire, [name])).topics).toMatchObject([{ errorCode, name, partitions: [] }]);
  });
});
