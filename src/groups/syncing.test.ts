import { describe, expect, test } from '@jest/globals';
import { joinedAs, MINUTE, SimulatedGroups, type Joined } from './simulated-groups.check.ts';

function twoWhoJoined(config = {}, rebalanceTimeoutMs = MINUTE): [SimulatedGroups, Joined, Joined] {
  const groups = new SimulatedGroups(config);
  const options = { rebalanceTimeoutMs, sessionTimeoutMs: 10 * MINUTE };
  const one = groups.enter(options);
  const two = groups.enter(options);
  groups.advance(6000);
  return [groups, joinedAs(one), joinedAs(two)];
}

describe('handing out assignments', () => {
  test('followers wait for the leader, and each gets its part', () => {
    const [groups, leader, follower] = twoWhoJoined();
    const waiting = groups.sync(follower);
    expect(waiting.isAnswered).toBe(false);
    const own = groups.sync(leader, { [leader.memberId]: 'mine', [follower.memberId]: 'yours' });
    expect(own.answer).toMatchObject({ errorCode: 0, protocolType: 'consumer', protocolName: 'range' });
    expect(own.answer.assignment.toString()).toBe('mine');
    expect(waiting.answer.assignment.toString()).toBe('yours');
    expect(groups.state()).toBe('Stable');
  });

  test('who comes late gets its part at once; who was assigned nothing gets nothing', () => {
    const [groups, leader, follower] = twoWhoJoined();
    groups.sync(leader, { stranger: 'nobody' });
    const late = groups.sync(follower);
    expect(late.answer).toMatchObject({ errorCode: 0 });
    expect(late.answer.assignment).toHaveLength(0);
  });

  test('the generation is written with the assignments', () => {
    const [groups, leader, follower] = twoWhoJoined();
    const before = groups.log.length;
    groups.sync(leader, { [leader.memberId]: 'mine' });
    expect(groups.log.slice(before)).toMatchObject([
      {
        type: 'groupMetadata',
        value: {
          generation: 1,
          protocol: 'range',
          leader: leader.memberId,
          members: [
            { memberId: leader.memberId, assignment: Buffer.from('mine') },
            { memberId: follower.memberId, assignment: Buffer.alloc(0) },
          ],
        },
      },
    ]);
  });

  test('a generation too large for a record is refused, and the group joins again', () => {
    const [groups, leader, follower] = twoWhoJoined({ maxRecordBytes: 5000 });
    const waiting = groups.sync(follower);
    const own = groups.sync(leader, { [follower.memberId]: 'x'.repeat(5000) });
    expect([own.answer.errorCode, waiting.answer.errorCode]).toEqual([-1, -1]);
    expect(groups.state()).toBe('PreparingRebalance');
    expect(groups.log).toHaveLength(1);
  });

  test('a member that asks twice is answered twice: the first time that it is to join again', () => {
    const [groups, leader, follower] = twoWhoJoined();
    const first = groups.sync(follower);
    const second = groups.sync(follower);
    expect(first.answer.errorCode).toBe(27);
    groups.sync(leader, { [follower.memberId]: 'yours' });
    expect(second.answer.assignment.toString()).toBe('yours');
  });
});

describe('a sync that is refused', () => {
  test('of an unknown group or member, or another generation', () => {
    const [groups, leader] = twoWhoJoined();
    expect(groups.sync({ ...leader, group: 'none' }).answer.errorCode).toBe(25);
    expect(groups.sync({ ...leader, group: '' }).answer.errorCode).toBe(24);
    expect(groups.sync({ ...leader, memberId: 'stranger' }).answer.errorCode).toBe(25);
    expect(groups.sync({ ...leader, generationId: 2 }).answer.errorCode).toBe(22);
  });

  test('of another protocol; from version 5 on it must be named', () => {
    const [groups, leader] = twoWhoJoined();
    const request = {
      groupId: leader.group,
      generationId: 1,
      memberId: leader.memberId,
      groupInstanceId: null,
      protocolType: 'consumer',
      protocolName: 'sticky',
      assignments: [],
    };
    expect(groups.ask('syncGroup', request).answer.errorCode).toBe(23);
    const unnamed = { ...request, protocolName: null };
    expect(groups.ask('syncGroup', unnamed, { version: 5 }).answer.errorCode).toBe(23);
    expect(groups.ask('syncGroup', { ...unnamed, protocolType: null }, { version: 4 }).answer.errorCode).toBe(0);
  });

  test('while members join', () => {
    const groups = new SimulatedGroups();
    const [leader] = groups.stable(1);
    groups.enter();
    expect(groups.sync(leader!).answer.errorCode).toBe(27);
  });
});

describe('who does not send SyncGroup within the rebalance timeout', () => {
  test('is out, and the others join again', () => {
    const [groups, leader, follower] = twoWhoJoined({}, 20_000);
    const waiting = groups.sync(leader);
    expect(waiting.answer.errorCode).toBe(0);
    groups.advance(19_999);
    expect(groups.state()).toBe('Stable');
    groups.advance(1);
    expect(groups.state()).toBe('PreparingRebalance');
    expect(groups.heartbeat(follower)).toBe(25);
  });

  test('takes an absent leader along: followers that wait are sent to join again', () => {
    const [groups, leader, follower] = twoWhoJoined({}, 20_000);
    const waiting = groups.sync(follower);
    groups.advance(20_000);
    expect(waiting.answer.errorCode).toBe(27);
    expect(groups.heartbeat(leader)).toBe(25);
    const asked = groups.join({ memberId: follower.memberId });
    expect(asked.answer).toMatchObject({ generationId: 2, leader: follower.memberId });
  });

  test('empties the group if nobody does', () => {
    const [groups] = twoWhoJoined({}, 20_000);
    groups.advance(20_000);
    expect(groups.state()).toBe('Empty');
  });
});
