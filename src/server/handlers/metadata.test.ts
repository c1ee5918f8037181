import { describe, expect, test } from '@jest/globals';
import { ZERO_UUID } from '../../base/index.ts';
import { broker, client, createTopic, deleteTopic, Metadata } from '../../../sim/broker.ts';
import { ErrorCode } from '../../wire/index.ts';

const named = (...names: string[]) => names.map((name) => ({ name, topicId: ZERO_UUID }));

describe('Metadata', () => {
  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])(
    'v%d tells this broker, under its real port',
    async (version) => {
      const started = await broker();
      const wire = await client(started);
      const { brokers, clusterId, controllerId } = await wire.request(Metadata, version, { topics: [] });
      expect(brokers).toMatchObject([{ nodeId: 1, host: '127.0.0.1', port: started.port }]);
      if (version >= 1) expect(controllerId).toBe(1);
      if (version >= 2) expect(clusterId).toBe(started.clusterId);
    },
  );

  test('v0: an empty list is all topics; from v1 on null is all and empty is none (C-12)', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    const names = async (version: number, topics: null | []) =>
      (await wire.request(Metadata, version, { topics })).topics.map(({ name }) => name).sort();
    expect(await names(0, [])).toEqual(['__consumer_offsets', '__transaction_state', 'orders']);
    expect(await names(1, [])).toEqual([]);
    expect(await names(12, null)).toEqual(['__consumer_offsets', '__transaction_state', 'orders']);
  });

  test('partitions have a leader, replicas and in-sync replicas', async () => {
    const wire = await client(await broker());
    const topicId = await createTopic(wire, 'orders', 3);
    const { topics } = await wire.request(Metadata, 12, { topics: named('orders') });
    expect(topics).toMatchObject([{ errorCode: 0, name: 'orders', topicId, isInternal: false }]);
    expect(topics[0]?.partitions).toHaveLength(3);
    expect(topics[0]?.partitions[2]).toMatchObject({
      errorCode: 0,
      partitionIndex: 2,
      leaderId: 1,
      leaderEpoch: 0,
      replicaNodes: [1],
      isrNodes: [1],
      offlineReplicas: [],
    });
  });

  test('a missing topic is made on the way, and answered ready to use (C-15)', async () => {
    const wire = await client(await broker({ config: { 'num.partitions': '2' } }));
    const { topics } = await wire.request(Metadata, 12, { topics: named('made'), allowAutoTopicCreation: true });
    expect(topics[0]).toMatchObject({ errorCode: 0, name: 'made' });
    expect(topics[0]?.partitions.map(({ leaderId }) => leaderId)).toEqual([1, 1]);
  });

  test.each([
    ['the client does not want it made', {}, false, 'missing', ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    [
      'the broker does not make topics',
      { 'auto.create.topics.enable': 'false' },
      true,
      'missing',
      ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    ],
    ['the name is none', {}, true, 'a/b', ErrorCode.INVALID_TOPIC_EXCEPTION],
  ])('a missing topic is an error when %s', async (_why, config, allowAutoTopicCreation, name, errorCode) => {
    const wire = await client(await broker({ config }));
    const { topics } = await wire.request(Metadata, 12, { topics: named(name), allowAutoTopicCreation });
    expect(topics).toMatchObject([{ errorCode, name, topicId: ZERO_UUID, partitions: [] }]);
  });

  test('v12 asks by id; an unknown id is UNKNOWN_TOPIC_ID (C-14)', async () => {
    const wire = await client(await broker());
    const topicId = await createTopic(wire, 'orders');
    const unknown = 'AAAAAAAAAAAAAAAAAAAAAQ';
    const { topics } = await wire.request(Metadata, 12, {
      topics: [topicId, unknown].map((id) => ({ name: null, topicId: id })),
    });
    expect(topics.map(({ name, topicId: id, errorCode }) => [name, id, errorCode])).toEqual([
      ['orders', topicId, ErrorCode.NONE],
      [null, unknown, ErrorCode.UNKNOWN_TOPIC_ID],
    ]);
  });

  test.each([
    [10, ErrorCode.INVALID_REQUEST],
    [11, ErrorCode.INVALID_REQUEST],
    [12, ErrorCode.UNKNOWN_SERVER_ERROR],
  ])('v%d: a topic without a name the version can use fails the whole request', async (version, errorCode) => {
    const wire = await client(await broker());
    const topics = [{ name: null, topicId: ZERO_UUID }];
    expect(await wire.request(Metadata, version, { topics })).toMatchObject({
      brokers: [],
      clusterId: null,
      controllerId: -1,
      topics: [{ errorCode, name: '' }],
    });
  });

  test('a topic made again has another id', async () => {
    const wire = await client(await broker());
    const first = await createTopic(wire, 'orders');
    await deleteTopic(wire, 'orders');
    expect(await createTopic(wire, 'orders')).not.toBe(first);
  });

  test('allowed operations are told when asked for', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    const ask = (include: boolean) =>
      wire.request(Metadata, 8, {
        topics: named('orders'),
        includeTopicAuthorizedOperations: include,
        includeClusterAuthorizedOperations: include,
      });
    expect(await ask(false)).toMatchObject({
      clusterAuthorizedOperations: -(2 ** 31),
      topics: [{ topicAuthorizedOperations: -(2 ** 31) }],
    });
    expect(await ask(true)).toMatchObject({
      clusterAuthorizedOperations: 8096,
      topics: [{ topicAuthorizedOperations: 3576 }],
    });
  });
});
