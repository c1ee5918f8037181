import { describe, expect, test } from '@jest/globals';
import { GROUP, HOUR, joinedAs, MINUTE, SimulatedGroups, type Joined } from './simulated-groups.check.ts';

const RETENTION = { offsetsRetentionMs: 24 * HOUR, offsetsRetentionCheckIntervalMs: 10 * MINUTE };
const DAY = 24 * HOUR;

/** Time passes, and the members stay. */
function advance(groups: SimulatedGroups, members: readonly Joined[], ms: number): void {
  for (const end = groups.now + ms; groups.now < end;) {
    for (const member of members) expect(groups.heartbeat(member)).toBe(0);
    groups.advance(Math.min(20 * MINUTE, end - groups.now));
  }
}

describe('offsets expire (KIP-211)', () => {
  test('of someone who is no member: counted from the commit; then the group goes too', () => {
    const groups = new SimulatedGroups(RETENTION);
    groups.commit(1);
    groups.advance(12 * HOUR);
    groups.commit(2, { partition: 1 });
    groups.advance(12 * HOUR + 10 * MINUTE);
    expect(groups.offsets()).toEqual({ 'orders-1': 2 });
    groups.advance(12 * HOUR);
    expect(groups.list()).toEqual([]);
    expect(groups.log.slice(-2)).toEqual([
      { type: 'offsetCommit', groupId: GROUP, topic: 'orders', partition: 1, value: null },
      { type: 'groupMetadata', groupId: GROUP, value: null },
    ]);
  });

  test('of an empty group: all of them, counted from when its last member went', () => {
    const groups = new SimulatedGroups(RETENTION);
    const [member] = groups.stable(1, { sessionTimeoutMs: 30 * MINUTE });
    groups.commit(1, member);
    advance(groups, [member!], 2 * DAY);
    groups.leave([member!]);
    groups.advance(DAY - 10 * MINUTE);
    expect(groups.offsets()).toEqual({ 'orders-0': 1 });
    groups.moveCoordinator();
    groups.advance(20 * MINUTE);
    expect(groups.offsets()).toEqual({});
    expect(groups.list()).toEqual([]);
  });

  test('not while consumers subscribe to the topic; of other topics from their commit on', () => {
    const groups = new SimulatedGroups(RETENTION);
    const [member] = groups.stable(1, { sessionTimeoutMs: 30 * MINUTE, topics: ['orders'] });
    groups.commit(1, member);
    groups.commit(2, { ...member, topic: 'payments' });
    advance(groups, [member!], DAY + 20 * MINUTE);
    expect(groups.offsets()).toEqual({ 'orders-0': 1 });
  });

  test('not of a group whose members speak another protocol, or what can not be read', () => {
    for (const options of [{ protocolType: 'connect' }, { metadata: Buffer.from('???') }]) {
      const groups = new SimulatedGroups(RETENTION);
      const session = { sessionTimeoutMs: 30 * MINUTE, ...options };
      const asked = groups.enter(session);
      groups.advance(3000);
      const member = joinedAs(asked);
      groups.ask(
        'syncGroup',
        {
          groupId: GROUP,
          generationId: 1,
          memberId: member.memberId,
          groupInstanceId: null,
          protocolType: null,
          protocolName: null,
          assignments: [],
        },
        { version: 4 },
      );
      groups.commit(1, { ...member, topic: 'anything' });
      advance(groups, [member], 2 * DAY);
      expect(groups.offsets()).toEqual({ 'anything-0': 1 });
    }
  });

  test('not while members join', () => {
    const groups = new SimulatedGroups({ offsetsRetentionMs: MINUTE, offsetsRetentionCheckIntervalMs: MINUTE });
    const options = { topics: ['orders'], rebalanceTimeoutMs: HOUR, sessionTimeoutMs: 30 * MINUTE };
    const [member] = groups.stable(1, options);
    groups.commit(2, { ...member, topic: 'payments' });
    const newcomer = groups.enter(options);
    groups.advance(4 * MINUTE);
    expect(groups.state()).toBe('PreparingRebalance');
    expect(groups.offsets()).toEqual({ 'payments-0': 2 });
    const leader = joinedAs(groups.join({ ...options, memberId: member!.memberId }));
    groups.sync(joinedAs(newcomer));
    groups.sync(leader);
    expect(groups.state()).toBe('Stable');
    groups.advance(MINUTE);
    expect(groups.offsets()).toEqual({});
  });

  test('when the client said so (versions 2 to 4), sooner or later than the broker would', () => {
    const groups = new SimulatedGroups(RETENTION);
    groups.commit(1, { retentionTimeMs: HOUR });
    groups.commit(2, { partition: 1, retentionTimeMs: 3 * DAY });
    groups.moveCoordinator();
    groups.advance(HOUR + 10 * MINUTE);
    expect(groups.offsets()).toEqual({ 'orders-1': 2 });
    groups.advance(2 * DAY);
    expect(groups.offsets()).toEqual({ 'orders-1': 2 });
    groups.advance(DAY);
    expect(groups.offsets()).toEqual({});
  });

  test('an empty group without offsets goes at the next look, one with members stays', () => {
    const groups = new SimulatedGroups(RETENTION);
    groups.join({ group: 'never-joined' });
    const [member] = groups.stable(1, { sessionTimeoutMs: 30 * MINUTE });
    advance(groups, [member!], 20 * MINUTE);
    expect(groups.list().map(({ groupId }) => groupId)).toEqual([GROUP]);
    groups.moveCoordinator();
    expect(groups.list().map(({ groupId }) => groupId)).toEqual([GROUP]);
  });

  test('a request that comes when a look is due does not see half of it', () => {
    const groups = new SimulatedGroups(RETENTION);
    groups.commit(1, { retentionTimeMs: 1 });
    groups.now += HOUR;
    expect(groups.offsets()).toEqual({ 'orders-0': 1 });
    expect(groups.wakeAt).toBe(groups.now);
    groups.advance(0);
    expect(groups.offsets()).toEqual({});
  });
});
