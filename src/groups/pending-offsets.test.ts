import { describe, expect, test } from '@jest/globals';
import { ZERO_UUID } from '../base/index.ts';
import { GROUP, HOUR, SimulatedGroups } from './simulated-groups.check.ts';

const UNSTABLE_OFFSET_COMMIT = 88;

interface Who {
  readonly producerId?: number;
  readonly group?: string;
  readonly partition?: number;
  readonly generationId?: number;
  readonly memberId?: string;
  readonly instance?: string | null;
  readonly metadata?: string;
}

/** The error of a commit within a transaction. */
function commitWithin(groups: SimulatedGroups, offset: number, who: Who = {}): number | undefined {
  const { producerId = 7, group = GROUP, partition = 0, generationId = -1, memberId = '', instance = null } = who;
  const { answer } = groups.ask('txnOffsetCommit', {
    transactionalId: `of ${producerId}`,
    groupId: group,
    producerId,
    producerEpoch: 0,
    generationId,
    memberId,
    groupInstanceId: instance,
    topics: [
      {
        name: 'orders',
        partitions: [
          {
            partitionIndex: partition,
            committedOffset: offset,
            committedLeaderEpoch: -1,
            committedMetadata: who.metadata ?? null,
          },
        ],
      },
    ],
  });
  return answer.topics[0]?.partitions[0]?.errorCode;
}

function end(groups: SimulatedGroups, isCommit: boolean, producerId = 7): void {
  groups.ask('endTransaction', { producerId, producerEpoch: 0, coordinatorEpoch: 0, isCommit });
}

/** Offset and error of each partition asked for, insisting on stable ones. */
function stable(groups: SimulatedGroups, partitions: readonly number[] = [0], all = false): (readonly number[])[] {
  const { answer } = groups.ask('offsetFetch', {
    groupId: GROUP,
    memberId: null,
    memberEpoch: -1,
    topics: all ? null : [{ name: 'orders', topicId: ZERO_UUID, partitionIndexes: partitions }],
    requireStable: true,
  });
  return answer.topics.flatMap((topic) =>
    topic.partitions.map(({ committedOffset, errorCode }) => [committedOffset, errorCode]),
  );
}

describe('an offset committed within a transaction', () => {
  test('counts when the transaction commits', () => {
    const groups = new SimulatedGroups();
    groups.commit(1);
    expect(commitWithin(groups, 5)).toBe(0);
    expect(groups.offsets()).toEqual({ 'orders-0': 1 });
    end(groups, true);
    expect(groups.offsets()).toEqual({ 'orders-0': 5 });
    expect(groups.replayed()).toEqual(groups.hard);
  });

  test('is forgotten when the transaction aborts', () => {
    const groups = new SimulatedGroups();
    groups.commit(1);
    commitWithin(groups, 5);
    end(groups, false);
    end(groups, true);
    expect(groups.offsets()).toEqual({ 'orders-0': 1 });
    expect(groups.hard.transactions.size).toBe(0);
  });

  test('belongs to its producer: others end their own', () => {
    const groups = new SimulatedGroups();
    commitWithin(groups, 5, { producerId: 7 });
    commitWithin(groups, 6, { producerId: 8, partition: 1 });
    end(groups, true, 8);
    expect(groups.offsets()).toEqual({ 'orders-1': 6 });
    end(groups, true, 7);
    expect(groups.offsets()).toEqual({ 'orders-0': 5, 'orders-1': 6 });
  });

  test('gives way to what was committed after it was written', () => {
    const groups = new SimulatedGroups();
    commitWithin(groups, 5);
    groups.commit(9);
    end(groups, true);
    expect(groups.offsets()).toEqual({ 'orders-0': 9 });
    commitWithin(groups, 12);
    end(groups, true);
    expect(groups.offsets()).toEqual({ 'orders-0': 12 });
  });

  test('is unstable for those who insist, others see what is committed', () => {
    const groups = new SimulatedGroups();
    groups.commit(1);
    groups.commit(2, { partition: 1 });
    commitWithin(groups, 5);
    commitWithin(groups, 6, { partition: 2 });
    expect(stable(groups, [0, 1, 2, 3])).toEqual([
      [-1, UNSTABLE_OFFSET_COMMIT],
      [2, 0],
      [-1, UNSTABLE_OFFSET_COMMIT],
      [-1, 0],
    ]);
    expect(stable(groups, [], true)).toEqual([
      [-1, UNSTABLE_OFFSET_COMMIT],
      [2, 0],
    ]);
    expect(groups.offsets()).toEqual({ 'orders-0': 1, 'orders-1': 2 });
    end(groups, true);
    expect(stable(groups, [0, 2])).toEqual([
      [5, 0],
      [6, 0],
    ]);
  });

  test('outlives the coordinator', () => {
    const groups = new SimulatedGroups();
    commitWithin(groups, 5);
    groups.moveCoordinator();
    expect(stable(groups)).toEqual([[-1, UNSTABLE_OFFSET_COMMIT]]);
    end(groups, true);
    groups.moveCoordinator();
    expect(stable(groups)).toEqual([[5, 0]]);
  });

  test('is of members of the present generation, where the request tells who asks', () => {
    const groups = new SimulatedGroups();
    expect(commitWithin(groups, 1, { generationId: 3, memberId: 'm' })).toBe(22);
    const [member] = groups.stable(1);
    expect(commitWithin(groups, 1)).toBe(0);
    expect(commitWithin(groups, 1, { ...member })).toBe(0);
    expect(commitWithin(groups, 1, { ...member, memberId: 'stranger' })).toBe(25);
    expect(commitWithin(groups, 1, { ...member, generationId: 9 })).toBe(22);
    expect(commitWithin(groups, 1, { ...member, instance: 'ghost' })).toBe(25);
  });

  test('is taken while assignments are awaited', () => {
    const groups = new SimulatedGroups();
    const entered = groups.enter();
    groups.advance(3_000);
    const { memberId, generationId = -1 } = entered.answer;
    expect(groups.state()).toBe('CompletingRebalance');
    expect(commitWithin(groups, 1, { memberId, generationId })).toBe(0);
  });

  test('has metadata with a limit', () => {
    const groups = new SimulatedGroups({ offsetMetadataMaxBytes: 10 });
    expect(commitWithin(groups, 1, { metadata: 'x'.repeat(11) })).toBe(12);
    expect(groups.list()).toEqual([]);
  });

  test('keeps its group from expiring, and goes with it when it is deleted', () => {
    const groups = new SimulatedGroups();
    commitWithin(groups, 5);
    groups.advance(24 * 30 * HOUR);
    expect(groups.list()).toHaveLength(1);
    expect(groups.ask('deleteGroup', { groupId: GROUP }).answer.errorCode).toBe(0);
    end(groups, true);
    expect(groups.list()).toEqual([]);
    expect(groups.hard).toEqual(groups.replayed());
    expect(groups.hard.transactions.size).toBe(0);
  });

  test('is forgotten with its topic', () => {
    const groups = new SimulatedGroups();
    commitWithin(groups, 5);
    groups.ask('deletedTopics', { topics: ['orders'] });
    end(groups, true);
    expect(groups.offsets()).toEqual({});
    expect(groups.hard.transactions.size).toBe(0);
  });
});
