import assert from 'node:assert/strict';
import { behaviourOverRestart, eventually } from '../behaviour.ts';

const numbered = (from: number, to: number): { key: string; value: string }[] =>
  Array.from({ length: to - from }, (_, i) => ({ key: `key-${from + i}`, value: `value ${from + i}` }));

export const restartBehaviours = [
  behaviourOverRestart(
    'records are there after a restart of the broker, and more can follow',
    ['produce', 'consume'],
    async (client, stage) => {
      const topic = await stage.topic();
      await client.produce({ topic, records: numbered(0, 30) });
      return topic;
    },
    async (client, topic) => {
      await client.produce({ topic, records: numbered(30, 40) });
      const read = await client.consume({ topic, from: 'earliest', count: 40 });
      assert.deepEqual(
        read.map(({ offset, key, value }) => ({ offset, key, value })),
        numbered(0, 40).map((each, offset) => ({ offset, ...each })),
      );
    },
  ),

  behaviourOverRestart(
    'a group resumes from its commit after a restart of the broker',
    ['produce', 'join', 'received', 'leave'],
    async (client, stage) => {
      const [topic, group, member] = [await stage.topic(3), stage.name('group'), stage.name('member')];
      await client.produce({ topic, records: numbered(0, 30) });
      await client.join({ member, group, topic, commitOnLeave: true });
      await eventually(
        'thirty records',
        () => client.received({ member }),
        ({ length }) => length === 30,
      );
      await client.leave({ member });
      await client.produce({ topic, records: numbered(30, 36) });
      return { topic, group, member: `${member}-again` };
    },
    async (client, { topic, group, member }) => {
      await client.join({ member, group, topic });
      const read = await eventually(
        'the rest',
        () => client.received({ member }),
        ({ length }) => length >= 6,
      );
      assert.deepEqual(
        read.map(({ value }) => value).sort(),
        numbered(30, 36)
          .map(({ value }) => value)
          .sort(),
      );
      await client.leave({ member });
    },
  ),

  behaviourOverRestart(
    'a member reads on through a restart of the broker',
    ['produce', 'join', 'received', 'leave'],
    async (client, stage) => {
      const [topic, group, member] = [await stage.topic(), stage.name('group'), stage.name('member')];
      await client.produce({ topic, records: numbered(0, 5) });
      await client.join({ member, group, topic });
      await eventually(
        'five records',
        () => client.received({ member }),
        ({ length }) => length === 5,
      );
      return { topic, member };
    },
    async (client, { topic, member }) => {
      await client.produce({ topic, records: numbered(5, 8) });
      const read = await eventually(
        'the records after the restart',
        () => client.received({ member }),
        (records) => records.some(({ value }) => value === 'value 7'),
        45_000,
      );
      assert.equal(new Set(read.map(({ value }) => value)).size, 8);
      await client.leave({ member });
    },
  ),

  behaviourOverRestart(
    'topics and their configs are there after a restart of the broker',
    ['createTopic', 'setConfig', 'topicConfigs', 'describeTopic'],
    async (client, stage) => {
      const topic = stage.name('topic');
      await client.createTopic({ topic, partitions: 3, configs: { 'segment.bytes': '10485760' } });
      await client.setConfig({ topic, name: 'retention.ms', value: '3600000' });
      return topic;
    },
    async (client, topic) => {
      const configs = await client.topicConfigs({ topic });
      assert.deepEqual([configs['segment.bytes']?.value, configs['retention.ms']?.value], ['10485760', '3600000']);
      assert.equal((await client.describeTopic({ topic })).partitions.length, 3);
    },
  ),

  behaviourOverRestart(
    'committed offsets are told after a restart of the broker',
    ['produce', 'setCommitted', 'committed', 'lag', 'listGroups'],
    async (client, stage) => {
      const [topic, group] = [await stage.topic(), stage.name('group')];
      await client.produce({ topic, records: numbered(0, 9) });
      await client.setCommitted({ group, topic, partition: 0, offset: 4 });
      return { topic, group };
    },
    async (client, { topic, group }) => {
      assert.ok((await client.listGroups({})).includes(group));
      assert.deepEqual(await client.committed({ group, topic }), { 0: 4 });
      assert.deepEqual(await client.lag({ group, topic }), { 0: 5 });
    },
  ),

  behaviourOverRestart(
    'producing idempotently while the broker stands still and restarts: nothing lost, nothing twice',
    ['startProducing', 'acknowledged', 'stopProducing', 'consume', 'offsetAt'],
    async (client, stage) => {
      const [topic, producer] = [await stage.topic(), stage.name('producer')];
      await client.startProducing({ producer, topic });
      await eventually(
        'records are acknowledged',
        () => client.acknowledged({ producer }),
        (count) => count > 0,
      );
      return { topic, producer };
    },
    async (client, { topic, producer }) => {
      const before = await client.acknowledged({ producer });
      await eventually(
        'records are acknowledged again',
        () => client.acknowledged({ producer }),
        (count) => count > before + 20,
        45_000,
      );
      const count = await client.stopProducing({ producer });
      const read = await client.consume({ topic, from: 'earliest', count });
      assert.deepEqual(
        read.map(({ offset, value }) => [offset, value]),
        read.map((_, i) => [i, String(i)]),
      );
      assert.equal(await client.offsetAt({ topic, partition: 0, at: 'latest' }), count);
    },
  ),
];
