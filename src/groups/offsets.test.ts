import { describe, expect, test } from '@jest/globals';
import { ZERO_UUID } from '../base/index.ts';
import { GROUP, joinedAs, SimulatedGroups } from './simulated-groups.check.ts';

const FIRST = 'Q4bYpg-uRrSeOaX9kpTiAQ';
const SECOND = 'cAbYpg-uRrSeOaX9kpTiAQ';

describe('committing offsets', () => {
  test('without being a member makes a simple group, even one without a name', () => {
    const groups = new SimulatedGroups();
    expect(groups.commit(7)).toBe(0);
    expect(groups.commit(8, { group: '' })).toBe(0);
    expect(groups.offsets()).toEqual({ 'orders-0': 7 });
    expect(groups.list()).toEqual([
      { groupId: GROUP, protocolType: '', groupState: 'Empty', groupType: 'classic' },
      { groupId: '', protocolType: '', groupState: 'Empty', groupType: 'classic' },
    ]);
  });

  test('with a generation needs a group: version 9 says so, earlier ones that the generation is wrong', () => {
    const groups = new SimulatedGroups();
    expect(groups.commit(7, { generationId: 3, memberId: 'm', version: 8 })).toBe(22);
    expect(groups.commit(7, { generationId: 3, memberId: 'm', version: 9 })).toBe(69);
    expect(groups.list()).toEqual([]);
  });

  test('is for members of the present generation, while there are members', () => {
    const groups = new SimulatedGroups();
    const [member] = groups.stable(1);
    expect(groups.commit(1, member)).toBe(0);
    expect(groups.commit(2)).toBe(25);
    expect(groups.commit(2, { ...member, memberId: 'stranger' })).toBe(25);
    expect(groups.commit(2, { ...member, generationId: 9 })).toBe(22);
    expect(groups.commit(2, { ...member, generationId: -1 })).toBe(22);
    expect(groups.commit(2, { ...member, instance: 'ghost' })).toBe(25);
    expect(groups.offsets()).toEqual({ 'orders-0': 1 });
  });

  test('a simple group has no members who could name themselves', () => {
    const groups = new SimulatedGroups();
    groups.commit(1);
    expect(groups.commit(2, { generationId: 3, memberId: 'm' })).toBe(25);
    expect(groups.commit(2, { generationId: 0, memberId: '' })).toBe(25);
  });

  test('is allowed while members join, not while assignments are awaited', () => {
    const groups = new SimulatedGroups();
    const [member] = groups.stable(1);
    groups.enter();
    expect(groups.state()).toBe('PreparingRebalance');
    expect(groups.commit(5, member)).toBe(0);
    const asked = groups.join({ memberId: member!.memberId });
    expect(groups.commit(6, joinedAs(asked))).toBe(27);
    expect(groups.offsets()).toEqual({ 'orders-0': 5 });
  });

  test('metadata has a limit, per partition', () => {
    const groups = new SimulatedGroups({ offsetMetadataMaxBytes: 10 });
    expect(groups.commit(1, { metadata: 'x'.repeat(10) })).toBe(0);
    expect(groups.commit(2, { metadata: 'x'.repeat(11) })).toBe(12);
    expect(groups.offsets()).toEqual({ 'orders-0': 1 });
  });

  test('a group whose name no record can hold is refused', () => {
    const groups = new SimulatedGroups();
    expect(groups.commit(1, { group: 'x'.repeat(32_768) })).toBe(24);
    expect(groups.log).toEqual([]);
  });

  test('all that the client said is written', () => {
    const groups = new SimulatedGroups();
    groups.commit(7, { partition: 3, metadata: null, leaderEpoch: 4, topicId: FIRST });
    groups.commit(8, { partition: 3, metadata: 'note', retentionTimeMs: 1000 });
    expect(groups.log).toEqual([
      {
        type: 'offsetCommit',
        groupId: GROUP,
        topic: 'orders',
        partition: 3,
        value: {
          offset: 7,
          leaderEpoch: 4,
          metadata: '',
          commitTimestamp: groups.now,
          expireTimestamp: -1,
          topicId: FIRST,
        },
      },
      expect.objectContaining({
        value: expect.objectContaining({ metadata: 'note', expireTimestamp: groups.now + 1000 }) as unknown,
      }),
    ]);
  });

  test('answers tell topics by name and id', () => {
    const groups = new SimulatedGroups();
    const partitions = [
      { partitionIndex: 4, committedOffset: 1, committedLeaderEpoch: -1, committedMetadata: null },
      { partitionIndex: 5, committedOffset: 1, committedLeaderEpoch: -1, committedMetadata: 'x'.repeat(5000) },
    ];
    const request = {
      groupId: GROUP,
      generationIdOrMemberEpoch: -1,
      memberId: '',
      groupInstanceId: null,
      retentionTimeMs: -1,
      topics: [{ name: 'orders', topicId: FIRST, partitions }],
    };
    expect(groups.ask('offsetCommit', request, { version: 10 }).answer.topics).toEqual([
      {
        name: 'orders',
        topicId: FIRST,
        partitions: [
          { partitionIndex: 4, errorCode: 0 },
          { partitionIndex: 5, errorCode: 12 },
        ],
      },
    ]);
  });
});

describe('fetching offsets', () => {
  const fetch = (groups: SimulatedGroups, groupId: string, topicId = ZERO_UUID, partitionIndexes = [0]) =>
    groups.ask('offsetFetch', {
      groupId,
      memberId: 'anybody',
      memberEpoch: 5,
      topics: [{ name: 'orders', topicId, partitionIndexes }],
      requireStable: true,
    }).answer;
  const nothing = { committedOffset: -1, committedLeaderEpoch: -1, metadata: '', errorCode: 0 };

  test('gives back what was committed, and -1 for the rest', () => {
    const groups = new SimulatedGroups();
    groups.commit(7, { leaderEpoch: 4, metadata: 'note' });
    expect(fetch(groups, GROUP, ZERO_UUID, [0, 1])).toEqual({
      groupId: GROUP,
      errorCode: 0,
      topics: [
        {
          name: 'orders',
          topicId: ZERO_UUID,
          partitions: [
            { partitionIndex: 0, committedOffset: 7, committedLeaderEpoch: 4, metadata: 'note', errorCode: 0 },
            { partitionIndex: 1, ...nothing },
          ],
        },
      ],
    });
  });

  test('of a group that is not there is no error', () => {
    const groups = new SimulatedGroups();
    expect(fetch(groups, 'none')).toMatchObject({ errorCode: 0, topics: [{ partitions: [nothing] }] });
    expect(groups.offsets('none')).toEqual({});
  });

  test('what was committed for a topic that was deleted since is not there for the new one of its name', () => {
    const groups = new SimulatedGroups();
    groups.commit(7, { topicId: FIRST });
    expect(fetch(groups, GROUP, SECOND)).toMatchObject({ topics: [{ topicId: SECOND, partitions: [nothing] }] });
    expect(fetch(groups, GROUP, FIRST)).toMatchObject({ topics: [{ partitions: [{ committedOffset: 7 }] }] });
    expect(fetch(groups, GROUP)).toMatchObject({ topics: [{ partitions: [{ committedOffset: 7 }] }] });
  });

  test('survives a change of coordinator', () => {
    const groups = new SimulatedGroups();
    groups.commit(7, { leaderEpoch: 4, metadata: 'note', topicId: FIRST });
    groups.commit(9, { partition: 2, metadata: 'ä', retentionTimeMs: 1000 });
    const before = [fetch(groups, GROUP, FIRST, [0]), groups.offsets()];
    groups.moveCoordinator();
    expect([fetch(groups, GROUP, FIRST, [0]), groups.offsets()]).toEqual(before);
  });
});

describe('deleting', () => {
  test('a group takes its offsets along, once it has no members', () => {
    const groups = new SimulatedGroups();
    const [member] = groups.stable(1);
    groups.commit(5, member);
    const remove = (groupId = GROUP): number => groups.ask('deleteGroup', { groupId }).answer.errorCode;
    expect(remove()).toBe(68);
    groups.leave([member!]);
    expect(remove()).toBe(0);
    expect(groups.log.slice(-2)).toEqual([
      { type: 'offsetCommit', groupId: GROUP, topic: 'orders', partition: 0, value: null },
      { type: 'groupMetadata', groupId: GROUP, value: null },
    ]);
    expect(remove()).toBe(69);
    expect(groups.list()).toEqual([]);
    expect(groups.offsets()).toEqual({});
  });

  test('a group takes along the ids it has given out', () => {
    const groups = new SimulatedGroups();
    const { memberId } = groups.join().answer;
    groups.ask('deleteGroup', { groupId: GROUP });
    expect(groups.join({ memberId }).answer.errorCode).toBe(25);
    groups.advance(60_000);
    expect(groups.list()).toEqual([]);
  });

  test('offsets are deleted for topics that nobody in the group subscribes to', () => {
    const groups = new SimulatedGroups();
    const [member] = groups.stable(1, { topics: ['orders'] });
    groups.commit(1, member);
    groups.commit(2, { ...member, topic: 'payments' });
    const topics = ['orders', 'payments'].map((name) => ({
      name,
      partitions: [{ partitionIndex: 0 }, { partitionIndex: 1 }],
    }));
    const { answer } = groups.ask('offsetDelete', { groupId: GROUP, topics });
    expect(answer).toMatchObject({
      errorCode: 0,
      topics: [
        { name: 'orders', partitions: [{ errorCode: 86 }, { errorCode: 86 }] },
        { name: 'payments', partitions: [{ errorCode: 0 }, { errorCode: 0 }] },
      ],
    });
    expect(groups.offsets()).toEqual({ 'orders-0': 1 });
  });

  test('offsets of an unknown group, or of one whose protocol the coordinator can not read', () => {
    const groups = new SimulatedGroups();
    expect(groups.ask('offsetDelete', { groupId: GROUP, topics: [] }).answer).toMatchObject({
      errorCode: 69,
      topics: [],
    });
    groups.enter({ protocolType: 'connect' });
    expect(groups.ask('offsetDelete', { groupId: GROUP, topics: [] }).answer).toMatchObject({ errorCode: 68 });
  });

  test('a topic takes along what all groups have committed for it', () => {
    const groups = new SimulatedGroups();
    groups.commit(1);
    groups.commit(2, { partition: 1 });
    groups.commit(3, { topic: 'payments' });
    groups.commit(4, { group: 'others' });
    groups.ask('deletedTopics', { topics: ['orders', 'orders'] });
    expect([groups.offsets(), groups.offsets('others')]).toEqual([{ 'payments-0': 3 }, {}]);
    expect(groups.log.filter((record) => 'value' in record && record.value === null)).toHaveLength(3);
  });
});
