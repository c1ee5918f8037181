import assert from 'node:assert/strict';
import { behaviour, behaviourOverRestart, eventually } from '../behaviour.ts';

const ten = Array.from({ length: 10 }, (_, i) => ({ value: `value ${i}` }));

export const adminBehaviours = [
  behaviour(
    'deletes the records before an offset',
    ['produce', 'deleteRecords', 'offsetAt', 'consume'],
    async (client, stage) => {
      const topic = await stage.topic();
      await client.produce({ topic, records: ten });
      assert.equal(await client.deleteRecords({ topic, partition: 0, before: 4 }), 4);
      assert.equal(await client.offsetAt({ topic, partition: 0, at: 'earliest' }), 4);
      const read = await client.consume({ topic, from: 'earliest', count: 6 });
      assert.deepEqual(
        read.map(({ offset }) => offset),
        [4, 5, 6, 7, 8, 9],
      );
    },
  ),

  behaviour(
    'deletes all records there are',
    ['produce', 'deleteRecords', 'offsetAt', 'consume'],
    async (client, stage) => {
      const topic = await stage.topic();
      await client.produce({ topic, records: ten });
      assert.equal(await client.deleteRecords({ topic, partition: 0, before: -1 }), 10);
      assert.equal(await client.offsetAt({ topic, partition: 0, at: 'latest' }), 10);
      await client.produce({ topic, records: [{ value: 'after' }] });
      assert.equal((await client.consume({ topic, from: 'earliest', count: 1 }))[0]?.offset, 10);
    },
  ),

  behaviour(
    'tells how much disk each partition takes',
    ['produce', 'logDirs'],
    async (client, stage) => {
      const topic = await stage.topic(2);
      await client.produce({ topic, records: [{ partition: 1, value: 'x'.repeat(10_000) }] });
      const sizes = await client.logDirs({ topic });
      assert.equal(sizes[0], 0);
      assert.ok((sizes[1] ?? 0) > 10_000 && (sizes[1] ?? 0) < 11_000, JSON.stringify(sizes));
    },
    ['partitions'],
  ),

  behaviour('deletes a group', ['setCommitted', 'deleteGroup', 'listGroups'], async (client, stage) => {
    const [topic, group] = [await stage.topic(), stage.name('group')];
    await client.setCommitted({ group, topic, partition: 0, offset: 0 });
    assert.ok((await client.listGroups({})).includes(group));
    await client.deleteGroup({ group });
    assert.ok(!(await client.listGroups({})).includes(group));
  }),

  behaviour(
    'deletes a committed offset and leaves the others',
    ['setCommitted', 'deleteCommitted', 'committed'],
    async (client, stage) => {
      const [topic, group] = [await stage.topic(2), stage.name('group')];
      for (const partition of [0, 1]) await client.setCommitted({ group, topic, partition, offset: 0 });
      await client.deleteCommitted({ group, topic, partition: 0 });
      assert.deepEqual(await client.committed({ group, topic }), { 1: 0 });
    },
  ),

  behaviour(
    'reassigning a partition to the broker it has changes nothing',
    ['reassign', 'reassignments', 'describeTopic', 'cluster'],
    async (client, stage) => {
      const topic = await stage.topic();
      const { brokers } = await client.cluster({});
      const leader = brokers[0]?.id ?? NaN;
      await client.reassign({ topic, partition: 0, replicas: [leader] });
      assert.deepEqual(await client.reassignments({ topic }), []);
      const { partitions } = await client.describeTopic({ topic });
      assert.deepEqual(partitions, [{ index: 0, leader, replicas: [leader], isr: [leader] }]);
    },
  ),

  behaviour('tells who produces to a partition', ['produce', 'activeProducers'], async (client, stage) => {
    const topic = await stage.topic();
    assert.deepEqual(await client.activeProducers({ topic, partition: 0 }), []);
    await client.produce({ topic, records: ten, idempotent: true });
    assert.deepEqual(await client.activeProducers({ topic, partition: 0 }), [{ epoch: 0, lastSequence: 9 }]);
  }),

  behaviourOverRestart(
    'sets quotas, changes and removes them; they are there after a restart of the broker',
    ['setQuota', 'quotas'],
    async (client, stage) => {
      const user = stage.name('user');
      await client.setQuota({ user, name: 'consumer_byte_rate', value: 100_000 });
      await client.setQuota({ user, name: 'producer_byte_rate', value: 200_000 });
      await client.setQuota({ user, name: 'consumer_byte_rate', value: 300_000 });
      const both = { consumer_byte_rate: 300_000, producer_byte_rate: 200_000 };
      await told(() => client.quotas({ user }), both);
      await client.setQuota({ user, name: 'producer_byte_rate', value: null });
      await told(() => client.quotas({ user }), { consumer_byte_rate: 300_000 });
      return user;
    },
    async (client, user) => {
      assert.deepEqual(await client.quotas({ user }), { consumer_byte_rate: 300_000 });
    },
  ),

  behaviourOverRestart(
    'sets SCRAM credentials and replaces them; they are there after a restart of the broker',
    ['setScram', 'scram'],
    async (client, stage) => {
      const user = stage.name('user');
      await client.setScram({ user, iterations: 4096 });
      await told(() => client.scram({ user }), { 'SCRAM-SHA-256': 4096 });
      await client.setScram({ user, iterations: 8192 });
      await told(() => client.scram({ user }), { 'SCRAM-SHA-256': 8192 });
      return user;
    },
    async (client, user) => {
      assert.deepEqual(await client.scram({ user }), { 'SCRAM-SHA-256': 8192 });
      await client.setScram({ user, iterations: null });
    },
  ),

  behaviour('tells the finalized features', ['features'], async (client) => {
    const features = await client.features({});
    assert.ok((features['metadata.version'] ?? 0) > 0, JSON.stringify(features));
  }),

  behaviour('tells the quorum', ['quorum', 'cluster'], async (client) => {
    const { brokers } = await client.cluster({});
    const leader = brokers[0]?.id ?? NaN;
    assert.deepEqual(await client.quorum({}), { leader, voters: [leader] });
  }),

  behaviourOverRestart(
    'subscribes to client metrics; the subscription is there after a restart of the broker',
    ['setClientMetrics', 'clientMetrics', 'listClientMetrics'],
    async (client, stage) => {
      const subscription = stage.name('subscription');
      const configs = { 'interval.ms': '5000', metrics: 'org.apache.kafka.producer.' };
      await client.setClientMetrics({ subscription, configs });
      await told(async () => (await client.clientMetrics({ subscription }))['interval.ms'], '5000');
      assert.ok((await client.listClientMetrics({})).includes(subscription));
      return subscription;
    },
    async (client, subscription) => {
      const configs = await client.clientMetrics({ subscription });
      assert.deepEqual([configs['interval.ms'], configs['metrics']], ['5000', 'org.apache.kafka.producer.']);
    },
  ),

  behaviourOverRestart(
    'deleted records stay deleted after a restart of the broker',
    ['produce', 'deleteRecords', 'offsetAt'],
    async (client, stage) => {
      const topic = await stage.topic();
      await client.produce({ topic, records: ten });
      await client.deleteRecords({ topic, partition: 0, before: 7 });
      return topic;
    },
    async (client, topic) => {
      assert.equal(await client.offsetAt({ topic, partition: 0, at: 'earliest' }), 7);
      assert.equal(await client.offsetAt({ topic, partition: 0, at: 'latest' }), 10);
    },
  ),
];

/** Apache Kafka's broker hears of a change some time after it is answered. */
async function told<T>(ask: () => Promise<T>, expected: T): Promise<void> {
  const same = (seen: T): boolean => JSON.stringify(seen) === JSON.stringify(expected);
  await eventually(JSON.stringify(expected), ask, same, 5_000).catch(async () => {
    assert.deepEqual(await ask(), expected);
  });
}
