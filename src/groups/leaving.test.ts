import { describe, expect, test } from '@jest/globals';
import { GROUP, joinedAs, SimulatedGroups } from './simulated-groups.check.ts';

describe('leaving a group', () => {
  test('makes the others join again', () => {
    const groups = new SimulatedGroups();
    const [leader, follower] = groups.stable(2);
    expect(groups.leave([leader!])).toEqual([0]);
    expect(groups.heartbeat(follower!)).toBe(27);
    expect(groups.join({ memberId: follower!.memberId }).answer).toMatchObject({
      generationId: 2,
      leader: follower?.memberId,
    });
  });

  test('the last one leaves an empty group behind, in its next generation', () => {
    const groups = new SimulatedGroups();
    const [member] = groups.stable(1);
    groups.leave([member!]);
    expect(groups.describe()).toMatchObject({ groupState: 'Empty', protocolType: 'consumer', members: [] });
    expect(groups.log.at(-1)).toMatchObject({ value: { generation: 2, members: [] } });
  });

  test('several at once, by member id or instance, each with its own error', () => {
    const groups = new SimulatedGroups();
    const [one, two, three] = groups.stable(3, {}, ['a', 'b']);
    expect(
      groups.leave([
        { instance: 'a' },
        { instance: 'nobody' },
        { memberId: 'stranger' },
        { memberId: three!.memberId, instance: 'b' },
        { memberId: two!.memberId, instance: 'b' },
        { memberId: one!.memberId },
      ]),
    ).toEqual([0, 25, 25, 82, 0, 25]);
    expect(groups.describe().members.map(({ memberId }) => memberId)).toEqual([three?.memberId]);
  });

  test('answers tell who was meant', () => {
    const groups = new SimulatedGroups();
    groups.stable(1, {}, ['a']);
    const members = [{ memberId: '', groupInstanceId: 'a', reason: 'restart' }];
    expect(groups.ask('leaveGroup', { groupId: GROUP, memberId: '', members }, { version: 5 }).answer).toEqual({
      errorCode: 0,
      members: [{ memberId: '', groupInstanceId: 'a', errorCode: 0 }],
    });
  });

  test('versions 0 to 2 name one member, and get one error', () => {
    const groups = new SimulatedGroups();
    const [member] = groups.stable(1);
    const leave = (memberId: string, groupId = GROUP): unknown =>
      groups.ask('leaveGroup', { groupId, memberId, members: [] }, { version: 2 }).answer;
    expect(leave('stranger')).toEqual({ errorCode: 25 });
    expect(leave('stranger', 'none')).toEqual({ errorCode: 25 });
    expect(leave(member!.memberId)).toEqual({ errorCode: 0 });
    expect(groups.state()).toBe('Empty');
  });

  test('a group without a name is an error of the whole; one that is not there, of each', () => {
    const groups = new SimulatedGroups();
    const members = [{ memberId: 'm', groupInstanceId: null, reason: null }];
    expect(groups.ask('leaveGroup', { groupId: '', memberId: '', members }).answer).toEqual({
      errorCode: 24,
      members: [],
    });
    expect(groups.leave([{ memberId: 'm' }], 'none')).toEqual([25]);
  });

  test('who waits to join, or for its assignment, is told that it is no member', () => {
    const groups = new SimulatedGroups();
    const [one, two] = groups.stable(2);
    const joining = groups.join({ memberId: one!.memberId });
    groups.leave([one!]);
    expect(joining.answer).toMatchObject({ errorCode: 25, memberId: '' });
    const again = groups.join({ memberId: two!.memberId });
    expect(joinedAs(again).generationId).toBe(2);

    const others = new SimulatedGroups();
    others.enter();
    const follower = others.enter();
    others.advance(6000);
    const syncing = others.sync(joinedAs(follower));
    others.leave([joinedAs(follower)]);
    expect(syncing.answer.errorCode).toBe(25);
  });

  test('an id that was given out can be given back, and nobody waits for it any more', () => {
    const groups = new SimulatedGroups();
    const [member] = groups.stable(1);
    const { memberId } = groups.join().answer;
    const asked = groups.join({ memberId: member!.memberId });
    expect(asked.isAnswered).toBe(false);
    expect(groups.leave([{ memberId }])).toEqual([0]);
    expect(joinedAs(asked).generationId).toBe(2);
  });

  test('nobody in particular changes nothing', () => {
    const groups = new SimulatedGroups();
    groups.stable(1);
    expect(groups.leave([])).toEqual([]);
    expect(groups.state()).toBe('Stable');
  });
});
