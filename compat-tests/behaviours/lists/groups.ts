import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { behaviour, eventually } from '../behaviour.ts';
import type { ConsumedRecord, Verbs } from '../client.ts';
import type { Stage } from '../stage.ts';

const numbered = (from: number, to: number): { key: string; value: string }[] =>
  Array.from({ length: to - from }, (_, i) => ({ key: `key-${from + i}`, value: `value ${from + i}` }));

const distinct = (records: readonly ConsumedRecord[]): number => new Set(records.map(({ value }) => value)).size;
const partitions = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

function holding(client: Pick<Verbs, 'assignment'>, member: string, count: number): Promise<number[]> {
  return eventually(
    `${member} holds ${count} partitions`,
    () => client.assignment({ member }),
    ({ length }) => length === count,
  );
}

function shares(client: Pick<Verbs, 'assignment'>, members: readonly string[]): Promise<number[][]> {
  return Promise.all(members.map((member) => client.assignment({ member })));
}

/** Waits until the members hold all partitions between them, none of them nothing, and checks that no partition is held twice. */
async function shared(
  client: Pick<Verbs, 'assignment'>,
  members: readonly string[],
  count: number,
): Promise<number[][]> {
  const held = await eventually(
    `${members.join(' and ')} share ${count} partitions`,
    () => shares(client, members),
    (seen) => seen.every(({ length }) => length > 0) && seen.flat().length === count,
  );
  assert.deepEqual(
    held.flat().sort((a, b) => a - b),
    partitions(count),
    'a partition is held twice',
  );
  return held;
}

/** Has a member read a topic of so many records, seek, and read again as many as are awaited: the offsets of those. */
async function readAfterSeek(
  client: Pick<Verbs, 'produce' | 'join' | 'received' | 'seek' | 'leave'>,
  stage: Stage,
  { records, to, awaited }: { records: number; to: number; awaited: number },
): Promise<number[]> {
  const [topic, group, member] = [await stage.topic(), stage.name('group'), stage.name('member')];
  const received = (count: number): Promise<ConsumedRecord[]> =>
    eventually(
      `${count} records`,
      () => client.received({ member }),
      ({ length }) => length === count,
    );
  await client.produce({ topic, records: numbered(0, records) });
  await client.join({ member, group, topic, from: 'earliest' });
  await received(records);
  await client.seek({ member, topic, partition: 0, offset: to });
  const read = await received(records + awaited);
  await client.leave({ member });
  return read.slice(records).map(({ offset }) => offset);
}

export const groupBehaviours = [
  behaviour(
    'a group of one reads all partitions',
    ['produce', 'join', 'assignment', 'received', 'leave'],
    async (client, stage) => {
      const [topic, group, member] = [await stage.topic(3), stage.name('group'), stage.name('member')];
      await client.produce({ topic, records: numbered(0, 60) });
      await client.join({ member, group, topic });
      assert.deepEqual(await holding(client, member, 3), [0, 1, 2]);
      const read = await eventually(
        'all records',
        () => client.received({ member }),
        ({ length }) => length >= 60,
      );
      assert.equal(read.length, 60, 'a record came twice');
      assert.equal(distinct(read), 60);
      await client.leave({ member });
    },
  ),

  behaviour(
    'a group that starts at latest sees only what comes after',
    ['produce', 'join', 'assignment', 'received', 'leave'],
    async (client, stage) => {
      const [topic, group, member] = [await stage.topic(), stage.name('group'), stage.name('member')];
      await client.produce({ topic, records: numbered(0, 5) });
      await client.join({ member, group, topic, from: 'latest' });
      await holding(client, member, 1);
      await sleep(1000);
      await client.produce({ topic, records: numbered(5, 8) });
      const read = await eventually(
        'the new records',
        () => client.received({ member }),
        ({ length }) => length >= 3,
      );
      assert.deepEqual(
        read.map(({ value }) => value),
        ['value 5', 'value 6', 'value 7'],
      );
      await client.leave({ member });
    },
  ),

  behaviour(
    'two members join, share all partitions and leave',
    ['produce', 'join', 'assignment', 'received', 'leave'],
    async (client, stage) => {
      const [topic, group, first, second] = [
        await stage.topic(6),
        stage.name('group'),
        stage.name('first'),
        stage.name('second'),
      ];
      await client.produce({ topic, records: numbered(0, 60) });
      await client.join({ member: first, group, topic, commitOnLeave: true });
      await holding(client, first, 6);
      await client.join({ member: second, group, topic, commitOnLeave: true });
      await shared(client, [first, second], 6);
      await client.produce({ topic, records: numbered(60, 120) });
      const seen = await eventually(
        'both have read all between them',
        async () =>
          (await Promise.all([client.received({ member: first }), client.received({ member: second })])).flat(),
        (records) => distinct(records) === 120,
      );
      await client.leave({ member: first });
      assert.deepEqual(await holding(client, second, 6), partitions(6));
      const before = await client.received({ member: second });
      await client.produce({ topic, records: numbered(120, 150) });
      await eventually(
        'the one who stayed reads on',
        async () => [...seen, ...(await client.received({ member: second })).slice(before.length)],
        (records) => distinct(records) === 150,
      );
      await client.leave({ member: second });
    },
  ),

  behaviour(
    'cooperative-sticky members keep what they do not give up',
    ['produce', 'join', 'assignment', 'revoked', 'received', 'leave'],
    async (client, stage) => {
      const [topic, group, first, second] = [
        await stage.topic(6),
        stage.name('group'),
        stage.name('first'),
        stage.name('second'),
      ];
      await client.join({ member: first, group, topic, assignor: 'cooperative-sticky' });
      await holding(client, first, 6);
      await client.join({ member: second, group, topic, assignor: 'cooperative-sticky' });
      const [kept = [], given = []] = await shared(client, [first, second], 6);
      assert.deepEqual([kept.length, given.length], [3, 3]);
      const revoked = await client.revoked({ member: first });
      assert.deepEqual(revoked, given, 'revoked more than what moved');
      await client.produce({ topic, records: numbered(0, 60) });
      await eventually(
        'both read',
        async () =>
          (await Promise.all([client.received({ member: first }), client.received({ member: second })])).flat(),
        (records) => distinct(records) === 60,
      );
      await client.leave({ member: second });
      await holding(client, first, 6);
      await client.leave({ member: first });
    },
    ['cooperative-sticky'],
  ),

  behaviour(
    'a static member comes back to its partitions without a rebalance',
    ['join', 'assignment', 'revoked', 'leave'],
    async (client, stage) => {
      const [topic, group, first, second] = [
        await stage.topic(4),
        stage.name('group'),
        stage.name('first'),
        stage.name('second'),
      ];
      await client.join({ member: first, group, topic, instanceId: 'one' });
      await holding(client, first, 4);
      await client.join({ member: second, group, topic, instanceId: 'two' });
      const [firstHeld = [], secondHeld] = await shared(client, [first, second], 4);
      const revoked = await client.revoked({ member: first });
      await client.leave({ member: second });
      await sleep(1000);
      assert.deepEqual(await client.assignment({ member: first }), firstHeld);
      await client.join({ member: `${second}-again`, group, topic, instanceId: 'two' });
      const [, secondAgain] = await shared(client, [first, `${second}-again`], 4);
      assert.deepEqual(secondAgain, secondHeld);
      assert.deepEqual(await client.revoked({ member: first }), revoked, 'the other member was disturbed');
      await client.leave({ member: `${second}-again` });
      await client.leave({ member: first });
    },
    ['static membership'],
  ),

  behaviour(
    'pauses a partition and resumes it',
    ['produce', 'join', 'assignment', 'received', 'pause', 'resume', 'leave'],
    async (client, stage) => {
      const [topic, group, member] = [await stage.topic(2), stage.name('group'), stage.name('member')];
      await client.join({ member, group, topic });
      await holding(client, member, 2);
      await client.produce({
        topic,
        records: [0, 1].map((partition) => ({ partition, value: `before ${partition}` })),
      });
      await eventually(
        'both partitions',
        () => client.received({ member }),
        ({ length }) => length === 2,
      );
      await client.pause({ member, topic, partitions: [0] });
      await client.produce({ topic, records: [0, 1].map((partition) => ({ partition, value: `after ${partition}` })) });
      await eventually(
        'the partition that is not paused',
        () => client.received({ member }),
        ({ length }) => length >= 3,
      );
      await sleep(500);
      const paused = await client.received({ member });
      assert.deepEqual(
        paused.slice(2).map(({ value }) => value),
        ['after 1'],
      );
      await client.resume({ member, topic, partitions: [0] });
      const read = await eventually(
        'the resumed partition',
        () => client.received({ member }),
        ({ length }) => length === 4,
      );
      assert.equal(read[3]?.value, 'after 0');
      await client.leave({ member });
    },
    ['partitions'],
  ),

  behaviour('seeks back and reads again', ['produce', 'join', 'received', 'seek', 'leave'], async (client, stage) => {
    const read = await readAfterSeek(client, stage, { records: 10, to: 7, awaited: 3 });
    assert.deepEqual(read, [7, 8, 9]);
  }),

  behaviour(
    'a seek out of range goes where auto.offset.reset says',
    ['produce', 'join', 'received', 'seek', 'leave'],
    async (client, stage) => {
      const read = await readAfterSeek(client, stage, { records: 4, to: 1_000_000, awaited: 4 });
      assert.deepEqual(read, [0, 1, 2, 3]);
    },
  ),

  behaviour('a group resumes where it left', ['produce', 'join', 'received', 'leave'], async (client, stage) => {
    const [topic, group, first, second] = [
      await stage.topic(2),
      stage.name('group'),
      stage.name('first'),
      stage.name('second'),
    ];
    await client.produce({ topic, records: numbered(0, 20) });
    await client.join({ member: first, group, topic, commitOnLeave: true });
    await eventually(
      'the first twenty',
      () => client.received({ member: first }),
      ({ length }) => length === 20,
    );
    await client.leave({ member: first });
    await client.produce({ topic, records: numbered(20, 30) });
    await client.join({ member: second, group, topic });
    const read = await eventually(
      'the ten after',
      () => client.received({ member: second }),
      ({ length }) => length >= 10,
    );
    assert.deepEqual(
      read.map(({ value }) => value).sort(),
      numbered(20, 30)
        .map(({ value }) => value)
        .sort(),
    );
    await client.leave({ member: second });
  }),

  behaviour(
    'commits; the offset and the lag are told',
    ['produce', 'join', 'received', 'commit', 'leave', 'committed', 'lag'],
    async (client, stage) => {
      const [topic, group, member] = [await stage.topic(), stage.name('group'), stage.name('member')];
      await client.produce({ topic, records: numbered(0, 10) });
      await client.join({ member, group, topic });
      await eventually(
        'ten records',
        () => client.received({ member }),
        ({ length }) => length === 10,
      );
      await client.commit({ member });
      await client.leave({ member });
      assert.deepEqual(await client.committed({ group, topic }), { 0: 10 });
      assert.deepEqual(await client.lag({ group, topic }), { 0: 0 });
      await client.produce({ topic, records: numbered(10, 17) });
      assert.deepEqual(await client.lag({ group, topic }), { 0: 7 });
    },
  ),

  behaviour(
    'resets the offsets of an empty group',
    ['produce', 'join', 'received', 'leave', 'setCommitted', 'committed', 'lag'],
    async (client, stage) => {
      const [topic, group, member] = [await stage.topic(), stage.name('group'), stage.name('member')];
      await client.produce({ topic, records: numbered(0, 10) });
      await client.setCommitted({ group, topic, partition: 0, offset: 4 });
      assert.deepEqual(await client.committed({ group, topic }), { 0: 4 });
      assert.deepEqual(await client.lag({ group, topic }), { 0: 6 });
      await client.join({ member, group, topic });
      const read = await eventually(
        'six records',
        () => client.received({ member }),
        ({ length }) => length >= 6,
      );
      assert.deepEqual(
        read.map(({ offset }) => offset),
        [4, 5, 6, 7, 8, 9],
      );
      await client.leave({ member });
    },
  ),

  behaviour(
    'lists and describes groups',
    ['join', 'assignment', 'leave', 'listGroups', 'describeGroup'],
    async (client, stage) => {
      const [topic, group, member] = [await stage.topic(3), stage.name('group'), stage.name('member')];
      await client.join({ member, group, topic, commitOnLeave: true });
      await holding(client, member, 3);
      assert.ok((await client.listGroups({})).includes(group));
      const stable = await client.describeGroup({ group });
      assert.equal(stable.state, 'Stable');
      assert.deepEqual(
        stable.members.map((each) => each.partitions),
        [[0, 1, 2]],
      );
      await client.leave({ member });
      const empty = await eventually(
        'the group is empty',
        () => client.describeGroup({ group }),
        ({ state }) => state !== 'Stable',
      );
      assert.deepEqual([empty.state, empty.members], ['Empty', []]);
    },
  ),
];
