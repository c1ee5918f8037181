import { setTimeout as sleep } from 'node:timers/promises';
import { conversation, type Conversation } from '../conversation.ts';
import { pick, type Said } from '../fit.ts';
import type { Talk } from '../talk.ts';

const bytes = (text: string): Buffer => Buffer.from(text);
/** The consumer protocol's subscription, version 0: Apache Kafka looks into it. */
const subscription = (topic: string): Buffer =>
  Buffer.concat([
    Buffer.from([0, 0, 0, 0, 0, 1, 0, topic.length]),
    bytes(topic),
    Buffer.from([0xff, 0xff, 0xff, 0xff]),
  ]);
const range: Said = { name: 'range', metadata: subscription('a') };
const roundRobin: Said = { name: 'roundrobin', metadata: subscription('b') };

interface Joining {
  readonly memberId?: string;
  readonly groupInstanceId?: string | null;
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
  readonly protocolType?: string;
  readonly protocols?: readonly Said[];
  readonly reason?: string | null;
}

const joining = (groupId: string, more: Joining = {}): Said => ({
  groupId,
  sessionTimeoutMs: 30_000,
  rebalanceTimeoutMs: 30_000,
  memberId: '',
  protocolType: 'consumer',
  protocols: [range],
  ...more,
});

const join = (talk: Talk, label: string, groupId: string, more: Joining = {}): Promise<Said> =>
  talk.ask(label, 'JoinGroup', joining(groupId, more), { limitMs: 3000 });

function memberOf(answer: Said | undefined | 'silence'): string {
  const memberId = pick(answer, 'memberId');
  return typeof memberId === 'string' ? memberId : '';
}

const generationOf = (answer: Said): number => Number(pick(answer, 'generationId') ?? -1);

/** Joins as a client would: with the id that it is given first. Nothing of it is noted. */
async function joined(
  talk: Talk,
  groupId: string,
  more: Joining = {},
): Promise<{ memberId: string; generationId: number }> {
  const first = (await talk.quietly('JoinGroup', joining(groupId, more), { version: 9 })) as Said;
  const answer =
    pick(first, 'errorCode') === 79
      ? ((await talk.quietly('JoinGroup', joining(groupId, { ...more, memberId: memberOf(first) }), {
          version: 9,
        })) as Said)
      : first;
  return { memberId: memberOf(answer), generationId: generationOf(answer) };
}

/** A group of one member that has its assignment. */
async function stable(
  talk: Talk,
  groupId: string,
  more: Joining = {},
): Promise<{ memberId: string; generationId: number }> {
  const member = await joined(talk, groupId, more);
  await talk.quietly(
    'SyncGroup',
    {
      groupId,
      ...member,
      groupInstanceId: more.groupInstanceId ?? null,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments: [{ memberId: member.memberId, assignment: bytes('assignment') }],
    },
    { version: 5 },
  );
  return member;
}

const state = (talk: Talk, label: string, groupId: string): Promise<Said> =>
  talk.ask(label, 'DescribeGroups', { groups: [groupId] }, { version: 6 });

function commit(
  talk: Talk,
  label: string,
  groupId: string,
  topic: { name: string; topicId: string },
  partitions: readonly Said[],
  more: Said = {},
): Promise<Said> {
  return talk.ask(label, 'OffsetCommit', {
    groupId,
    topics: [
      {
        name: topic.name,
        topicId: topic.topicId,
        partitions: partitions.map((each) => ({ committedOffset: 5, committedMetadata: '', ...each })),
      },
    ],
    ...more,
  });
}

function fetched(
  talk: Talk,
  label: string,
  groupId: string,
  topics: readonly Said[] | null,
  more: Said = {},
): Promise<Said> {
  return talk.ask(label, 'OffsetFetch', {
    groupId,
    topics: topics?.map(({ topicId: _, ...each }) => each) ?? null,
    groups: [{ groupId, topics, ...more }],
  });
}

export const groupConversations: readonly Conversation[] = [
  conversation('JoinGroup', 'a first member', async (talk) => {
    await talk.ask('default values', 'JoinGroup', {});
    const g = (what: string): string => talk.name(what);
    const one = await join(talk, 'no member id', g('one'));
    const again = await join(talk, 'with the id it was given', g('one'), { memberId: memberOf(one) });
    await join(talk, 'once more', g('one'), { memberId: memberOf(again) });
    await state(talk, 'the group', g('one'));
    await join(talk, 'unknown member id', g('two'), { memberId: 'nobody' });
    await join(talk, 'unknown member id in a group that is there', g('one'), { memberId: 'nobody' });
    await join(talk, 'empty group id', '');
    for (const sessionTimeoutMs of [0, -1, 5999, 6000, 1_800_000, 1_800_001, 2147483647])
      await join(talk, `session timeout ${sessionTimeoutMs}`, g(`s${sessionTimeoutMs}`), { sessionTimeoutMs });
    for (const rebalanceTimeoutMs of [0, -1])
      await join(talk, `rebalance timeout ${rebalanceTimeoutMs}`, g(`r${rebalanceTimeoutMs}`), { rebalanceTimeoutMs });
    await join(talk, 'no protocols', g('three'), { protocols: [] });
    await join(talk, 'no protocol type', g('four'), { protocolType: '' });
    await join(talk, 'another protocol type', g('connect'), { protocolType: 'connect' });
    await join(talk, 'two protocols', g('five'), { protocols: [roundRobin, range] });
    await join(talk, 'an empty protocol name', g('seven'), { protocols: [{ name: '', metadata: subscription('a') }] });
    await join(talk, 'a reason', g('eight'), { reason: 'because' });
    await join(talk, 'odd group id', `${g('x')} ä/ :`);
    if (talk.version >= 5) {
      for (const groupInstanceId of ['i', '.', '..', 'a/b', 'ä', 'x'.repeat(249), 'x'.repeat(250)])
        await join(
          talk,
          `instance ${groupInstanceId.slice(0, 10)}`,
          g(`i-${Buffer.from(groupInstanceId.slice(0, 10)).toString('hex')}-${groupInstanceId.length}`),
          { groupInstanceId },
        );
      await join(talk, 'empty instance', g('empty-instance'), { groupInstanceId: '' });
    }
  }),
  conversation('JoinGroup', 'a second member', async (talk) => {
    const groupId = talk.name('group');
    const leader = await stable(talk, groupId);
    const other = talk.another();
    await join(other, 'inconsistent protocol type', groupId, { protocolType: 'connect' });
    await join(other, 'inconsistent protocols', groupId, { protocols: [roundRobin] });
    await join(other, 'no protocol type', groupId, { protocolType: '' });
    await join(other, 'no protocols', groupId, { protocols: [] });
    let memberId = '';
    if (talk.version >= 4) memberId = memberOf(await join(other, 'without an id', groupId));
    await state(talk, 'before it joins', groupId);
    const pending = join(other, 'the second joins', groupId, { memberId, protocols: [roundRobin, range] });
    await sleep(150);
    await talk.ask('the first is told', 'Heartbeat', { groupId, ...leader });
    await state(talk, 'while it waits', groupId);
    const back = await join(talk, 'the first joins again', groupId, { memberId: leader.memberId });
    const second = await pending;
    await state(talk, 'both have joined', groupId);
    const generationId = generationOf(back);
    const syncing = other.ask('the second asks for its part', 'SyncGroup', {
      groupId,
      generationId,
      memberId: memberOf(second),
      protocolType: 'consumer',
      protocolName: 'range',
    });
    await sleep(100);
    await talk.ask('the first gives it', 'SyncGroup', {
      groupId,
      generationId,
      memberId: leader.memberId,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments: [{ memberId: memberOf(second), assignment: bytes('to the second') }],
    });
    await syncing;
    await state(talk, 'stable', groupId);
    await join(other, 'the second joins, nothing new', groupId, {
      memberId: memberOf(second),
      protocols: [roundRobin, range],
    });
    await talk.ask('a wrong generation', 'Heartbeat', {
      groupId,
      generationId: generationId + 5,
      memberId: leader.memberId,
    });
    await talk.ask('the second leaves', 'LeaveGroup', {
      groupId,
      memberId: memberOf(second),
      members: [{ memberId: memberOf(second) }],
    });
    await talk.ask('the first is told again', 'Heartbeat', { groupId, generationId, memberId: leader.memberId });
    await join(talk, 'the first is alone again', groupId, { memberId: leader.memberId });
    await talk.ask('and leaves', 'LeaveGroup', {
      groupId,
      memberId: leader.memberId,
      members: [{ memberId: leader.memberId }],
    });
    await state(talk, 'empty', groupId);
    await join(talk, 'comes back as what it was', groupId, { memberId: leader.memberId });
  }),
  conversation(
    'JoinGroup',
    'static members',
    async (talk) => {
      const groupId = talk.name('group');
      const one = { groupInstanceId: 'one' };
      const first = await join(talk, 'joins', groupId, one);
      const generationId = generationOf(first);
      const memberId = memberOf(first);
      const sync = (label: string, whose: Said) =>
        talk.ask(label, 'SyncGroup', {
          groupId,
          protocolType: 'consumer',
          protocolName: 'range',
          generationId,
          assignments: [{ memberId, assignment: bytes('mine') }],
          ...whose,
        });
      await sync('syncs', { memberId, ...one });
      await join(talk, 'an id that was never given', groupId, { ...one, memberId: 'other' });
      await join(talk, 'its id without the instance', groupId, { memberId });
      await join(talk, 'unknown instance with an id', groupId, { groupInstanceId: 'two', memberId });
      await sync('syncs with a wrong id', { memberId: 'other', ...one });
      await sync('syncs as an unknown instance', { memberId, groupInstanceId: 'two' });
      await talk.ask('beats with a wrong id', 'Heartbeat', { groupId, generationId, memberId: 'other', ...one });
      await talk.ask('beats as an unknown instance', 'Heartbeat', {
        groupId,
        generationId,
        memberId,
        groupInstanceId: 'two',
      });
      await talk.ask('beats', 'Heartbeat', { groupId, generationId, memberId, ...one });
      const other = talk.another();
      const second = await join(other, 'is replaced', groupId, one);
      await talk.ask('the old one beats', 'Heartbeat', { groupId, generationId, memberId, ...one });
      await sync('the old one syncs', { memberId, ...one });
      await join(talk, 'the old one joins', groupId, { ...one, memberId });
      await state(talk, 'after the replacement', groupId);
      await sync('the new one syncs', { memberId: memberOf(second), ...one });
      await join(other, 'is replaced with other protocols', groupId, { ...one, protocols: [roundRobin] });
      await state(talk, 'after the second replacement', groupId);
      await talk.ask('leaves with a wrong id', 'LeaveGroup', { groupId, members: [{ memberId: 'other', ...one }] });
      await talk.ask('an unknown instance leaves', 'LeaveGroup', {
        groupId,
        members: [{ memberId: '', groupInstanceId: 'two' }],
      });
      await talk.ask('leaves by instance alone', 'LeaveGroup', { groupId, members: [{ memberId: '', ...one }] });
      await state(talk, 'empty', groupId);
    },
    { versions: [5, 6, 7, 8, 9] },
  ),
  conversation('SyncGroup', 'what is wrong', async (talk) => {
    await talk.ask('default values', 'SyncGroup', {});
    const groupId = talk.name('group');
    const member = await joined(talk, groupId);
    const sync = (label: string, more: Said = {}) =>
      talk.ask(label, 'SyncGroup', { groupId, ...member, protocolType: 'consumer', protocolName: 'range', ...more });
    await sync('unknown group', { groupId: talk.name('none') });
    await sync('empty group', { groupId: '' });
    await sync('unknown member', { memberId: 'nobody' });
    await sync('empty member', { memberId: '' });
    await sync('generation too high', { generationId: 9 });
    await sync('generation too low', { generationId: 0 });
    await sync('another protocol type', { protocolType: 'connect' });
    await sync('another protocol', { protocolName: 'roundrobin' });
    await sync('no protocol', { protocolType: null, protocolName: null });
    await sync('no assignment for it');
    await sync('again', { assignments: [{ memberId: member.memberId, assignment: bytes('late') }] });
    await sync('assignment for nobody', { assignments: [{ memberId: 'nobody', assignment: bytes('x') }] });
    await sync('an instance it has not', { groupInstanceId: 'one' });
    await sync('generation too high, stable', { generationId: 9 });
    await state(talk, 'the group', groupId);
    await talk.quietly('OffsetCommit', { groupId: talk.name('simple'), topics: [] }, { version: 9 });
    await sync('a simple group', { groupId: talk.name('simple') });
  }),
  conversation('Heartbeat', 'what is wrong', async (talk) => {
    await talk.ask('default values', 'Heartbeat', {});
    const groupId = talk.name('group');
    const member = await joined(talk, groupId);
    const beat = (label: string, more: Said = {}) => talk.ask(label, 'Heartbeat', { groupId, ...member, ...more });
    await beat('before its assignment');
    await talk.quietly(
      'SyncGroup',
      { groupId, ...member, protocolType: 'consumer', protocolName: 'range' },
      { version: 5 },
    );
    await beat('good');
    await beat('unknown group', { groupId: talk.name('none') });
    await beat('empty group', { groupId: '' });
    await beat('unknown member', { memberId: 'nobody' });
    await beat('empty member', { memberId: '' });
    await beat('generation too high', { generationId: 9 });
    await beat('generation too low', { generationId: 0 });
    await beat('generation -1', { generationId: -1 });
    await beat('an instance it has not', { groupInstanceId: 'one' });
    await talk.quietly('LeaveGroup', { groupId, members: [{ memberId: member.memberId }] }, { version: 5 });
    await beat('gone');
  }),
  conversation('LeaveGroup', 'all', async (talk) => {
    await talk.ask('default values', 'LeaveGroup', {});
    const groupId = talk.name('group');
    const leave = (label: string, memberId: string, more: Said = {}) =>
      talk.ask(label, 'LeaveGroup', { groupId, memberId, members: [{ memberId }], ...more });
    await leave('unknown group', 'nobody');
    await leave('empty group', 'nobody', { groupId: '' });
    const { memberId } = await stable(talk, groupId);
    await leave('unknown member', 'nobody');
    await leave('empty member', '');
    if (talk.version >= 3) {
      await talk.ask('nobody', 'LeaveGroup', { groupId, members: [] });
      await talk.ask('several, one of them unknown', 'LeaveGroup', {
        groupId,
        members: [
          { memberId: 'nobody' },
          { memberId, reason: 'done' },
          { memberId },
          { memberId, groupInstanceId: 'one' },
        ],
      });
      await state(talk, 'after they left', groupId);
    } else await leave('good', memberId);
    await leave('once more', memberId);
    const pending = (await talk.quietly('JoinGroup', joining(talk.name('pending')), { version: 9 })) as Said;
    await leave('a pending member', memberOf(pending), { groupId: talk.name('pending') });
    await leave('a pending member, again', memberOf(pending), { groupId: talk.name('pending') });
    await state(talk, 'a group that had only a pending member', talk.name('pending'));
  }),
  conversation('OffsetCommit', 'simple commits', async (talk) => {
    await talk.ask('default values', 'OffsetCommit', {});
    const topic = await talk.topic('topic', { partitions: 3 });
    const g = talk.name('group');
    await commit(talk, 'good', g, topic, [{ committedOffset: 3, committedMetadata: 'm', committedLeaderEpoch: 0 }]);
    await commit(talk, 'null metadata', g, topic, [{ partitionIndex: 1, committedMetadata: null }]);
    await commit(talk, 'metadata of 4096', g, topic, [{ partitionIndex: 2, committedMetadata: 'x'.repeat(4096) }]);
    await commit(talk, 'metadata of 4097', g, topic, [
      { partitionIndex: 2, committedMetadata: 'x'.repeat(4097) },
      { partitionIndex: 1 },
    ]);
    for (const committedOffset of [-1, -2, 2 ** 50])
      await commit(talk, `offset ${committedOffset}`, g, topic, [{ committedOffset }]);
    for (const committedLeaderEpoch of [-2, 77])
      await commit(talk, `leader epoch ${committedLeaderEpoch}`, g, topic, [{ committedLeaderEpoch }]);
    await commit(talk, 'unknown partition', g, topic, [{ partitionIndex: 9 }, { partitionIndex: -1 }, {}]);
    await commit(talk, 'unknown topic', g, { name: talk.name('none'), topicId: '0123456789abcdefABCDEg' }, [{}]);
    await commit(talk, 'no topic', g, { name: '', topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }, [{}]);
    await commit(talk, 'no partitions', g, topic, []);
    await commit(talk, 'the same twice', g, topic, [{ committedOffset: 1 }, { committedOffset: 2 }]);
    await talk.ask('no topics', 'OffsetCommit', { groupId: talk.name('nothing') });
    await commit(talk, 'empty group', '', topic, [{}]);
    await commit(talk, 'member id without generation', talk.name('g2'), topic, [{}], { memberId: 'm' });
    await commit(talk, 'generation without a group', talk.name('g3'), topic, [{}], { generationIdOrMemberEpoch: 3 });
    await commit(talk, 'generation and member without a group', talk.name('g3'), topic, [{}], {
      generationIdOrMemberEpoch: 3,
      memberId: 'm',
    });
    await commit(talk, 'instance without a group', talk.name('g4'), topic, [{}], { groupInstanceId: 'i' });
    await commit(talk, 'generation -2', talk.name('g5'), topic, [{}], { generationIdOrMemberEpoch: -2 });
    await commit(talk, 'retention', g, topic, [{}], { retentionTimeMs: 1000 });
    await talk.ask('what is committed', 'OffsetFetch', { groups: [{ groupId: g, topics: null }] }, { version: 9 });
    await state(talk, 'a simple group', g);
    const several = ['z', 'b'].map((name) => ({
      name: talk.name(name),
      topicId: `AAAAAAAAAAAAAAAAAAAA${name}g`,
      partitions: [{ committedMetadata: '' }],
    }));
    await talk.ask('several topics', 'OffsetCommit', {
      groupId: g,
      topics: [several[0], { ...topic, partitions: [{ committedMetadata: '' }] }, several[1]],
    });
  }),
  conversation('OffsetCommit', 'commits of members', async (talk) => {
    const topic = await talk.topic('topic');
    const groupId = talk.name('group');
    const member = await joined(talk, groupId);
    const of = (more: Said = {}): Said => ({
      memberId: member.memberId,
      generationIdOrMemberEpoch: member.generationId,
      ...more,
    });
    await commit(talk, 'before the assignment', groupId, topic, [{}], of());
    await talk.quietly(
      'SyncGroup',
      { groupId, ...member, protocolType: 'consumer', protocolName: 'range' },
      { version: 5 },
    );
    await commit(talk, 'good', groupId, topic, [{}], of());
    await commit(talk, 'generation too high', groupId, topic, [{}], of({ generationIdOrMemberEpoch: 9 }));
    await commit(talk, 'generation too low', groupId, topic, [{}], of({ generationIdOrMemberEpoch: 0 }));
    await commit(talk, 'unknown member', groupId, topic, [{}], of({ memberId: 'nobody' }));
    await commit(talk, 'nobody', groupId, topic, [{}]);
    await commit(talk, 'nobody, with a generation', groupId, topic, [{}], { generationIdOrMemberEpoch: 1 });
    await commit(talk, 'a member without generation', groupId, topic, [{}], { memberId: member.memberId });
    await commit(talk, 'an instance it has not', groupId, topic, [{}], of({ groupInstanceId: 'i' }));
    await talk.quietly('LeaveGroup', { groupId, members: [{ memberId: member.memberId }] }, { version: 5 });
    await commit(talk, 'gone', groupId, topic, [{}], of());
    await commit(talk, 'nobody, in an empty group', groupId, topic, [{}]);
    const pending = (await talk.quietly('JoinGroup', joining(talk.name('pending')), { version: 9 })) as Said;
    await commit(talk, 'a pending member', talk.name('pending'), topic, [{}], {
      memberId: memberOf(pending),
      generationIdOrMemberEpoch: 1,
    });
    await commit(talk, 'nobody, where one is pending', talk.name('pending'), topic, [{}]);
  }),
  conversation('OffsetFetch', 'all', async (talk) => {
    await talk.ask('default values', 'OffsetFetch', {});
    const topic = await talk.topic('topic', { partitions: 3 });
    const other = await talk.topic('other');
    const g = talk.name('group');
    for (const each of [topic, other])
      await talk.quietly(
        'OffsetCommit',
        {
          groupId: g,
          topics: [{ ...each, partitions: [{ committedOffset: 3, committedMetadata: 'm', committedLeaderEpoch: 2 }] }],
        },
        { version: 9 },
      );
    const of = (each: { name: string; topicId: string }, ...partitionIndexes: number[]): Said => ({
      name: each.name,
      topicId: each.topicId,
      partitionIndexes,
    });
    const none = { name: talk.name('none'), topicId: '0123456789abcdefABCDEg' };
    await fetched(talk, 'committed', g, [of(topic, 0)]);
    await fetched(talk, 'committed and not', g, [of(topic, 2, 0, 1, 9, -1)]);
    await fetched(talk, 'two topics', g, [of(other, 0), of(topic, 0)]);
    await fetched(talk, 'the same twice', g, [of(topic, 0, 0), of(topic, 0)]);
    await fetched(talk, 'unknown topic', g, [of(none, 0), of(topic, 0)]);
    await fetched(talk, 'no topic', g, [of({ name: '', topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }, 0)]);
    await fetched(talk, 'no partitions', g, [of(topic)]);
    await fetched(talk, 'no topics', g, []);
    if (talk.version >= 2) await fetched(talk, 'all topics', g, null);
    await fetched(talk, 'unknown group', talk.name('unknown'), [of(topic, 0)]);
    if (talk.version >= 2) await fetched(talk, 'all of an unknown group', talk.name('unknown'), null);
    await fetched(talk, 'empty group', '', [of(topic, 0)]);
    await fetched(talk, 'with a member', g, [of(topic, 0)], { memberId: 'm', memberEpoch: 3 });
    await fetched(talk, 'with an epoch', g, [of(topic, 0)], { memberEpoch: 3 });
    await fetched(talk, 'stable', g, [of(topic, 0)]);
    await talk.ask('only stable offsets', 'OffsetFetch', {
      groupId: g,
      requireStable: true,
      topics: [{ name: topic.name, partitionIndexes: [0] }],
      groups: [{ groupId: g, topics: [of(topic, 0)] }],
    });
    if (talk.version >= 8)
      await talk.ask('several groups', 'OffsetFetch', {
        groups: [
          { groupId: talk.name('z'), topics: null },
          { groupId: g, topics: null },
          { groupId: '', topics: [of(topic, 0)] },
          { groupId: g, topics: [of(topic, 1)] },
        ],
      });
  }),
  conversation('DescribeGroups', 'all', async (talk) => {
    await talk.ask('default values', 'DescribeGroups', {});
    const groupId = talk.name('group');
    await stable(talk, groupId);
    const simple = talk.name('simple');
    const topic = await talk.topic('topic');
    await talk.quietly(
      'OffsetCommit',
      { groupId: simple, topics: [{ ...topic, partitions: [{ committedMetadata: '' }] }] },
      { version: 9 },
    );
    const ask = (label: string, groups: readonly string[], includeAuthorizedOperations = false) =>
      talk.ask(label, 'DescribeGroups', { groups, includeAuthorizedOperations });
    await ask('stable', [groupId]);
    await ask('with what may be done', [groupId, talk.name('none')], true);
    await ask('unknown', [talk.name('none')]);
    await ask('empty', ['']);
    await ask('several, in the order of asking', [talk.name('z'), groupId, simple, '', groupId]);
  }),
  conversation(
    'ListGroups',
    'all',
    async (talk) => {
      await stable(talk, talk.name('group'));
      const topic = await talk.topic('topic');
      await talk.quietly(
        'OffsetCommit',
        { groupId: talk.name('simple'), topics: [{ ...topic, partitions: [{ committedMetadata: '' }] }] },
        { version: 9 },
      );
      await talk.ask('all', 'ListGroups', {});
      for (const statesFilter of [
        ['Stable'],
        ['Empty'],
        ['stable'],
        ['Dead'],
        ['nonsense'],
        [''],
        ['Stable', 'Empty'],
        ['PreparingRebalance'],
        ['CompletingRebalance'],
      ])
        if (talk.version >= 4) await talk.ask(`states ${statesFilter.join()}`, 'ListGroups', { statesFilter });
      for (const typesFilter of [['classic'], ['Classic'], ['consumer'], ['nonsense'], [''], ['classic', 'share']])
        if (talk.version >= 5) await talk.ask(`types ${typesFilter.join()}`, 'ListGroups', { typesFilter });
    },
    { alone: true },
  ),
  conversation(
    'DeleteGroups',
    'all',
    async (talk) => {
      await talk.ask('default values', 'DeleteGroups', {});
      const remove = (label: string, ...groupsNames: string[]) => talk.ask(label, 'DeleteGroups', { groupsNames });
      const busy = talk.name('busy');
      await stable(talk, busy);
      const topic = await talk.topic('topic');
      const simple = talk.name('simple');
      await talk.quietly(
        'OffsetCommit',
        { groupId: simple, topics: [{ ...topic, partitions: [{ committedMetadata: '' }] }] },
        { version: 9 },
      );
      await remove('unknown', talk.name('none'));
      await remove('empty', '');
      await remove('busy', busy);
      await remove('several', talk.name('z'), busy, simple, '', talk.name('a'));
      await remove('once more', simple);
      await talk.ask('its offsets', 'OffsetFetch', { groups: [{ groupId: simple, topics: null }] }, { version: 9 });
      await state(talk, 'it is dead', simple);
      await remove('the same twice', talk.name('none'), talk.name('none'));
    },
    { alone: true },
  ),
  conversation('OffsetDelete', 'all', async (talk) => {
    await talk.ask('default values', 'OffsetDelete', {});
    const topic = await talk.topic('topic', { partitions: 2 });
    const groupId = talk.name('group');
    const of = (name: string, ...partitions: number[]): Said => ({
      name,
      partitions: partitions.map((partitionIndex) => ({ partitionIndex })),
    });
    const remove = (label: string, group: string, ...topics: Said[]) =>
      talk.ask(label, 'OffsetDelete', { groupId: group, topics });
    await remove('unknown group', talk.name('none'), of(topic.name, 0));
    await remove('empty group', '', of(topic.name, 0));
    const partitions = [{ committedMetadata: '' }, { partitionIndex: 1, committedMetadata: '' }];
    await talk.quietly('OffsetCommit', { groupId, topics: [{ ...topic, partitions }] }, { version: 9 });
    await remove('committed', groupId, of(topic.name, 0));
    await remove('not committed', groupId, of(topic.name, 0));
    await remove('unknown partition', groupId, of(topic.name, 9, 1));
    await remove('unknown topic', groupId, of(talk.name('none'), 0));
    await remove('no topics', groupId);
    await remove('no partitions', groupId, of(topic.name));
    await remove('the same twice', groupId, of(topic.name, 0, 0), of(topic.name, 1));
    const busy = talk.name('busy');
    await stable(talk, busy, { protocols: [{ name: 'range', metadata: subscription(topic.name) }] });
    await remove('a topic that is consumed', busy, of(topic.name, 0), of('other', 0));
    const connect = talk.name('connect');
    await stable(talk, connect, { protocolType: 'connect' });
    await remove('not consumers', connect, of(topic.name, 0));
  }),
  conversation(
    'JoinGroup',
    'what Apache Kafka fails on',
    async (talk) => {
      const unreadable = { name: 'range', metadata: bytes('unreadable') };
      await join(talk, 'a subscription that cannot be read', talk.name('one'), { protocols: [unreadable] });
      const other = { ...range, metadata: subscription('c') };
      await join(talk, 'the same protocol twice', talk.name('two'), { protocols: [range, other] });
    },
    { versions: [3], alone: true },
  ),
];
