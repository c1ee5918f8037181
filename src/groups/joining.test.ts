import { describe, expect, test } from '@jest/globals';
import { GROUP, joinedAs, MINUTE, SimulatedGroups } from './simulated-groups.check.ts';

describe('entering a group', () => {
  test('a newcomer is told its id first, and joins with it (KIP-394)', () => {
    const groups = new SimulatedGroups();
    const first = groups.join({ version: 4, clientId: 'billing' });
    expect(first.answer).toMatchObject({ errorCode: 79, members: [] });
    expect(first.answer.memberId).toMatch(
      /^billing-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    const second = groups.join({ version: 4, memberId: first.answer.memberId });
    groups.advance(3000);
    expect(second.answer).toMatchObject({ errorCode: 0, memberId: first.answer.memberId, generationId: 1 });
  });

  test.each([0, 1, 2, 3])('version %i admits a newcomer directly', (version) => {
    const groups = new SimulatedGroups();
    const asked = groups.join({ version });
    groups.advance(3000);
    expect(asked.answer).toMatchObject({ errorCode: 0, generationId: 1, leader: asked.answer.memberId });
  });

  test('an id that was given out is forgotten when its session timeout has passed', () => {
    const groups = new SimulatedGroups();
    const { memberId } = groups.join({ sessionTimeoutMs: 10_000 }).answer;
    groups.advance(10_000);
    expect(groups.join({ memberId }).answer).toMatchObject({ errorCode: 25, memberId });
  });

  test('an id that was given out to a dynamic member is refused to a static one', () => {
    const groups = new SimulatedGroups();
    const { memberId } = groups.join().answer;
    expect(groups.join({ memberId, instance: 'one' }).answer).toMatchObject({ errorCode: -1, memberId: '' });
  });

  test('an unknown member id is refused, whether the group is there or not', () => {
    const groups = new SimulatedGroups();
    expect(groups.join({ memberId: 'stranger' }).answer).toMatchObject({ errorCode: 25, memberId: 'stranger' });
    groups.stable(1);
    expect(groups.join({ memberId: 'stranger' }).answer).toMatchObject({ errorCode: 25, memberId: 'stranger' });
    expect(groups.state()).toBe('Stable');
  });

  test('a group without a name, and sessions out of bounds, are refused', () => {
    const groups = new SimulatedGroups();
    expect(groups.join({ group: '' }).answer.errorCode).toBe(24);
    expect(groups.join({ sessionTimeoutMs: 5999 }).answer.errorCode).toBe(26);
    expect(groups.join({ sessionTimeoutMs: 1_800_001 }).answer.errorCode).toBe(26);
    expect(groups.log).toEqual([]);
  });

  test('strings that no record can hold are refused, and nothing is written of them', () => {
    const groups = new SimulatedGroups();
    const long = 'x'.repeat(32_768);
    for (const options of [
      { group: long },
      { clientId: long },
      { instance: long },
      { protocols: [long] },
      { protocolType: long },
    ])
      expect(groups.join({ ...options, version: 9 }).answer.errorCode).toBe(-1);
    expect(groups.log).toEqual([]);
  });

  test('the protocol name of a refusal is null from version 7 on, empty before', () => {
    const groups = new SimulatedGroups();
    expect(groups.join({ version: 6, memberId: 'stranger' }).answer.protocolName).toBe('');
    expect(groups.join({ version: 7, memberId: 'stranger' }).answer.protocolName).toBeNull();
  });

  test('a new group is written at once, before it has members', () => {
    const groups = new SimulatedGroups();
    groups.join();
    expect(groups.log).toEqual([
      {
        type: 'groupMetadata',
        groupId: GROUP,
        value: {
          protocolType: '',
          generation: 0,
          protocol: null,
          leader: null,
          currentStateTimestamp: groups.now,
          members: [],
        },
      },
    ]);
  });
});

describe('protocols', () => {
  test('a member without protocols, or without a type, is refused', () => {
    const groups = new SimulatedGroups();
    expect(groups.join({ protocols: [] }).answer.errorCode).toBe(23);
    expect(groups.join({ protocolType: '' }).answer.errorCode).toBe(23);
  });

  test('a member that shares no protocol with all others, or is of another type, is refused', () => {
    const groups = new SimulatedGroups();
    groups.join({ version: 3, protocols: ['range', 'sticky'] });
    groups.join({ version: 3, protocols: ['sticky'] });
    expect(groups.join({ version: 3, protocols: ['range'] }).answer.errorCode).toBe(23);
    expect(groups.join({ version: 3, protocols: ['sticky'], protocolType: 'connect' }).answer.errorCode).toBe(23);
  });

  test('the group uses what most members want most, of what all support', () => {
    const groups = new SimulatedGroups();
    const asked = [
      ['range', 'sticky', 'mine'],
      ['sticky', 'range'],
      ['roundrobin', 'sticky', 'range'],
    ].map((protocols) => groups.join({ version: 7, instance: protocols[0] ?? '', protocols }));
    groups.advance(6000);
    expect(asked.map(({ answer }) => answer.protocolName)).toEqual(['sticky', 'sticky', 'sticky']);
    expect(asked[0]?.answer.protocolType).toBe('consumer');
  });

  // Seen on Apache Kafka 4.3: where votes are equal, the order of a Java map decides.
  test.each([
    [['range', 'roundrobin'], 'range'],
    [['sticky', 'cooperative-sticky'], 'sticky'],
  ])('equal votes for %j are decided as Kafka does', (protocols, chosen) => {
    const groups = new SimulatedGroups();
    const asked = groups.join({ version: 3, protocols });
    groups.join({ version: 3, protocols: [...protocols].reverse() });
    groups.advance(6000);
    expect(asked.answer.protocolName).toBe(chosen);
  });

  test('an empty group may take another type', () => {
    const groups = new SimulatedGroups();
    const [member] = groups.stable(1);
    groups.leave([{ memberId: member?.memberId ?? '' }]);
    const asked = groups.enter({ protocolType: 'connect', version: 7 });
    groups.advance(3000);
    expect(asked.answer).toMatchObject({ errorCode: 0, protocolType: 'connect', generationId: 3 });
  });
});

describe('who is told what', () => {
  test('the first to join leads, and only the leader sees everyone and their metadata', () => {
    const groups = new SimulatedGroups();
    const one = groups.join({ version: 3, topics: ['orders'] });
    const two = groups.join({ version: 3, topics: ['payments'] });
    groups.advance(6000);
    expect(two.answer).toMatchObject({ leader: one.answer.memberId, members: [] });
    expect(one.answer.members.map(({ memberId }) => memberId)).toEqual([one.answer.memberId, two.answer.memberId]);
    expect(one.answer.members[1]?.metadata.toString('latin1')).toContain('payments');
  });

  test('what a member brings is kept apart from the frame it came in', () => {
    const groups = new SimulatedGroups();
    const frame = Buffer.from('metadata');
    const asked = groups.join({ version: 3, metadata: frame });
    frame.fill(0);
    groups.advance(3000);
    expect(asked.answer.members[0]?.metadata.toString()).toBe('metadata');
  });
});

describe('the largest size of a group', () => {
  test('while members join, seats are given first come, first served', () => {
    const groups = new SimulatedGroups({ maxSize: 2 });
    groups.join({ version: 3 });
    groups.join({ version: 3 });
    expect(groups.join({ version: 3 }).answer).toMatchObject({ errorCode: 81, memberId: '' });
  });

  test('a full stable group takes no newcomer, but its members may join again', () => {
    const groups = new SimulatedGroups({ maxSize: 2 });
    const [leader] = groups.stable(2);
    expect(groups.join({ version: 3 }).answer.errorCode).toBe(81);
    expect(groups.state()).toBe('Stable');
    groups.join({ memberId: leader?.memberId ?? '' });
    expect(groups.state()).toBe('PreparingRebalance');
  });

  test('a group too large for its new coordinator is rebalanced, and the last to come back find no seat', () => {
    const groups = new SimulatedGroups();
    const [one, two, three] = groups.stable(3);
    const small = { ...groups.config, maxSize: 2 };
    const moved = new SimulatedGroups(small);
    moved.log.push(...groups.log);
    moved.now = groups.now;
    moved.moveCoordinator();
    expect(moved.state()).toBe('PreparingRebalance');
    const seats = [one, two].map((member) => moved.join({ memberId: member?.memberId ?? '' }));
    expect(moved.join({ memberId: three?.memberId ?? '' }).answer.errorCode).toBe(81);
    moved.advance(MINUTE);
    expect(seats.map((asked) => joinedAs(asked).generationId)).toEqual([2, 2]);
  });
});

describe('joining again', () => {
  test('a follower that has nothing new to say is told the present generation', () => {
    const groups = new SimulatedGroups();
    const [leader, follower] = groups.stable(2);
    expect(groups.join({ memberId: follower?.memberId ?? '' }).answer).toMatchObject({
      errorCode: 0,
      generationId: 1,
      leader: leader?.memberId,
      members: [],
    });
    expect(groups.state()).toBe('Stable');
  });

  test('a follower with other metadata, and a leader in any case, make the group rebalance', () => {
    const groups = new SimulatedGroups();
    const [, follower] = groups.stable(2);
    groups.join({ memberId: follower?.memberId ?? '', topics: ['payments'] });
    expect(groups.state()).toBe('PreparingRebalance');
    const others = new SimulatedGroups();
    const [leader] = others.stable(2);
    others.join({ memberId: leader?.memberId ?? '' });
    expect(others.state()).toBe('PreparingRebalance');
  });

  test('while assignments are awaited, the same metadata gets the same answer again, the leader everyone', () => {
    const groups = new SimulatedGroups();
    const one = groups.enter();
    groups.enter();
    groups.advance(6000);
    const again = groups.join({ memberId: one.answer.memberId });
    expect(again.answer).toEqual(one.answer);
    expect(groups.state()).toBe('CompletingRebalance');
    const changed = groups.join({ memberId: one.answer.memberId, topics: ['payments'] });
    expect(changed.isAnswered).toBe(false);
    expect(groups.state()).toBe('PreparingRebalance');
  });

  test('a member that asks twice is answered twice: the first time that it is to ask again', () => {
    const groups = new SimulatedGroups();
    const first = groups.enter();
    groups.advance(1000);
    const { memberId } = groups.soft.classic.get(GROUP)?.members.values().next().value ?? { memberId: '' };
    const second = groups.join({ memberId });
    expect(first.answer).toMatchObject({ errorCode: 27, memberId });
    groups.advance(5000);
    expect(second.answer).toMatchObject({ errorCode: 0, generationId: 1 });
  });
});
