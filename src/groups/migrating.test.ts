import { describe, expect, test } from '@jest/globals';
import { decodeMessage, encodeMessage } from '../wire/index.ts';
import { ConsumerProtocolAssignment, ConsumerProtocolSubscription } from '../wire/messages/index.ts';
import { GROUP, SimulatedGroups, type Joined } from './simulated-groups.check.ts';

const versioned = (message: Buffer): Buffer => Buffer.concat([Buffer.from([0, 1]), message]);
const assignment = (partitions: number[]): Buffer =>
  versioned(encodeMessage(ConsumerProtocolAssignment, 1, { assignedPartitions: [{ topic: 'orders', partitions }] }));
const subscription = (partitions: number[]): Buffer =>
  versioned(
    encodeMessage(ConsumerProtocolSubscription, 1, {
      topics: ['orders'],
      ownedPartitions: partitions.length === 0 ? [] : [{ topic: 'orders', partitions }],
    }),
  );

/** A stable classic group of one member that owns all of the topic. */
function classicGroup(config: ConstructorParameters<typeof SimulatedGroups>[0] = {}): [SimulatedGroups, Joined] {
  const groups = new SimulatedGroups(config);
  groups.topics.set('orders', 2);
  const asked = groups.enter({ metadata: subscription([]) });
  groups.advance(3000);
  const { memberId, generationId = -1 } = asked.answer;
  const member = { memberId, generationId, instance: null, group: GROUP };
  const assignments = [{ memberId, assignment: assignment([0, 1]) }];
  const request = {
    groupId: GROUP,
    generationId,
    memberId,
    groupInstanceId: null,
    protocolType: 'consumer',
    protocolName: 'range',
    assignments,
  };
  groups.ask('syncGroup', request);
  return [groups, member];
}

/** The partitions that the member's SyncGroup gives it. */
function synced(groups: SimulatedGroups, member: Joined): readonly number[] {
  const { errorCode, assignment: told } = groups.sync(member).answer;
  expect(errorCode).toBe(0);
  return decodeMessage(ConsumerProtocolAssignment, 1, told, 2).assignedPartitions.flatMap(
    ({ partitions }) => partitions,
  );
}

describe('a member of the consumer protocol joins a classic group', () => {
  test('the group is converted, and goes on', () => {
    const [groups, classic] = classicGroup();
    groups.commit(5, { ...classic });
    const joined = groups.beat();
    expect(joined).toMatchObject({ errorCode: 0, memberEpoch: 2 });
    expect(groups.assigned(joined)).toEqual({});
    expect(groups.list()).toMatchObject([{ groupType: 'consumer', groupState: 'Reconciling' }]);
    expect(groups.offsets()).toEqual({ 'orders-0': 5 });
    expect(groups.hard).toEqual(groups.replayed());

    // Two phases, told in the words of the classic protocol.
    expect(groups.heartbeat(classic)).toBe(27);
    const again = groups.join({ memberId: classic.memberId, metadata: subscription([0, 1]) }).answer;
    expect(again).toMatchObject({ errorCode: 0, generationId: 1, members: [], leader: '' });
    const kept = synced(groups, classic);
    expect(kept).toHaveLength(1);
    expect(groups.heartbeat(classic)).toBe(27);
    const revoked = groups.join({ memberId: classic.memberId, metadata: subscription([...kept]) }).answer;
    expect(revoked.generationId).toBe(2);
    const member = { ...classic, generationId: 2 };
    expect(synced(groups, member)).toEqual(kept);
    expect(groups.heartbeat(member)).toBe(0);
    expect(groups.assigned(groups.beat({ epoch: 2 }))).toEqual({
      orders: [0, 1].filter((each) => !kept.includes(each)),
    });
    expect(groups.consumerGroup()).toMatchObject({
      groupState: 'Stable',
      members: [{ memberType: 0 }, { memberType: 1 }],
    });
  });

  test('whoever waits in a rebalance is told to join again', () => {
    const [groups, classic] = classicGroup();
    const second = groups.enter({ metadata: subscription([]) });
    expect(second.isAnswered).toBe(false);
    groups.beat();
    expect(second.answer.errorCode).toBe(27);
    expect(groups.heartbeat(classic)).toBe(27);
  });

  test('a classic member that does not join again in time is out', () => {
    const [groups, classic] = classicGroup();
    groups.beat();
    groups.heartbeat(classic);
    for (let i = 0; i < 12; i++) {
      groups.advance(5000);
      groups.heartbeat(classic);
      groups.beat({ epoch: 2 });
    }
    expect(groups.heartbeat(classic)).toBe(25);
    expect(groups.consumerGroup().members).toHaveLength(1);
  });

  test('not where operators do not want it, nor where members speak of something else', () => {
    const { consumer } = new SimulatedGroups().config;
    const [groups] = classicGroup({ consumer: { ...consumer, migration: { upgrade: false, downgrade: true } } });
    expect(groups.beat()).toMatchObject({
      errorCode: 69,
      errorMessage: `Cannot upgrade classic group ${GROUP} to consumer group because online upgrade is disabled.`,
    });
    const other = new SimulatedGroups();
    other.stable(1, { protocolType: 'connect' });
    expect(other.beat().errorCode).toBe(69);
    const malformed = new SimulatedGroups();
    malformed.stable(1, { metadata: Buffer.from('x') });
    expect(malformed.beat()).toMatchObject({ errorCode: 69 });
    expect(malformed.list()).toMatchObject([{ groupType: 'classic', groupState: 'Stable' }]);
  });
});

describe('the last member of the consumer protocol leaves', () => {
  test('the group is a classic one again, and rebalances', () => {
    const [groups, classic] = classicGroup();
    groups.beat();
    groups.join({ memberId: classic.memberId, metadata: subscription([0, 1]) });
    groups.beat({ epoch: -1 });
    expect(groups.list()).toMatchObject([{ groupType: 'classic', groupState: 'PreparingRebalance' }]);
    expect(groups.heartbeat({ ...classic, generationId: 2 })).toBe(27);
    const joined = groups.join({ memberId: classic.memberId, metadata: subscription([0]) }).answer;
    expect(joined).toMatchObject({ errorCode: 0, generationId: 3, leader: classic.memberId });
    expect(groups.hard).toEqual(groups.replayed());
  });

  test('where downgrades are not wanted it stays as it is', () => {
    const { consumer } = new SimulatedGroups().config;
    const [groups] = classicGroup({ consumer: { ...consumer, migration: { upgrade: true, downgrade: false } } });
    groups.beat();
    groups.beat({ epoch: -1 });
    expect(groups.list()).toMatchObject([{ groupType: 'consumer' }]);
  });

  test('a static member may come back with the classic protocol, and takes its seat with it', () => {
    const groups = new SimulatedGroups();
    groups.topics.set('orders', 2);
    groups.beat({ instance: 'one' });
    const joined = groups.join({ instance: 'one', metadata: subscription([]) }).answer;
    expect(joined).toMatchObject({ errorCode: 0, generationId: 2 });
    expect(groups.list()).toMatchObject([{ groupType: 'classic', groupState: 'Stable' }]);
    const member = { memberId: joined.memberId, generationId: 2, instance: 'one', group: GROUP };
    expect(synced(groups, member)).toEqual([0, 1]);
    expect(groups.hard).toEqual(groups.replayed());
  });
});

test('a member of one protocol is not one of the other', () => {
  const [groups, classic] = classicGroup();
  groups.beat();
  expect(groups.heartbeat({ ...classic, memberId: 'a', generationId: 2 })).toBe(25);
  expect(groups.join({ protocolType: 'connect', memberId: classic.memberId }).answer.errorCode).toBe(23);
  expect(groups.leave([{ memberId: classic.memberId }, { memberId: 'nobody' }])).toEqual([0, 25]);
});
