import { describe, expect, test } from '@jest/globals';
import { GROUP, SimulatedGroups, subscription } from './simulated-groups.check.ts';

describe('listing groups', () => {
  test('filters by state and type, whatever their letter case', () => {
    const groups = new SimulatedGroups();
    groups.stable(1);
    groups.commit(1, { group: 'simple' });
    groups.enter({ group: 'new' });
    const ids = (states: string[], types: string[] = []): string[] =>
      groups.list(states, types).map(({ groupId }) => groupId);
    expect(ids([])).toEqual([GROUP, 'simple', 'new']);
    expect(ids([' stable ', 'PREPARINGREBALANCE'])).toEqual([GROUP, 'new']);
    expect(ids(['empty'])).toEqual(['simple']);
    expect(ids(['no state'])).toEqual([]);
    expect(ids([], ['Classic'])).toHaveLength(3);
    expect(ids([], ['consumer'])).toEqual([]);
    expect(groups.list(['stable'])).toEqual([
      { groupId: GROUP, protocolType: 'consumer', groupState: 'Stable', groupType: 'classic' },
    ]);
  });
});

describe('describing a group', () => {
  test('that is stable shows its protocol, and what members want and have', () => {
    const groups = new SimulatedGroups();
    const [member] = groups.stable(1, {}, ['one']);
    expect(groups.describe()).toEqual({
      errorCode: 0,
      groupId: GROUP,
      groupState: 'Stable',
      protocolType: 'consumer',
      protocolData: 'range',
      members: [
        {
          memberId: member?.memberId,
          groupInstanceId: 'one',
          clientId: 'client-0',
          clientHost: '/127.0.0.1',
          memberMetadata: subscription(['orders']),
          memberAssignment: Buffer.from('part 0'),
        },
      ],
    });
  });

  test('in the middle of a rebalance shows no protocol', () => {
    const groups = new SimulatedGroups();
    groups.stable(1);
    groups.enter();
    const described = groups.describe();
    expect(described).toMatchObject({ groupState: 'PreparingRebalance', protocolData: '' });
    expect(described.members.map(({ memberMetadata }) => memberMetadata.length)).toEqual([0, 0]);
  });

  test('that is not there: dead, and from version 6 on an error', () => {
    const groups = new SimulatedGroups();
    expect(groups.describe('none', 5)).toMatchObject({ errorCode: 0, groupState: 'Dead', members: [] });
    expect(groups.describe('none', 6)).toMatchObject({
      errorCode: 69,
      errorMessage: 'Group none not found.',
      groupState: 'Dead',
    });
  });
});
