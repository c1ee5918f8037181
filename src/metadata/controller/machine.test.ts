import { describe, expect, test } from '@jest/globals';
import { ZERO_UUID } from '../../base/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import { ConfigResourceType } from '../configs.ts';
import { assigned, Controller, wanted } from './controller-fixture.ts';

const { topic: TOPIC, broker: BROKER, group: GROUP, clientMetrics: METRICS } = ConfigResourceType;

describe('CreateTopics answers as Apache Kafka 4.3 does', () => {
  test.each([
    ['an empty name', { name: '' }, ErrorCode.INVALID_TOPIC_EXCEPTION],
    ['a dot', { name: '.' }, ErrorCode.INVALID_TOPIC_EXCEPTION],
    ['two dots', { name: '..' }, ErrorCode.INVALID_TOPIC_EXCEPTION],
    ['a space', { name: 'a b' }, ErrorCode.INVALID_TOPIC_EXCEPTION],
    ['249 characters', { name: 'x'.repeat(249) }, ErrorCode.NONE],
    ['250 characters', { name: 'x'.repeat(250) }, ErrorCode.INVALID_TOPIC_EXCEPTION],
    ['a name that exists', { name: 'ok' }, ErrorCode.TOPIC_ALREADY_EXISTS],
    ['a name whose metrics exist', { name: 'a_b.c' }, ErrorCode.INVALID_TOPIC_EXCEPTION],
    ['the metadata log', { name: '__cluster_metadata' }, ErrorCode.INVALID_REQUEST],
    ['no partitions', { name: 't', numPartitions: 0 }, ErrorCode.INVALID_PARTITIONS],
    ['-2 partitions', { name: 't', numPartitions: -2 }, ErrorCode.INVALID_PARTITIONS],
    ['no replicas', { name: 't', replicationFactor: 0 }, ErrorCode.INVALID_REPLICATION_FACTOR],
    ['more replicas than brokers', { name: 't', replicationFactor: 2 }, ErrorCode.INVALID_REPLICATION_FACTOR],
    ['neither', { name: 't', numPartitions: 0, replicationFactor: 0 }, ErrorCode.INVALID_REPLICATION_FACTOR],
    ['10,001 partitions', { name: 't', numPartitions: 10_001 }, ErrorCode.POLICY_VIOLATION],
    ['an assignment', { name: 't', assignments: assigned([1], [1]) }, ErrorCode.NONE],
    [
      'assignment and partitions',
      { name: 't', assignments: assigned([1]), numPartitions: 1 },
      ErrorCode.INVALID_REQUEST,
    ],
    [
      'assignment and factor',
      { name: 't', assignments: assigned([1]), replicationFactor: 1 },
      ErrorCode.INVALID_REQUEST,
    ],
    [
      'no partition 0',
      { name: 't', assignments: [{ partitionIndex: 1, brokerIds: [1] }] },
      ErrorCode.INVALID_REPLICA_ASSIGNMENT,
    ],
    [
      'partition 0 twice',
      { name: 't', assignments: [...assigned([1]), ...assigned([1])] },
      ErrorCode.INVALID_REPLICA_ASSIGNMENT,
    ],
    ['a partition without brokers', { name: 't', assignments: assigned([]) }, ErrorCode.INVALID_REPLICA_ASSIGNMENT],
    ['an unknown broker', { name: 't', assignments: assigned([7]) }, ErrorCode.INVALID_REPLICA_ASSIGNMENT],
    ['a broker twice', { name: 't', assignments: assigned([1, 1]) }, ErrorCode.INVALID_REPLICA_ASSIGNMENT],
    ['an unknown config', { name: 't', configs: [{ name: 'nope', value: '1' }] }, ErrorCode.INVALID_CONFIG],
    ['a bad value', { name: 't', configs: [{ name: 'retention.ms', value: 'abc' }] }, ErrorCode.INVALID_CONFIG],
    ['no value', { name: 't', configs: [{ name: 'retention.ms', value: null }] }, ErrorCode.INVALID_CONFIG],
    [
      'tiered storage',
      { name: 't', configs: [{ name: 'remote.storage.enable', value: 'true' }] },
      ErrorCode.INVALID_CONFIG,
    ],
    [
      'a bad config before bad partitions',
      { name: 't', numPartitions: 0, configs: [{ name: 'nope', value: '1' }] },
      ErrorCode.INVALID_CONFIG,
    ],
    [
      'a bad config of one that exists',
      { name: 'ok', configs: [{ name: 'nope', value: '1' }] },
      ErrorCode.TOPIC_ALREADY_EXISTS,
    ],
  ])('to %s', (_what, topic, errorCode) => {
    const controller = new Controller();
    controller.create({ name: 'ok' }, { name: 'a.b_c' });
    const before = controller.image.topics.size;
    expect(controller.errorOf(topic)).toBe(errorCode);
    expect(controller.image.topics.size).toBe(before + (errorCode === ErrorCode.NONE ? 1 : 0));
  });

  test('with what was made: id, counts and all configs, sorted, never null', () => {
    const controller = new Controller({ 'num.partitions': '3' });
    const [made] = controller.create({
      name: 'orders',
      numPartitions: -1,
      replicationFactor: -1,
      configs: [{ name: 'retention.ms', value: '1000' }],
    });
    expect(made).toMatchObject({ errorCode: 0, numPartitions: 3, replicationFactor: 1 });
    expect(made?.topicId).toBe(controller.image.topics.byName('orders')?.id);
    expect(made?.configs).toHaveLength(33);
    expect(made?.configs?.find(({ name }) => name === 'retention.ms')).toMatchObject({
      value: '1000',
      configSource: 1,
    });
    expect(controller.create({ name: 'orders' })[0]).toMatchObject({ configs: [] });
  });

  test('to a name that stands there twice, after the others', () => {
    const topics = new Controller().create({ name: 'twice' }, { name: 'twice' }, { name: 'once' });
    expect(topics.map(({ name, errorCode }) => [name, errorCode])).toEqual([
      ['once', ErrorCode.NONE],
      ['twice', ErrorCode.INVALID_REQUEST],
    ]);
  });

  test('of many partitions turn by turn, and is told all at once', () => {
    const controller = new Controller();
    controller.create({ name: 't15' });
    const names = Array.from({ length: 40 }, (_, i) => `t${i}`);
    const partitions = { numPartitions: 50 };
    const topics = controller.create(
      ...names.map((name) => ({ name, ...partitions })),
      ...['twice', 'twice'].map((name) => ({ name })),
    );
    expect(controller.turns).toBeGreaterThan(3);
    const made = names.filter((name) => name !== 't15');
    expect(topics.map(({ name }) => name)).toEqual([...made, 't15', 'twice']);
    expect(topics.map(({ errorCode }) => errorCode)).toEqual([
      ...made.map(() => ErrorCode.NONE),
      ErrorCode.TOPIC_ALREADY_EXISTS,
      ErrorCode.INVALID_REQUEST,
    ]);
    for (const name of made) expect(controller.image.topics.byName(name)?.partitions.length).toBe(50);
  });

  test('of one with very many partitions in several turns, as a transaction of the log', () => {
    const controller = new Controller();
    const before = controller.log.length;
    const [made] = controller.create({ name: 'wide', numPartitions: 2000 });
    expect(made?.errorCode).toBe(ErrorCode.NONE);
    expect(controller.turns).toBe(4);
    const types = controller.log.slice(before).map(({ type }) => type);
    expect(types.slice(0, 3)).toEqual(['BeginTransactionRecord', 'TopicRecord', 'PartitionRecord']);
    expect(types.lastIndexOf('BeginTransactionRecord')).toBe(0);
    expect(types.indexOf('EndTransactionRecord')).toBe(2002);
    expect(controller.image.topics.byName('wide')?.partitions.map(({ index }) => index)).toEqual(
      Array.from({ length: 2000 }, (_, index) => index),
    );
  });

  test('and makes nothing when it is only to validate', () => {
    const controller = new Controller();
    const topics = [wanted({ name: 'orders' })];
    const answer = controller.ask('createTopics', { topics, timeoutMs: 1000, validateOnly: true });
    expect(answer.topics[0]?.errorCode).toBe(ErrorCode.NONE);
    expect(controller.image.topics.size).toBe(0);
  });
});

test('replicas go round the brokers, and the first in-sync one leads', () => {
  const controller = new Controller({}, [1, 2, 3]);
  controller.create({ name: 'orders', numPartitions: 6, replicationFactor: 2 });
  const { partitions = [] } = controller.image.topics.byName('orders') ?? {};
  for (const broker of [1, 2, 3]) {
    expect(partitions.filter(({ leader }) => leader === broker)).toHaveLength(2);
    expect(partitions.filter(({ replicas }) => replicas.includes(broker))).toHaveLength(4);
  }
  for (const { replicas, isr, leader } of partitions) expect([isr, leader]).toEqual([replicas, replicas[0]]);
});

describe('CreatePartitions answers as Apache Kafka 4.3 does', () => {
  test.each([
    ['more', 'orders', 5, null, ErrorCode.NONE],
    ['more, assigned', 'orders', 3, [[1]], ErrorCode.NONE],
    ['as many', 'orders', 2, null, ErrorCode.INVALID_PARTITIONS],
    ['fewer', 'orders', 1, null, ErrorCode.INVALID_PARTITIONS],
    ['an unknown topic', 'nosuch', 3, null, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    ['too few assignments', 'orders', 4, [[1]], ErrorCode.INVALID_REPLICA_ASSIGNMENT],
    ['too many assignments', 'orders', 3, [[1], [1]], ErrorCode.INVALID_REPLICA_ASSIGNMENT],
    ['an unknown broker', 'orders', 3, [[9]], ErrorCode.INVALID_REPLICA_ASSIGNMENT],
    ['no broker', 'orders', 3, [[]], ErrorCode.INVALID_REPLICA_ASSIGNMENT],
    ['far too many', 'orders', 20_000, null, ErrorCode.UNKNOWN_SERVER_ERROR],
  ])('to %s', (_what, name, count, brokers, errorCode) => {
    const controller = new Controller();
    controller.create({ name: 'orders', numPartitions: 2 });
    const assignments = brokers?.map((brokerIds) => ({ brokerIds })) ?? null;
    expect(controller.grow(name, count, assignments)).toBe(errorCode);
    expect(controller.image.topics.byName('orders')?.partitions).toHaveLength(errorCode === ErrorCode.NONE ? count : 2);
  });
});

describe('DeleteTopics answers as Apache Kafka 4.3 does', () => {
  const remove = (controller: Controller, ...topics: { name: string | null; topicId: string }[]) =>
    controller
      .ask('deleteTopics', { topics, topicNames: [], timeoutMs: 1000 })
      .responses.map(({ name, errorCode }) => [name, errorCode]);
  const unknownId = 'SWK6dbTPR7O9LBRwc1u_vA';

  test('by name and by id', () => {
    const controller = new Controller();
    controller.create({ name: 'a' }, { name: 'b' });
    const topicId = controller.image.topics.byName('b')?.id ?? '';
    expect(remove(controller, { name: 'a', topicId: ZERO_UUID }, { name: null, topicId })).toEqual([
      ['a', ErrorCode.NONE],
      ['b', ErrorCode.NONE],
    ]);
    expect(controller.image.topics.size).toBe(0);
  });

  test('by name and by id of the same topic, which then stays', () => {
    const controller = new Controller();
    controller.create({ name: 'a' });
    const topicId = controller.image.topics.byName('a')?.id ?? '';
    const byName = { name: 'a', topicId: ZERO_UUID };
    expect(remove(controller, byName, { name: null, topicId })).toEqual([['a', ErrorCode.INVALID_REQUEST]]);
    expect(controller.image.topics.size).toBe(1);
  });

  test('to what is not there, not named, or named twice', () => {
    const controller = new Controller();
    controller.create({ name: 'a' }, { name: 'b' });
    const topicId = controller.image.topics.byName('a')?.id ?? '';
    expect(remove(controller, { name: 'nosuch', topicId: ZERO_UUID })).toEqual([
      ['nosuch', ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    ]);
    expect(remove(controller, { name: null, topicId: unknownId })).toEqual([[null, ErrorCode.UNKNOWN_TOPIC_ID]]);
    expect(remove(controller, { name: null, topicId: ZERO_UUID })).toEqual([[null, ErrorCode.INVALID_REQUEST]]);
    expect(remove(controller, { name: 'a', topicId })).toEqual([['a', ErrorCode.INVALID_REQUEST]]);
    const twice = { name: 'a', topicId: ZERO_UUID };
    expect(remove(controller, twice, twice, { name: 'b', topicId: ZERO_UUID })).toEqual([
      ['b', ErrorCode.NONE],
      ['a', ErrorCode.INVALID_REQUEST],
    ]);
    expect(controller.image.topics.byName('a')).toBeDefined();
  });

  test('when deletion is disabled', () => {
    const controller = new Controller({ 'delete.topic.enable': 'false' });
    controller.create({ name: 'a' });
    expect(remove(controller, { name: 'a', topicId: ZERO_UUID })).toEqual([['a', ErrorCode.TOPIC_DELETION_DISABLED]]);
  });
});

describe('IncrementalAlterConfigs answers as Apache Kafka 4.3 does', () => {
  const [SET, DELETE, APPEND, SUBTRACT] = [0, 1, 2, 3];
  test.each([
    ['a topic', TOPIC, 'orders', 'retention.ms', SET, '1000', ErrorCode.NONE],
    ['an unknown topic', TOPIC, 'nosuch', 'retention.ms', SET, '1000', ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    ['no topic', TOPIC, '', 'retention.ms', SET, '1000', ErrorCode.INVALID_REQUEST],
    ['an unknown config', TOPIC, 'orders', 'nope', SET, '1', ErrorCode.INVALID_CONFIG],
    ['an unknown config to delete', TOPIC, 'orders', 'nope', DELETE, null, ErrorCode.NONE],
    ['a bad value', TOPIC, 'orders', 'retention.ms', SET, 'x', ErrorCode.INVALID_CONFIG],
    ['no value', TOPIC, 'orders', 'retention.ms', SET, null, ErrorCode.INVALID_REQUEST],
    ['nothing to append', TOPIC, 'orders', 'cleanup.policy', APPEND, null, ErrorCode.INVALID_REQUEST],
    ['appending to what is no list', TOPIC, 'orders', 'retention.ms', APPEND, '5', ErrorCode.INVALID_CONFIG],
    ['an unknown operation', TOPIC, 'orders', 'retention.ms', 9, '5', ErrorCode.UNKNOWN_SERVER_ERROR],
    ['all brokers', BROKER, '', 'log.retention.ms', SET, '5000', ErrorCode.NONE],
    ['one broker', BROKER, '1', 'log.retention.ms', SET, '5000', ErrorCode.NONE],
    ['a broker id that is none', BROKER, 'x', 'log.retention.ms', SET, '5000', ErrorCode.INVALID_REQUEST],
    ['a read-only config', BROKER, '1', 'broker.id', SET, '6', ErrorCode.INVALID_REQUEST],
    ['a config of single brokers for all', BROKER, '', 'listeners', SET, 'PLAINTEXT://:9', ErrorCode.INVALID_REQUEST],
    ['a bad value of a broker', BROKER, '1', 'num.io.threads', SET, 'abc', ErrorCode.INVALID_REQUEST],
    ['what a plugin may know', BROKER, '', 'nope', SET, '1', ErrorCode.NONE],
    ['the minimum ISR of one broker', BROKER, '1', 'min.insync.replicas', SET, '2', ErrorCode.INVALID_CONFIG],
    ['removing the minimum ISR', BROKER, '', 'min.insync.replicas', DELETE, null, ErrorCode.INVALID_CONFIG],
    ['the minimum ISR of all brokers', BROKER, '', 'min.insync.replicas', SET, '2', ErrorCode.NONE],
    ['a group', GROUP, 'g', 'consumer.session.timeout.ms', SET, '50000', ErrorCode.NONE],
    ['a group below the minimum', GROUP, 'g', 'consumer.session.timeout.ms', SET, '1', ErrorCode.INVALID_CONFIG],
    ['no group', GROUP, '', 'consumer.session.timeout.ms', SET, '50000', ErrorCode.INVALID_REQUEST],
    ['client metrics', METRICS, 'sub', 'interval.ms', SET, '1000', ErrorCode.NONE],
    ['client metrics too often', METRICS, 'sub', 'interval.ms', SET, '1', ErrorCode.INVALID_REQUEST],
    ['an unknown resource', 77, 'x', 'nope', SET, '1', ErrorCode.INVALID_REQUEST],
  ])('to %s', (_what, type, name, key, operation, value, errorCode) => {
    const controller = new Controller();
    controller.create({ name: 'orders' });
    expect(controller.alter(type, name, key, operation, value)).toBe(errorCode);
    if (errorCode === ErrorCode.NONE && operation === SET)
      expect(controller.image.configs.of(type, name).get(key)).toBe(value);
  });

  test('lists grow and shrink from what is in effect', () => {
    const controller = new Controller();
    controller.create({ name: 'orders' });
    const policy = (): string | undefined => controller.image.configs.of(TOPIC, 'orders').get('cleanup.policy');
    controller.alter(TOPIC, 'orders', 'cleanup.policy', APPEND, 'compact');
    expect(policy()).toBe('delete,compact');
    controller.alter(TOPIC, 'orders', 'cleanup.policy', SUBTRACT, 'delete');
    expect(policy()).toBe('compact');
    controller.alter(TOPIC, 'orders', 'cleanup.policy', SUBTRACT, 'compact');
    expect(policy()).toBe('');
    controller.alter(TOPIC, 'orders', 'cleanup.policy', DELETE, null);
    expect(policy()).toBeUndefined();
  });

  test('nothing changes when it is only to validate, nothing is written when nothing changes', () => {
    const controller = new Controller();
    controller.create({ name: 'orders' });
    const before = controller.log.length;
    expect(controller.alter(TOPIC, 'orders', 'retention.ms', SET, '77', true)).toBe(ErrorCode.NONE);
    expect(controller.log.length).toBe(before);
    controller.alter(TOPIC, 'orders', 'retention.ms', SET, '77');
    controller.alter(TOPIC, 'orders', 'retention.ms', SET, '77');
    expect(controller.log.length).toBe(before + 1);
  });

  test('a resource or a config that stands there twice', () => {
    const controller = new Controller();
    controller.create({ name: 'orders' });
    const config = { name: 'retention.ms', configOperation: 0, value: '1' };
    const resource = (configs: (typeof config)[]) => ({ resourceType: TOPIC, resourceName: 'orders', configs });
    const codes = (...resources: ReturnType<typeof resource>[]) =>
      controller
        .ask('incrementalAlterConfigs', { resources, validateOnly: false })
        .responses.map(({ errorCode }) => errorCode);
    expect(codes(resource([config, config]))).toEqual([ErrorCode.INVALID_REQUEST]);
    expect(codes(resource([config]), resource([config]))).toEqual([
      ErrorCode.INVALID_REQUEST,
      ErrorCode.INVALID_REQUEST,
    ]);
  });

  test('the older AlterConfigs removes what it does not name', () => {
    const controller = new Controller();
    controller.create({ name: 'orders', configs: [{ name: 'retention.ms', value: '1' }] });
    const configs = [{ name: 'segment.ms', value: '5000' }];
    const resources = [{ resourceType: TOPIC, resourceName: 'orders', configs }];
    controller.ask('alterConfigs', { resources, validateOnly: false });
    expect([...controller.image.configs.of(TOPIC, 'orders')]).toEqual([['segment.ms', '5000']]);
  });
});

describe('with several brokers', () => {
  test('a follower leads when the leader leaves, and the leader comes back as a follower out of sync', () => {
    const controller = new Controller({}, [1, 2]);
    controller.create({ name: 'orders', assignments: assigned([1, 2]) });
    controller.heartbeat(1, 'shut down');
    expect(controller.partition('orders')).toMatchObject({ leader: 2, isr: [2], leaderEpoch: 1 });
    controller.register(1, {
      incarnationId: 'another-incarnation-AA',
      previousBrokerEpoch: controller.image.brokers.get(1)?.epoch ?? -1,
    });
    controller.heartbeat(1, 'in');
    expect(controller.partition('orders')).toMatchObject({ leader: 2, isr: [2], leaderEpoch: 1 });
  });

  test('whoever falls out of a small ISR stays eligible (KIP-966)', () => {
    const controller = new Controller({}, [1, 2, 3]);
    controller.alter(BROKER, '', 'min.insync.replicas', 0, '2');
    controller.create({ name: 'orders', assignments: assigned([1, 2, 3]) });
    controller.heartbeat(3, 'fence');
    expect(controller.partition('orders').eligibleLeaderReplicas).toEqual([]);
    controller.heartbeat(2, 'fence');
    expect(controller.partition('orders')).toMatchObject({ isr: [1], eligibleLeaderReplicas: [2] });
    controller.heartbeat(1, 'fence');
    expect(controller.partition('orders')).toMatchObject({ leader: -1, isr: [], eligibleLeaderReplicas: [2, 1] });
    controller.heartbeat(3, 'in');
    expect(controller.partition('orders').leader).toBe(-1);
    controller.heartbeat(2, 'in');
    expect(controller.partition('orders')).toMatchObject({ leader: 2, isr: [2], eligibleLeaderReplicas: [1] });
  });

  test('the preferred leader is elected when asked for, if it is in sync', () => {
    const controller = new Controller({}, [1, 2]);
    controller.create({ name: 'orders', assignments: assigned([1, 2]) });
    const elect = (topic: string, partition: number, electionType = 0): number | undefined =>
      controller.ask('electLeaders', {
        electionType,
        topicPartitions: [{ topic, partitions: [partition] }],
        timeoutMs: 1000,
      }).replicaElectionResults[0]?.partitionResult[0]?.errorCode;
    expect(elect('orders', 0)).toBe(ErrorCode.ELECTION_NOT_NEEDED);
    expect(elect('orders', 9)).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    expect(elect('nosuch', 0)).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    expect(elect('orders', 0, 5)).toBe(ErrorCode.INVALID_REQUEST);
    controller.heartbeat(1, 'fence');
    controller.heartbeat(1, 'in');
    expect(elect('orders', 0)).toBe(ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE);
    expect(controller.setIsr('orders', 0, [1, 2])).toBe(ErrorCode.NONE);
    expect(controller.partition('orders').isr).toEqual([1, 2]);
    expect(elect('orders', 0)).toBe(ErrorCode.NONE);
    expect(controller.partition('orders').leader).toBe(1);
  });

  test('a stale broker epoch gets nothing', () => {
    const controller = new Controller();
    const answer = controller.ask('allocateProducerIds', { brokerId: 1, brokerEpoch: 0 });
    expect(answer.errorCode).toBe(ErrorCode.STALE_BROKER_EPOCH);
    expect(controller.ask('allocateProducerIds', { brokerId: 9, brokerEpoch: 0 }).errorCode).toBe(
      ErrorCode.BROKER_ID_NOT_REGISTERED,
    );
  });
});

test('ten thousand topics one by one stay cheap: an image is replaced, not copied', () => {
  const controller = new Controller();
  for (let i = 0; i < 10_000; i++) controller.create({ name: `topic-${i}` });
  const { topics } = controller.image;
  expect([topics.size, topics.partitionCount]).toEqual([10_000, 10_000]);
});
