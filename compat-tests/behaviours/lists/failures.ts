import assert from 'node:assert/strict';
import { behaviour, eventually, refused, shows } from '../behaviour.ts';
import type { Verbs } from '../client.ts';

export const failureBehaviours = [
  behaviour(
    'producing to a topic with a bad name: INVALID_TOPIC_EXCEPTION',
    ['produce'],
    async (client, stage) => {
      await refused(17, client.produce({ topic: `${stage.name('bad')} name!`, records: [{ value: 'v' }] }), stage);
    },
    ['refused names'],
  ),

  behaviour(
    'reading from an offset that is not there, without a reset: OFFSET_OUT_OF_RANGE',
    ['produce', 'consume'],
    async (client, stage) => {
      const topic = await stage.topic();
      await client.produce({ topic, records: [{ value: 'v' }] });
      const from = { offset: 1000 };
      await refused(1, client.consume({ topic, from, partition: 0, count: 1, outOfRange: 'fail' }), stage);
    },
    ['fails out of range'],
  ),

  behaviour(
    'deleting records beyond the end: OFFSET_OUT_OF_RANGE',
    ['produce', 'deleteRecords', 'offsetAt'],
    async (client, stage) => {
      const topic = await stage.topic();
      await client.produce({ topic, records: [{ value: 'v' }] });
      await refused(1, client.deleteRecords({ topic, partition: 0, before: 2 }), stage);
      assert.equal(await client.offsetAt({ topic, partition: 0, at: 'earliest' }), 0);
    },
  ),

  behaviour(
    'setting a config of a topic that is not there: UNKNOWN_TOPIC_OR_PARTITION',
    ['setConfig'],
    async (client, stage) => {
      await refused(3, client.setConfig({ topic: stage.name('absent'), name: 'retention.ms', value: '1' }), stage);
    },
  ),

  behaviour(
    'electing the leader of a partition that is led: ELECTION_NOT_NEEDED',
    ['electLeader'],
    async (client, stage) => {
      await refused(84, client.electLeader({ topic: await stage.topic(), partition: 0 }), stage);
    },
  ),

  behaviour(
    'electing the leader of a topic that is not there: UNKNOWN_TOPIC_OR_PARTITION',
    ['electLeader'],
    async (client, stage) => {
      await refused(3, client.electLeader({ topic: stage.name('absent'), partition: 0 }), stage);
    },
  ),

  behaviour(
    'reassigning a partition to a broker that is not there: INVALID_REPLICA_ASSIGNMENT',
    ['reassign'],
    async (client, stage) => {
      await refused(39, client.reassign({ topic: await stage.topic(), partition: 0, replicas: [77] }), stage);
    },
  ),

  behaviour('deleting a group that is not there: GROUP_ID_NOT_FOUND', ['deleteGroup'], async (client, stage) => {
    await refused(69, client.deleteGroup({ group: stage.name('absent') }), stage);
  }),

  behaviour(
    'deleting a group in use: NON_EMPTY_GROUP',
    ['join', 'assignment', 'leave', 'deleteGroup'],
    async (client, stage) => {
      const { group, member } = await inUse(client, await stage.topic(), stage.name('group'));
      await refused(68, client.deleteGroup({ group }), stage);
      await client.leave({ member });
    },
  ),

  behaviour(
    'deleting an offset that a group in use is subscribed to: GROUP_SUBSCRIBED_TO_TOPIC',
    ['join', 'assignment', 'leave', 'deleteCommitted'],
    async (client, stage) => {
      const { group, topic, member } = await inUse(client, await stage.topic(), stage.name('group'));
      await refused(86, client.deleteCommitted({ group, topic, partition: 0 }), stage);
      await client.leave({ member });
    },
  ),

  behaviour(
    'setting an offset of a group in use: UNKNOWN_MEMBER_ID',
    ['join', 'assignment', 'leave', 'setCommitted'],
    async (client, stage) => {
      const { group, topic, member } = await inUse(client, await stage.topic(), stage.name('group'));
      await refused(25, client.setCommitted({ group, topic, partition: 0, offset: 0 }), stage);
      await client.leave({ member });
    },
    ['commits for a group in use'],
  ),

  behaviour(
    'removing a member nobody knows: UNKNOWN_MEMBER_ID',
    ['join', 'assignment', 'leave', 'removeMember'],
    async (client, stage) => {
      const { group, member } = await inUse(client, await stage.topic(), stage.name('group'));
      await refused(25, client.removeMember({ group, id: 'nobody' }), stage);
      await client.leave({ member });
    },
  ),

  behaviour(
    'a static member is fenced by another with its instance id: FENCED_INSTANCE_ID',
    ['join', 'assignment', 'fault', 'leave'],
    async (client, stage) => {
      const [topic, group] = [await stage.topic(2), stage.name('group')];
      await inUse(client, topic, group, { instanceId: 'the-one' });
      const second = `${group}-second`;
      await client.join({ member: second, group, topic, instanceId: 'the-one' });
      const fault = await eventually(
        'the first is fenced',
        () => client.fault({ member: `${group}-member` }),
        (seen) => seen !== null,
      );
      shows(fault ?? { code: null, message: 'nothing' }, 82, stage.wording);
      await eventually(
        'the second has its partitions',
        () => client.assignment({ member: second }),
        ({ length }) => length === 2,
      );
      await client.leave({ member: second });
      await client.leave({ member: `${group}-member` });
    },
    ['static membership'],
  ),

  behaviour(
    'a member that vanishes loses its partitions once its session has timed out',
    ['join', 'assignment', 'vanish', 'leave'],
    async (client, stage) => {
      const [topic, group] = [await stage.topic(2), stage.name('group')];
      const { member } = await inUse(client, topic, group, { sessionTimeoutMs: 6_000 });
      await client.vanish({ member });
      const [since, second] = [Date.now(), `${group}-second`];
      await client.join({ member: second, group, topic });
      await eventually(
        'the one who stayed has all',
        () => client.assignment({ member: second }),
        ({ length }) => length === 2,
      );
      // The last heartbeat may be one interval old by then.
      assert.ok(Date.now() - since > 5_000, 'the partitions moved before the session ended');
      await client.leave({ member: second });
    },
  ),
];

/** A group with one member that holds all partitions. */
async function inUse(
  client: Pick<Verbs, 'join' | 'assignment'>,
  topic: string,
  group: string,
  more: Partial<Parameters<Verbs['join']>[0]> = {},
): Promise<{ topic: string; group: string; member: string }> {
  const member = `${group}-member`;
  await client.join({ ...more, member, group, topic });
  await eventually(
    `${member} holds the partitions`,
    () => client.assignment({ member }),
    ({ length }) => length > 0,
  );
  return { topic, group, member };
}
