import { describe, expect, test } from '@jest/globals';
import { joinedAs, MINUTE, SimulatedGroups } from './simulated-groups.check.ts';

describe('a session', () => {
  test('lasts as long as heartbeats come within its timeout', () => {
    const groups = new SimulatedGroups();
    const [member] = groups.stable(1, { sessionTimeoutMs: 10_000 });
    for (let i = 0; i < 5; i++) {
      groups.advance(9999);
      expect(groups.heartbeat(member!)).toBe(0);
    }
    groups.advance(10_000);
    expect(groups.heartbeat(member!)).toBe(25);
    expect(groups.state()).toBe('Empty');
  });

  test('that ends makes the others join again', () => {
    const groups = new SimulatedGroups();
    const [one, two] = groups.stable(2, { sessionTimeoutMs: 10_000 });
    groups.advance(5000);
    expect(groups.heartbeat(one!)).toBe(0);
    groups.advance(5000);
    expect(groups.heartbeat(two!)).toBe(25);
    expect(groups.heartbeat(one!)).toBe(27);
  });

  test('is kept by commits, too', () => {
    const groups = new SimulatedGroups();
    const [member] = groups.stable(1, { sessionTimeoutMs: 10_000 });
    groups.advance(9000);
    expect(groups.commit(1, member)).toBe(0);
    groups.advance(9000);
    expect(groups.heartbeat(member!)).toBe(0);
  });

  test('does not run out for a member that waits to join, and begins anew when it has', () => {
    const groups = new SimulatedGroups();
    const [one, two] = groups.stable(2, { sessionTimeoutMs: 10_000, rebalanceTimeoutMs: MINUTE });
    const asked = groups.join({ memberId: one!.memberId, sessionTimeoutMs: 10_000 });
    for (let i = 0; i < 4; i++) {
      groups.advance(9000);
      expect(groups.heartbeat(two!)).toBe(27);
    }
    expect(asked.isAnswered).toBe(false);
    groups.join({ memberId: two!.memberId });
    groups.advance(9999);
    expect(groups.heartbeat(joinedAs(asked))).toBe(0);
  });

  test('does not run out for a member that waits for its assignment', () => {
    const groups = new SimulatedGroups();
    const options = { sessionTimeoutMs: 10_000, rebalanceTimeoutMs: MINUTE };
    const leader = groups.enter(options);
    const follower = groups.enter(options);
    groups.advance(6000);
    const waiting = groups.sync(joinedAs(follower));
    for (let i = 0; i < 4; i++) {
      groups.advance(9000);
      expect(groups.heartbeat(joinedAs(leader))).toBe(0);
    }
    groups.sync(joinedAs(leader));
    expect(waiting.answer.errorCode).toBe(0);
    groups.advance(9999);
    expect(groups.heartbeat(joinedAs(follower))).toBe(0);
  });

  test('of a newcomer begins with its first answer; until then it has five minutes', () => {
    const groups = new SimulatedGroups();
    groups.stable(1, { rebalanceTimeoutMs: 60 * MINUTE, sessionTimeoutMs: 30 * MINUTE });
    const newcomer = groups.enter({ sessionTimeoutMs: 10_000 });
    groups.advance(5 * MINUTE - 1);
    expect(newcomer.isAnswered).toBe(false);
    groups.advance(1);
    expect(newcomer.answer).toMatchObject({ errorCode: 25, memberId: '' });
  });
});

describe('a heartbeat is refused', () => {
  test('of an unknown group or member, of another generation, and without a group', () => {
    const groups = new SimulatedGroups();
    const [member] = groups.stable(1);
    expect(groups.heartbeat({ ...member!, group: 'none' })).toBe(25);
    expect(groups.heartbeat({ ...member!, group: '' })).toBe(24);
    expect(groups.heartbeat({ ...member!, memberId: 'stranger' })).toBe(25);
    expect(groups.heartbeat({ ...member!, generationId: 2 })).toBe(22);
  });

  test('by an empty group', () => {
    const groups = new SimulatedGroups();
    groups.commit(1);
    expect(groups.heartbeat({ memberId: 'm', generationId: 0, instance: null, group: 'orders-readers' })).toBe(25);
  });

  test('but not while assignments are awaited', () => {
    const groups = new SimulatedGroups();
    const asked = groups.enter();
    groups.advance(3000);
    expect(groups.state()).toBe('CompletingRebalance');
    expect(groups.heartbeat(joinedAs(asked))).toBe(0);
  });
});

describe('when the coordinator wants to be woken', () => {
  test('it is the earliest thing due, and heartbeats move it', () => {
    const groups = new SimulatedGroups();
    const [member] = groups.stable(1, { sessionTimeoutMs: 10_000 });
    expect(groups.wakeAt).toBe(groups.now + 10_000);
    groups.advance(4000);
    groups.heartbeat(member!);
    expect(groups.wakeAt).toBe(groups.now + 10_000);
  });

  test('without members it is the next look for expired offsets', () => {
    const groups = new SimulatedGroups({ offsetsRetentionCheckIntervalMs: 600_000 });
    expect(groups.wakeAt).toBe(groups.now + 600_000);
  });

  test('what is due is done before a request that comes late is looked at', () => {
    const groups = new SimulatedGroups();
    const [member] = groups.stable(1, { sessionTimeoutMs: 10_000 });
    groups.now += 10_001;
    expect(groups.heartbeat(member!)).toBe(25);
  });
});
