/** Groups of KIP-848, by clients that speak the consumer protocol. */
import assert from 'node:assert/strict';
import { behaviour, eventually } from '../behaviour.ts';
import type { ConsumedRecord, Verbs } from '../client.ts';

const protocol = 'consumer';
const numbered = (from: number, to: number): { key: string; value: string }[] =>
  Array.from({ length: to - from }, (_, i) => ({ key: `key-${from + i}`, value: `value ${from + i}` }));

const distinct = (records: readonly ConsumedRecord[]): number => new Set(records.map(({ value }) => value)).size;

/** Waits until the members hold all of so many partitions between them, each at least one and none of them twice. */
async function shared(
  client: Pick<Verbs, 'assignment'>,
  members: readonly string[],
  count: number,
): Promise<number[][]> {
  const held = await eventually(
    `${members.join(' and ')} share ${count} partitions`,
    () => Promise.all(members.map((member) => client.assignment({ member }))),
    (seen) => seen.every(({ length }) => length > 0) && seen.flat().length === count,
    60_000,
  );
  assert.deepEqual(
    held.flat().sort((a, b) => a - b),
    Array.from({ length: count }, (_, i) => i),
    'a partition is held twice',
  );
  return held;
}

export const consumerGroupBehaviours = [
  behaviour(
    'consumer protocol: two members join, share all partitions, read all and leave',
    ['produce', 'join', 'assignment', 'received', 'leave', 'committed'],
    async (client, stage) => {
      const [topic, group] = [await stage.topic(6), stage.name('group')];
      const [first, second] = [stage.name('first'), stage.name('second')];
      await client.produce({ topic, records: numbered(0, 60) });
      await client.join({ member: first, group, topic, protocol, commitOnLeave: true });
      await shared(client, [first], 6);
      await client.join({ member: second, group, topic, protocol, commitOnLeave: true });
      const held = await shared(client, [first, second], 6);
      assert.deepEqual(
        held.map(({ length }) => length),
        [3, 3],
      );
      await client.produce({ topic, records: numbered(60, 120) });
      await eventually(
        'both have read all between them',
        async () =>
          (await Promise.all([client.received({ member: first }), client.received({ member: second })])).flat(),
        (records) => distinct(records) === 120,
      );
      await client.leave({ member: first });
      await shared(client, [second], 6);
      await client.leave({ member: second });
      const committed = await eventually(
        'offsets of all partitions',
        () => client.committed({ group, topic }),
        (offsets) => Object.values(offsets).reduce((sum, offset) => sum + offset, 0) === 120,
      );
      assert.equal(Object.keys(committed).length, 6);
    },
    ['consumer protocol'],
  ),

  behaviour(
    'consumer protocol: a static member comes back to its partitions without a rebalance',
    ['join', 'assignment', 'revoked', 'leave'],
    async (client, stage) => {
      const [topic, group] = [await stage.topic(4), stage.name('group')];
      const [first, second] = [stage.name('first'), stage.name('second')];
      await client.join({ member: first, group, topic, protocol, instanceId: 'one' });
      await shared(client, [first], 4);
      await client.join({ member: second, group, topic, protocol, instanceId: 'two' });
      const [, held] = await shared(client, [first, second], 4);
      const revoked = await client.revoked({ member: first });
      await client.leave({ member: second });
      await client.join({ member: `${second}-again`, group, topic, protocol, instanceId: 'two' });
      const [, again] = await shared(client, [first, `${second}-again`], 4);
      assert.deepEqual(again, held);
      assert.deepEqual(await client.revoked({ member: first }), revoked, 'the other member was disturbed');
      await client.leave({ member: `${second}-again` });
      await client.leave({ member: first });
    },
    ['consumer protocol', 'static membership'],
  ),

  behaviour(
    'consumer protocol: topics by an expression that the broker matches',
    ['produce', 'join', 'received', 'leave'],
    async (client, stage) => {
      const [topic, group, member] = [await stage.topic(2), stage.name('group'), stage.name('member')];
      await client.produce({ topic, records: numbered(0, 20) });
      await client.join({ member, group, topic, protocol, pattern: `${topic.slice(0, -1)}[${topic.slice(-1)}]` });
      const read = await eventually(
        'all records',
        () => client.received({ member }),
        (records) => distinct(records) === 20,
        60_000,
      );
      assert.equal(read.length, 20);
      await client.leave({ member });
    },
    ['consumer protocol'],
  ),

  behaviour(
    'consumer protocol: a group moves from the classic protocol member by member, and back',
    ['produce', 'join', 'assignment', 'received', 'leave'],
    async (client, stage) => {
      const [topic, group] = [await stage.topic(4), stage.name('group')];
      const [old, modern, late] = [stage.name('old'), stage.name('modern'), stage.name('late')];
      await client.join({ member: old, group, topic, assignor: 'cooperative-sticky' });
      await shared(client, [old], 4);
      await client.join({ member: modern, group, topic, protocol });
      await shared(client, [old, modern], 4);
      await client.produce({ topic, records: numbered(0, 40) });
      await eventually(
        'both read',
        async () => (await Promise.all([client.received({ member: old }), client.received({ member: modern })])).flat(),
        (records) => distinct(records) === 40,
      );
      await client.leave({ member: modern });
      await shared(client, [old], 4);
      await client.join({ member: late, group, topic, assignor: 'cooperative-sticky' });
      await shared(client, [old, late], 4);
      await client.leave({ member: late });
      await client.leave({ member: old });
    },
    ['consumer protocol', 'cooperative-sticky'],
  ),

  behaviour(
    'consumer protocol: a group is described and listed with its members',
    ['join', 'assignment', 'leave', 'listGroups', 'describeGroup', 'deleteGroup'],
    async (client, stage) => {
      const [topic, group, member] = [await stage.topic(2), stage.name('group'), stage.name('member')];
      await client.join({ member, group, topic, protocol });
      await shared(client, [member], 2);
      assert.ok((await client.listGroups({})).includes(group));
      const { members } = await eventually(
        'a stable group',
        () => client.describeGroup({ group }),
        ({ state }) => state.toLowerCase() === 'stable',
      );
      assert.deepEqual(members, [{ partitions: [0, 1] }]);
      await client.leave({ member });
      await client.deleteGroup({ group });
      assert.ok(!(await client.listGroups({})).includes(group));
    },
    ['consumer protocol'],
  ),
];
