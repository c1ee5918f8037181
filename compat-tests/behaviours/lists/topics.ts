import assert from 'node:assert/strict';
import { behaviour, refused } from '../behaviour.ts';

export const topicBehaviours = [
  behaviour(
    'creates a topic and describes it',
    ['createTopic', 'describeTopic', 'listTopics', 'cluster'],
    async (client, stage) => {
      const topic = stage.name('topic');
      await client.createTopic({ topic, partitions: 3, replicationFactor: 1 });
      assert.ok((await client.listTopics({})).includes(topic));
      const { brokers } = await client.cluster({});
      const leader = brokers[0]?.id ?? NaN;
      const { partitions } = await client.describeTopic({ topic });
      assert.deepEqual(
        partitions,
        [0, 1, 2].map((index) => ({ index, leader, replicas: [leader], isr: [leader] })),
      );
    },
  ),

  behaviour('describes topics it did not make', ['describeTopic', 'listTopics'], async (client, stage) => {
    const topic = await stage.topic(5);
    assert.ok((await client.listTopics({})).includes(topic));
    assert.equal((await client.describeTopic({ topic })).partitions.length, 5);
  }),

  behaviour('a created topic can be used at once', ['createTopic', 'produce', 'consume'], async (client, stage) => {
    const topic = stage.name('topic');
    await client.createTopic({ topic, partitions: 1 });
    await client.produce({ topic, records: [{ value: 'v' }] });
    assert.equal((await client.consume({ topic, from: 'earliest', count: 1 })).length, 1);
  }),

  behaviour(
    'only validates when asked to',
    ['createTopic', 'listTopics'],
    async (client, stage) => {
      const topic = stage.name('topic');
      await client.createTopic({ topic, partitions: 1, validateOnly: true });
      assert.ok(!(await client.listTopics({})).includes(topic));
    },
    ['validate only'],
  ),

  behaviour(
    'creates a topic with configs and describes them',
    ['createTopic', 'topicConfigs'],
    async (client, stage) => {
      const topic = stage.name('topic');
      await client.createTopic({ topic, configs: { 'retention.ms': '86400000', 'cleanup.policy': 'compact' } });
      const configs = await client.topicConfigs({ topic });
      assert.deepEqual(configs['retention.ms'], { value: '86400000', isDefault: false });
      assert.deepEqual(configs['cleanup.policy'], { value: 'compact', isDefault: false });
      assert.deepEqual(configs['max.message.bytes'], { value: '1048588', isDefault: true });
      assert.deepEqual(configs['segment.bytes'], { value: '1073741824', isDefault: true });
      assert.equal(Object.keys(configs).length, 33);
    },
  ),

  behaviour('sets a config and takes it back', ['setConfig', 'unsetConfig', 'topicConfigs'], async (client, stage) => {
    const topic = await stage.topic(1, { 'segment.bytes': '10485760' });
    await client.setConfig({ topic, name: 'retention.ms', value: '3600000' });
    const set = await client.topicConfigs({ topic });
    assert.deepEqual(set['retention.ms'], { value: '3600000', isDefault: false });
    assert.deepEqual(set['segment.bytes'], { value: '10485760', isDefault: false });
    await client.unsetConfig({ topic, name: 'retention.ms' });
    const unset = await client.topicConfigs({ topic });
    assert.deepEqual(unset['retention.ms'], { value: '604800000', isDefault: true });
    assert.deepEqual(unset['segment.bytes'], { value: '10485760', isDefault: false });
  }),

  behaviour('a changed config counts at once', ['setConfig', 'produce'], async (client, stage) => {
    const topic = await stage.topic();
    await client.setConfig({ topic, name: 'max.message.bytes', value: '1000' });
    await refused(10, client.produce({ topic, records: [{ value: 'x'.repeat(5000) }] }), stage);
  }),

  behaviour("describes the broker's configs", ['brokerConfigs', 'cluster'], async (client) => {
    const { brokers } = await client.cluster({});
    const configs = await client.brokerConfigs({ broker: brokers[0]?.id ?? -1 });
    assert.equal(configs['group.initial.rebalance.delay.ms']?.value, '0');
    assert.equal(configs['socket.request.max.bytes']?.value, '104857600');
    assert.equal(configs['log.retention.hours']?.value, '168');
  }),

  behaviour(
    'adds partitions',
    ['createPartitions', 'describeTopic', 'produce', 'consume'],
    async (client, stage) => {
      const topic = await stage.topic(2);
      await client.createPartitions({ topic, count: 5 });
      assert.equal((await client.describeTopic({ topic })).partitions.length, 5);
      await client.produce({ topic, records: [{ partition: 4, value: 'in the new one' }] });
      assert.equal(
        (await client.consume({ topic, from: 'earliest', partition: 4, count: 1 }))[0]?.value,
        'in the new one',
      );
    },
    ['partitions'],
  ),

  behaviour('deletes a topic', ['createTopic', 'deleteTopic', 'listTopics'], async (client, stage) => {
    const topic = stage.name('topic');
    await client.createTopic({ topic, partitions: 2 });
    await client.deleteTopic({ topic });
    assert.ok(!(await client.listTopics({})).includes(topic));
  }),

  behaviour(
    'a topic made again is empty',
    ['createTopic', 'deleteTopic', 'produce', 'offsetAt'],
    async (client, stage) => {
      const topic = stage.name('topic');
      await client.createTopic({ topic, partitions: 1 });
      await client.produce({ topic, records: [{ value: 'old' }] });
      await client.deleteTopic({ topic });
      await client.createTopic({ topic, partitions: 1 });
      assert.equal(await client.offsetAt({ topic, partition: 0, at: 'latest' }), 0);
    },
  ),

  behaviour('a topic made again has another id', ['createTopic', 'deleteTopic', 'topicId'], async (client, stage) => {
    const topic = stage.name('topic');
    await client.createTopic({ topic, partitions: 1 });
    const old = await client.topicId({ topic });
    await client.deleteTopic({ topic });
    await client.createTopic({ topic, partitions: 1 });
    assert.notEqual(await client.topicId({ topic }), old);
  }),

  behaviour('describes the cluster', ['cluster'], async (client) => {
    const { brokers } = await client.cluster({});
    assert.equal(brokers.length, 1);
    assert.ok((brokers[0]?.port ?? 0) > 0);
  }),

  behaviour('tells the versions of the APIs', ['apiVersions'], async (client) => {
    const versions = await client.apiVersions({});
    assert.deepEqual(versions['Produce'], { min: 0, max: 13 });
    assert.deepEqual(versions['Fetch'], { min: 4, max: 18 });
    assert.deepEqual(versions['ApiVersions'], { min: 0, max: 4 });
    assert.deepEqual(versions['JoinGroup'], { min: 0, max: 9 });
    assert.deepEqual(versions['CreateTopics'], { min: 2, max: 7 });
  }),
];
