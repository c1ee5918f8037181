import { describe, expect, test } from '@jest/globals';
import { joinedAs, MINUTE, SimulatedGroups } from './simulated-groups.check.ts';

const INSTANCES = ['one', 'two'];

describe('static members (KIP-345)', () => {
  test('join directly, under an id of their instance', () => {
    const groups = new SimulatedGroups();
    const asked = groups.join({ instance: 'one' });
    groups.advance(3000);
    expect(asked.answer.memberId).toMatch(/^one-[0-9a-f-]{36}$/);
    expect(asked.answer.members).toEqual([expect.objectContaining({ groupInstanceId: 'one' })]);
  });

  test('that come back keep their assignment, without a rebalance', () => {
    const groups = new SimulatedGroups();
    const [leader, follower] = groups.stable(2, {}, INSTANCES);
    const back = groups.join({ instance: 'two', version: 9 });
    expect(back.answer).toMatchObject({
      errorCode: 0,
      generationId: 1,
      leader: leader?.memberId,
      members: [],
      skipAssignment: false,
    });
    expect(back.answer.memberId).not.toBe(follower?.memberId);
    expect(groups.state()).toBe('Stable');
    expect(groups.sync(joinedAs(back, { instance: 'two' })).answer.assignment.toString()).toBe('part 1');
  });

  test('under an id that was replaced are fenced', () => {
    const groups = new SimulatedGroups();
    const [, follower] = groups.stable(2, {}, INSTANCES);
    groups.join({ instance: 'two' });
    expect(groups.heartbeat(follower!)).toBe(82);
    expect(groups.sync(follower!).answer.errorCode).toBe(82);
    expect(groups.commit(5, follower)).toBe(82);
    expect(groups.join({ memberId: follower!.memberId, instance: 'two' }).answer).toMatchObject({ errorCode: 82 });
    expect(groups.leave([{ memberId: follower!.memberId, instance: 'two' }])).toEqual([82]);
  });

  test('who wait when they are replaced are fenced at once', () => {
    const groups = new SimulatedGroups();
    const joining = groups.join({ instance: 'one' });
    const joiningAgain = groups.join({ instance: 'one' });
    expect(joining.answer.errorCode).toBe(82);
    groups.join({ instance: 'two' });
    groups.advance(6000);
    const [follower] = [joinedAs(joiningAgain, { instance: 'one' })];
    expect(follower.generationId).toBe(1);

    const others = new SimulatedGroups();
    const one = others.join({ instance: 'one' });
    const two = others.join({ instance: 'two' });
    others.advance(6000);
    const syncing = others.sync(joinedAs(two, { instance: 'two' }));
    const replaced = others.join({ instance: 'two' });
    expect(syncing.answer.errorCode).toBe(82);
    // The leader may be assigning to the former id: everyone joins again.
    expect(replaced.isAnswered).toBe(false);
    expect(others.sync(joinedAs(one, { instance: 'one' })).answer.errorCode).toBe(27);
  });

  test('a leader that comes back sees the group but is not to assign (KIP-814, version 9)', () => {
    const groups = new SimulatedGroups();
    groups.stable(2, {}, INSTANCES);
    const back = groups.join({ instance: 'one', version: 9 });
    expect(back.answer).toMatchObject({ leader: back.answer.memberId, skipAssignment: true, generationId: 1 });
    expect(back.answer.members).toHaveLength(2);
  });

  test('before version 9 a leader that comes back is not told that it leads', () => {
    const groups = new SimulatedGroups();
    const [leader] = groups.stable(2, {}, INSTANCES);
    const back = groups.join({ instance: 'one', version: 8 });
    expect(back.answer).toMatchObject({ leader: leader?.memberId, members: [], generationId: 1 });
    expect(groups.state()).toBe('Stable');
  });

  test('that come back with other topics do not disturb the group, but a change of protocol does', () => {
    const groups = new SimulatedGroups();
    groups.stable(1, { protocols: ['range', 'sticky'] }, ['one']);
    expect(groups.join({ instance: 'one', topics: ['payments'], protocols: ['range', 'sticky'] }).isAnswered).toBe(
      true,
    );
    expect(groups.state()).toBe('Stable');
    const changed = groups.join({ instance: 'one', protocols: ['sticky', 'range'] });
    expect(changed.answer).toMatchObject({ generationId: 2, protocolName: 'sticky' });
    expect(groups.state()).toBe('CompletingRebalance');
  });

  test('are away for as long as their session lasts: a rebalance keeps their place', () => {
    const groups = new SimulatedGroups();
    const [leader, away] = groups.stable(2, { sessionTimeoutMs: 10 * MINUTE, rebalanceTimeoutMs: MINUTE }, INSTANCES);
    const asked = groups.join({ memberId: leader!.memberId, instance: 'one', sessionTimeoutMs: 10 * MINUTE });
    groups.advance(MINUTE);
    expect(asked.answer.members.map(({ memberId }) => memberId)).toEqual([leader?.memberId, away?.memberId]);
  });

  test('survive a change of coordinator', () => {
    const groups = new SimulatedGroups();
    groups.stable(2, {}, INSTANCES);
    const back = groups.join({ instance: 'two' });
    groups.moveCoordinator();
    expect(groups.heartbeat(joinedAs(back, { instance: 'two' }))).toBe(0);
    expect(
      groups
        .describe()
        .members.map(({ groupInstanceId }) => groupInstanceId)
        .sort(),
    ).toEqual(INSTANCES);
  });

  test('an instance that nobody has is unknown', () => {
    const groups = new SimulatedGroups();
    const [leader] = groups.stable(1);
    expect(groups.heartbeat({ ...leader!, instance: 'ghost' })).toBe(25);
  });
});
