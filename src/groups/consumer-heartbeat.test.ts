import { describe, expect, test } from '@jest/globals';
import { GROUP, MINUTE, SimulatedGroups } from './simulated-groups.check.ts';

function withOrders(partitions = 4, config: ConstructorParameters<typeof SimulatedGroups>[0] = {}): SimulatedGroups {
  const groups = new SimulatedGroups(config);
  groups.topics.set('orders', partitions);
  return groups;
}

describe('joining', () => {
  test('the first member gets every partition, and an epoch', () => {
    const groups = withOrders();
    const answer = groups.beat();
    expect(answer).toMatchObject({ errorCode: 0, memberId: 'a', memberEpoch: 2, heartbeatIntervalMs: 5000 });
    expect(groups.assigned(answer)).toEqual({ orders: [0, 1, 2, 3] });
    expect(groups.consumerGroup()).toMatchObject({ groupState: 'Stable', groupEpoch: 2, assignmentEpoch: 2 });
  });

  test('version 0 has the coordinator make the member id', () => {
    const { memberId } = withOrders().beat({ version: 0, memberId: '' });
    expect(memberId).toMatch(/^[\w-]{22}$/);
  });

  test('a heartbeat that says nothing new is answered without the assignment, and writes nothing', () => {
    const groups = withOrders();
    groups.beat();
    const written = groups.log.length;
    const answer = groups.beat({ epoch: 2 });
    expect(answer).toMatchObject({ errorCode: 0, memberEpoch: 2, assignment: null });
    expect(groups.log).toHaveLength(written);
  });

  test('a topic that is not there yet is assigned when it is', () => {
    const groups = new SimulatedGroups();
    expect(groups.assigned(groups.beat())).toEqual({});
    groups.topics.set('orders', 2);
    const answer = groups.beat({ epoch: 2 });
    expect(answer.memberEpoch).toBe(3);
    expect(groups.assigned(answer)).toEqual({ orders: [0, 1] });
  });

  test('partitions that are added are assigned, those of a deleted topic are not', () => {
    const groups = withOrders(1);
    groups.beat();
    groups.topics.set('orders', 2);
    expect(groups.assigned(groups.beat({ epoch: 2 }))).toEqual({ orders: [0, 1] });
    groups.topics.delete('orders');
    expect(groups.beat({ epoch: 3 })).toMatchObject({ memberEpoch: 3, assignment: { topicPartitions: [] } });
  });

  test('what is asked is checked as Apache Kafka does', () => {
    const groups = withOrders();
    const ask = (more: object, version = 1): unknown => {
      const request = {
        groupId: GROUP,
        memberId: 'a',
        memberEpoch: 0,
        instanceId: null,
        rackId: null,
        rebalanceTimeoutMs: 1000,
        subscribedTopicNames: ['orders'],
        subscribedTopicRegex: null,
        serverAssignor: null,
        topicPartitions: [],
        ...more,
      };
      const { errorCode, errorMessage } = groups.ask('consumerGroupHeartbeat', request, { version }).answer;
      return [errorCode, errorMessage];
    };
    expect(ask({ memberId: '' })).toEqual([42, "MemberId can't be empty."]);
    expect(ask({ memberId: '', memberEpoch: 1 }, 0)).toEqual([42, "MemberId can't be empty."]);
    expect(ask({ groupId: ' ' })).toEqual([42, "GroupId can't be empty."]);
    expect(ask({ instanceId: '' })).toEqual([42, "InstanceId can't be empty."]);
    expect(ask({ rackId: '' })).toEqual([42, "RackId can't be empty."]);
    expect(ask({ rebalanceTimeoutMs: -1 })).toEqual([42, 'RebalanceTimeoutMs must be provided in first request.']);
    expect(ask({ topicPartitions: null })).toEqual([42, 'TopicPartitions must be empty when (re-)joining.']);
    expect(ask({ subscribedTopicNames: null })).toEqual([
      42,
      'Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.',
    ]);
    expect(ask({ memberEpoch: -2 })).toEqual([42, "InstanceId can't be null."]);
    expect(ask({ memberEpoch: -3 })).toEqual([42, 'MemberEpoch is invalid.']);
    expect(ask({ serverAssignor: 'best' })).toEqual([
      112,
      'ServerAssignor best is not supported. Supported assignors: range, uniform.',
    ]);
    expect(ask({ memberEpoch: 1 })).toEqual([69, `Consumer group ${GROUP} not found.`]);
    expect(groups.log).toEqual([]);
  });

  test('a subscription that no record can hold is refused, and nothing is written of it', () => {
    const groups = withOrders(4, { maxRecordBytes: 10_000 });
    expect(groups.beat({ topics: ['x'.repeat(20_000)] })).toMatchObject({ errorCode: -1 });
    expect(groups.beat({ memberId: 'x'.repeat(40_000) })).toMatchObject({ errorCode: -1 });
    expect(groups.log).toEqual([]);
  });

  test('a full group takes nobody in', () => {
    const groups = withOrders(4);
    const full = new SimulatedGroups({ consumer: { ...groups.config.consumer, maxSize: 1 } });
    full.beat();
    expect(full.beat({ memberId: 'b' })).toMatchObject({
      errorCode: 81,
      errorMessage: 'The consumer group has reached its maximum capacity of 1 members.',
    });
    expect(full.beat({ epoch: 2 }).errorCode).toBe(0);
  });
});

describe('two phases', () => {
  test('what one member is to give to another is revoked by the first before the second gets it', () => {
    const groups = withOrders();
    groups.beat();
    const joined = groups.beat({ memberId: 'b' });
    expect(joined.memberEpoch).toBe(3);
    expect(groups.assigned(joined)).toEqual({});
    expect(groups.consumerGroup().groupState).toBe('Reconciling');

    const toRevoke = groups.beat({ epoch: 2 });
    expect(toRevoke.memberEpoch).toBe(2);
    const kept = groups.assigned(toRevoke)?.['orders'] ?? [];
    expect(kept).toHaveLength(2);
    expect(groups.beat({ memberId: 'b', epoch: 3 }).assignment).toBeNull();

    const revoked = groups.beat({ epoch: 2, owns: { orders: kept } });
    expect(revoked.memberEpoch).toBe(3);
    const given = groups.assigned(groups.beat({ memberId: 'b', epoch: 3 }))?.['orders'] ?? [];
    expect([...kept, ...given].sort()).toEqual([0, 1, 2, 3]);
    expect(groups.consumerGroup().groupState).toBe('Stable');
  });

  test('who does not revoke within the rebalance timeout is fenced, and what it had is given away', () => {
    const groups = withOrders();
    groups.beat({ rebalanceTimeoutMs: 20_000 });
    groups.beat({ memberId: 'b' });
    groups.beat({ epoch: 2 });
    groups.advance(10_000);
    groups.beat({ epoch: 2 });
    groups.beat({ memberId: 'b', epoch: 3 });
    groups.advance(10_000);
    expect(groups.beat({ epoch: 2 })).toMatchObject({ errorCode: 25 });
    expect(groups.assigned(groups.beat({ memberId: 'b', epoch: 3 }))).toEqual({ orders: [0, 1, 2, 3] });
  });

  test('a member that is not heard of for its session is out, and the others hear of it', () => {
    const groups = withOrders();
    groups.beat();
    groups.advance(44_999);
    expect(groups.consumerGroup().members).toHaveLength(1);
    groups.advance(1);
    expect(groups.consumerGroup()).toMatchObject({ groupState: 'Empty', groupEpoch: 3, members: [] });
    expect(groups.beat({ epoch: 2 })).toMatchObject({
      errorCode: 25,
      errorMessage: `Member a is not a member of group ${GROUP}.`,
    });
  });

  test('several members whose sessions end at once are all out', () => {
    const groups = withOrders();
    for (const memberId of ['a', 'b', 'c']) groups.beat({ memberId });
    groups.advance(MINUTE);
    expect(groups.consumerGroup().members).toEqual([]);
    expect(groups.hard).toEqual(groups.replayed());
  });

  test('an epoch ahead, or too far behind, is fenced', () => {
    const groups = withOrders();
    groups.beat();
    expect(groups.beat({ epoch: 9 })).toMatchObject({
      errorCode: 110,
      errorMessage:
        'The consumer group member has a greater member epoch (9) than the one known by the group coordinator (2). The member must abandon all its partitions and rejoin.',
    });
    groups.topics.set('orders', 6);
    groups.beat({ epoch: 2 });
    // The answer got lost: what it owns is still its own.
    expect(groups.beat({ epoch: 2, owns: { orders: [0, 1] } })).toMatchObject({ errorCode: 0, memberEpoch: 3 });
    expect(groups.beat({ epoch: 2 }).errorCode).toBe(110);
    expect(groups.beat({ epoch: 1, owns: {} }).errorCode).toBe(110);
  });

  test('assignments come no closer together than the interval says', () => {
    const { consumer } = new SimulatedGroups().config;
    const groups = withOrders(4, { consumer: { ...consumer, assignmentIntervalMs: () => 1000 } });
    groups.beat();
    expect(groups.beat({ memberId: 'b' }).memberEpoch).toBe(2);
    expect(groups.consumerGroup()).toMatchObject({ groupState: 'Assigning', groupEpoch: 3, assignmentEpoch: 2 });
    groups.advance(1000);
    expect(groups.beat({ memberId: 'b', epoch: 2 }).memberEpoch).toBe(3);
  });
});

describe('leaving', () => {
  test('a member that leaves is gone, and the last one leaves an empty group', () => {
    const groups = withOrders();
    groups.beat();
    expect(groups.beat({ epoch: -1 })).toMatchObject({ errorCode: 0, memberId: 'a', memberEpoch: -1 });
    expect(groups.list()).toEqual([
      { groupId: GROUP, protocolType: 'consumer', groupState: 'Empty', groupType: 'consumer' },
    ]);
    expect(groups.beat({ epoch: -1 }).errorCode).toBe(25);
  });

  test('a static member that goes for a while keeps its seat, and whoever comes in its place has its partitions', () => {
    const groups = withOrders();
    groups.beat({ instance: 'one' });
    groups.beat({ memberId: 'b', instance: 'two' });
    expect(groups.beat({ memberId: 'c', instance: 'one' })).toMatchObject({
      errorCode: 111,
      errorMessage:
        'Static member c with instance id one cannot join the group because the instance id is owned by a member.',
    });
    expect(groups.beat({ instance: 'one', epoch: -2 })).toMatchObject({ errorCode: 0, memberEpoch: -2 });
    const { groupEpoch } = groups.consumerGroup();
    const back = groups.beat({ memberId: 'c', instance: 'one', owns: {} });
    expect(back).toMatchObject({ errorCode: 0, memberEpoch: groupEpoch });
    expect(groups.assigned(back)?.['orders']).toHaveLength(2);
    expect(groups.consumerGroup().groupEpoch).toBe(groupEpoch);
    expect(groups.beat({ instance: 'one', epoch: groupEpoch })).toMatchObject({
      errorCode: 82,
      errorMessage: 'Static member a with instance id one was fenced by member c.',
    });
    expect(groups.beat({ instance: 'three', epoch: 1 })).toMatchObject({
      errorCode: 25,
      errorMessage: 'Instance id three is unknown.',
    });
  });
});

describe('the coordinator moves', () => {
  test('members go on at their epochs, without a rebalance', () => {
    const groups = withOrders();
    groups.beat();
    groups.beat({ memberId: 'b' });
    const kept = groups.assigned(groups.beat({ epoch: 2 })) ?? {};
    const before = groups.consumerGroup();
    groups.moveCoordinator();
    expect(groups.consumerGroup()).toEqual(before);
    expect(groups.beat({ epoch: 2, owns: kept }).memberEpoch).toBe(3);
    expect(groups.beat({ memberId: 'b', epoch: 3 }).assignment).not.toBeNull();
  });
});

describe('offsets', () => {
  const commit = (groups: SimulatedGroups, epoch: number, more: object = {}): number =>
    groups.commit(5, { memberId: 'a', generationId: epoch, version: 9, ...more });

  test('a member commits at its epoch, and what it has had since an earlier one at that', () => {
    const groups = withOrders();
    groups.beat();
    const topicId = groups.topics.id('orders');
    expect(commit(groups, 2, { topicId })).toBe(0);
    expect(commit(groups, 3, { topicId })).toBe(113);
    groups.topics.set('orders', 5);
    groups.beat({ epoch: 2 });
    expect(commit(groups, 2, { topicId })).toBe(0);
    expect(commit(groups, 2, { topicId, partition: 4 })).toBe(113);
    expect(commit(groups, 3, { topicId, version: 8 })).toBe(35);
    expect(commit(groups, 3, { memberId: 'z' })).toBe(25);
    expect(commit(groups, -1, { memberId: '' })).toBe(25);
  });

  test('they stay when the group becomes one of the other protocol, and go when it is deleted', () => {
    const groups = new SimulatedGroups();
    groups.topics.set('orders', 1);
    groups.commit(7);
    groups.beat();
    expect(groups.offsets()).toEqual({ 'orders-0': 7 });
    groups.beat({ epoch: -1 });
    groups.enter();
    expect(groups.list()).toMatchObject([{ groupType: 'classic' }]);
    expect(groups.offsets()).toEqual({ 'orders-0': 7 });
    groups.advance(10 * MINUTE);
    expect(groups.ask('deleteGroup', { groupId: GROUP }).answer.errorCode).toBe(0);
    expect(groups.offsets()).toEqual({});
    expect(groups.replayed().groups.size).toBe(0);
  });

  test('whoever says who they are reads them at their epoch only', () => {
    const groups = withOrders();
    groups.beat();
    const fetch = (memberId: string | null, memberEpoch: number): number | undefined =>
      groups.ask('offsetFetch', { groupId: GROUP, memberId, memberEpoch, topics: null, requireStable: false }).answer
        .errorCode;
    expect([fetch(null, -1), fetch('a', 2), fetch('a', 1), fetch('b', 2)]).toEqual([0, 0, 113, 25]);
  });
});
