import { describe, expect, test } from '@jest/globals';
import { joinedAs, MINUTE, SimulatedGroups } from './simulated-groups.check.ts';

describe('the first rebalance of an empty group', () => {
  test('waits for the initial delay, and no longer when nobody else comes', () => {
    const groups = new SimulatedGroups({ initialRebalanceDelayMs: 3000 });
    const asked = groups.enter();
    groups.advance(2999);
    expect(asked.isAnswered).toBe(false);
    groups.advance(1);
    expect(joinedAs(asked).generationId).toBe(1);
  });

  test('is delayed again while members keep coming, up to their rebalance timeout', () => {
    const groups = new SimulatedGroups({ initialRebalanceDelayMs: 3000 });
    const first = groups.enter({ rebalanceTimeoutMs: 10_000 });
    for (let seconds = 1; seconds < 10; seconds++) {
      groups.advance(1000);
      groups.enter({ rebalanceTimeoutMs: 10_000 });
    }
    groups.advance(999);
    expect(first.isAnswered).toBe(false);
    groups.advance(1);
    expect(first.answer.members).toHaveLength(10);
  });

  test('without a delay it is over at once', () => {
    const groups = new SimulatedGroups({ initialRebalanceDelayMs: 0 });
    const asked = groups.enter();
    groups.advance(0);
    expect(asked.isAnswered).toBe(true);
  });

  test('is delayed for a group that had members once, too', () => {
    const groups = new SimulatedGroups();
    const [member] = groups.stable(1);
    groups.leave([{ memberId: member?.memberId ?? '' }]);
    const asked = groups.enter();
    groups.advance(2999);
    expect(asked.isAnswered).toBe(false);
    groups.advance(1);
    expect(joinedAs(asked).generationId).toBe(3);
  });

  test('version 0 has one timeout, for session and rebalance', () => {
    const groups = new SimulatedGroups({ initialRebalanceDelayMs: 3000 });
    const asked = groups.join({ version: 0, sessionTimeoutMs: 6000, rebalanceTimeoutMs: 0 });
    groups.advance(2000);
    groups.join({ version: 0, sessionTimeoutMs: 6000, rebalanceTimeoutMs: 0 });
    groups.advance(3999);
    expect(asked.isAnswered).toBe(false);
    groups.advance(1);
    expect(asked.isAnswered).toBe(true);
  });
});

describe('a rebalance of members', () => {
  test('is over as soon as all have joined again', () => {
    const groups = new SimulatedGroups();
    const [leader, follower] = groups.stable(2);
    const one = groups.join({ memberId: leader?.memberId ?? '' });
    groups.advance(5000);
    expect(one.isAnswered).toBe(false);
    const two = groups.join({ memberId: follower?.memberId ?? '' });
    expect([joinedAs(one).generationId, joinedAs(two).generationId]).toEqual([2, 2]);
  });

  test('ends with the longest rebalance timeout, without those who did not come', () => {
    const groups = new SimulatedGroups();
    const [leader, follower] = groups.stable(2, { rebalanceTimeoutMs: 30_000, sessionTimeoutMs: MINUTE });
    const one = groups.join({ memberId: follower?.memberId ?? '', topics: ['payments'], rebalanceTimeoutMs: 20_000 });
    groups.advance(29_999);
    expect(one.isAnswered).toBe(false);
    groups.advance(1);
    expect(one.answer).toMatchObject({ generationId: 2, leader: follower?.memberId });
    expect(one.answer.members).toHaveLength(1);
    expect(groups.heartbeat({ ...leader!, generationId: 2 })).toBe(25);
  });

  test('waits for those who were given an id and did not come back yet', () => {
    const groups = new SimulatedGroups();
    const [leader] = groups.stable(1);
    groups.join({ sessionTimeoutMs: 10_000 });
    const asked = groups.join({ memberId: leader?.memberId ?? '' });
    expect(asked.isAnswered).toBe(false);
    groups.advance(10_000);
    expect(joinedAs(asked).generationId).toBe(2);
  });

  test('begins when a newcomer joins a stable group', () => {
    const groups = new SimulatedGroups();
    const [leader] = groups.stable(1);
    const newcomer = groups.enter();
    expect(groups.heartbeat(leader!)).toBe(27);
    const asked = groups.join({ memberId: leader!.memberId });
    expect(newcomer.answer).toMatchObject({ generationId: 2, leader: leader?.memberId, members: [] });
    expect(asked.answer.members).toHaveLength(2);
  });

  test('sends whoever waits for an assignment back to joining', () => {
    const groups = new SimulatedGroups();
    const one = groups.enter();
    const two = groups.enter();
    groups.advance(6000);
    const sync = groups.sync(joinedAs(two));
    groups.enter();
    expect(sync.answer.errorCode).toBe(27);
    expect(groups.sync(joinedAs(one)).answer.errorCode).toBe(27);
  });

  test('of static members only, who are all away, goes on until one is back', () => {
    const groups = new SimulatedGroups();
    const [one] = groups.stable(2, { rebalanceTimeoutMs: 10_000, sessionTimeoutMs: 30 * MINUTE }, ['a', 'b']);
    groups.leave([{ instance: 'a' }]);
    groups.advance(25_000);
    expect(groups.state()).toBe('PreparingRebalance');
    const asked = groups.join({ instance: 'b', rebalanceTimeoutMs: 10_000 });
    expect(asked.answer).toMatchObject({ errorCode: 0, generationId: 2 });
    expect(asked.answer.memberId).not.toBe(one?.memberId);
  });

  test('a group that nobody is left in becomes empty, and that is written', () => {
    const groups = new SimulatedGroups();
    groups.stable(2, { sessionTimeoutMs: 10_000 });
    groups.advance(10_000 + MINUTE);
    expect(groups.state()).toBe('Empty');
    expect(groups.log.at(-1)).toMatchObject({
      value: { protocolType: 'consumer', generation: 2, protocol: null, leader: null, members: [] },
    });
  });
});

describe('a new coordinator', () => {
  test('finds the group as it was last written, with members that have a whole session ahead', () => {
    const groups = new SimulatedGroups();
    const [leader, follower] = groups.stable(2, { sessionTimeoutMs: 10_000 });
    groups.advance(9000);
    groups.moveCoordinator();
    groups.advance(9999);
    expect(groups.heartbeat(leader!)).toBe(0);
    groups.advance(1);
    expect(groups.heartbeat(follower!)).toBe(25);
  });

  test('in the middle of a rebalance knows the generation before it', () => {
    const groups = new SimulatedGroups();
    const [leader] = groups.stable(1);
    groups.enter();
    const asked = groups.join({ memberId: leader!.memberId });
    expect(joinedAs(asked).generationId).toBe(2);
    groups.moveCoordinator();
    expect(groups.state()).toBe('Stable');
    expect(groups.heartbeat(joinedAs(asked))).toBe(22);
    expect(groups.join({ memberId: leader!.memberId }).answer).toMatchObject({ errorCode: 0, generationId: 2 });
  });

  test('knows nothing of ids that were given out', () => {
    const groups = new SimulatedGroups();
    const { memberId } = groups.join().answer;
    groups.moveCoordinator();
    expect(groups.join({ memberId }).answer.errorCode).toBe(25);
  });
});
