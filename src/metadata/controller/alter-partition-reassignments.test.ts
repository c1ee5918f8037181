import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SeededRandom } from '../../base/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import { ConfigResourceType } from '../configs.ts';
import type { MetadataRecord } from '../record.ts';
import type { Partition } from '../topics.ts';
import { assigned, Controller, directoryOfBroker } from './controller-fixture.ts';

/** Asks for other replicas of orders-0, or with null for those of before. Returns the error code. */
function reassign(controller: Controller, replicas: number[] | null, allowReplicationFactorChange = true): number {
  return controller.ask('alterPartitionReassignments', {
    timeoutMs: 1000,
    allowReplicationFactorChange,
    topics: [{ name: 'orders', partitions: [{ partitionIndex: 0, replicas }] }],
  }).responses[0]?.partitions[0]?.errorCode as number;
}

function clusterWith(...replicas: number[]): Controller {
  const controller = new Controller({}, [1, 2, 3, 4]);
  controller.create({ name: 'orders', assignments: assigned(replicas) });
  return controller;
}

const lastRecord = ({ log }: Controller): MetadataRecord['value'] | undefined => log.at(-1)?.value;

describe('a partition that moves', () => {
  test('has old and new replicas until the new ones are in sync, and then a new leader', () => {
    const controller = clusterWith(1, 2);
    expect(reassign(controller, [3, 4])).toBe(ErrorCode.NONE);
    expect(controller.partition('orders')).toMatchObject({
      replicas: [3, 4, 1, 2],
      addingReplicas: [3, 4],
      removingReplicas: [1, 2],
      directories: [3, 4, 1, 2].map(directoryOfBroker),
      isr: [1, 2],
      leader: 1,
      leaderEpoch: 0,
    });
    expect(controller.setIsr('orders', 0, [1, 2, 3])).toBe(ErrorCode.NONE);
    expect(controller.partition('orders')).toMatchObject({ isr: [1, 2, 3], addingReplicas: [3, 4] });
    expect(controller.setIsr('orders', 0, [1, 2, 3, 4])).toBe(ErrorCode.NEW_LEADER_ELECTED);
    expect(controller.partition('orders')).toMatchObject({
      replicas: [3, 4],
      addingReplicas: [],
      removingReplicas: [],
      directories: [3, 4].map(directoryOfBroker),
      isr: [3, 4],
      leader: 3,
      leaderEpoch: 1,
    });
  });

  test('keeps a leader that stays, in a new epoch in which the others no longer follow', () => {
    const controller = clusterWith(1, 2);
    reassign(controller, [3, 1]);
    expect(controller.setIsr('orders', 0, [1, 2, 3])).toBe(ErrorCode.NONE);
    expect(controller.partition('orders')).toMatchObject({ replicas: [3, 1], isr: [1, 3], leader: 1, leaderEpoch: 1 });
  });

  test('is there at once where all that stay are in sync', () => {
    const controller = clusterWith(1, 2, 3);
    reassign(controller, [3, 2]);
    expect(controller.partition('orders')).toMatchObject({
      replicas: [3, 2],
      removingReplicas: [],
      isr: [2, 3],
      leader: 3,
    });
  });

  test('waits, when it shrinks, for all that stay', () => {
    const controller = clusterWith(1, 2, 3);
    controller.setIsr('orders', 0, [1, 3]);
    reassign(controller, [1, 2]);
    expect(controller.partition('orders')).toMatchObject({ replicas: [1, 2, 3], removingReplicas: [3], isr: [1, 3] });
    expect(controller.setIsr('orders', 0, [1, 2, 3])).toBe(ErrorCode.NONE);
    expect(controller.partition('orders')).toMatchObject({ replicas: [1, 2], removingReplicas: [], isr: [1, 2] });
  });

  test('only changes its preferred leader when the same replicas come in another order', () => {
    const controller = clusterWith(1, 2);
    reassign(controller, [2, 1]);
    expect(controller.partition('orders')).toMatchObject({ replicas: [2, 1], leader: 1, leaderEpoch: 0 });
    const before = controller.log.length;
    expect(reassign(controller, [2, 1])).toBe(ErrorCode.NONE);
    expect(controller.log).toHaveLength(before);
  });

  test('moves on to somewhere else', () => {
    const controller = clusterWith(1);
    reassign(controller, [2]);
    reassign(controller, [3]);
    expect(controller.partition('orders')).toMatchObject({
      replicas: [3, 1, 2],
      addingReplicas: [3],
      removingReplicas: [1, 2],
    });
  });

  test('moves back, by name', () => {
    const controller = clusterWith(1, 2);
    reassign(controller, [1, 3]);
    reassign(controller, [1, 2]);
    expect(controller.partition('orders')).toMatchObject({
      replicas: [1, 2],
      addingReplicas: [],
      removingReplicas: [],
    });
  });

  test('writes what changes and no more', () => {
    const controller = clusterWith(1);
    reassign(controller, [1, 2]);
    expect(lastRecord(controller)).toEqual({
      partitionId: 0,
      topicId: controller.image.topics.byName('orders')?.id,
      replicas: [1, 2],
      addingReplicas: [2],
      removingReplicas: null,
      directories: [1, 2].map(directoryOfBroker),
      isr: null,
      leader: -2,
      leaderRecoveryState: -1,
      eligibleLeaderReplicas: null,
      lastKnownElr: null,
    });
  });

  test('loses those who leave when their broker does', () => {
    const controller = clusterWith(1, 2);
    reassign(controller, [2, 3]);
    controller.setIsr('orders', 0, [1, 2]);
    controller.heartbeat(1, 'fence');
    expect(controller.partition('orders')).toMatchObject({ replicas: [2, 3, 1], isr: [2], leader: 2 });
    expect(controller.setIsr('orders', 0, [2, 3])).toBe(ErrorCode.NONE);
    expect(controller.partition('orders')).toMatchObject({ replicas: [2, 3], isr: [2, 3], removingReplicas: [] });
  });
});

describe('a move that is taken back', () => {
  test('leaves the replicas of before', () => {
    const controller = clusterWith(1, 2);
    reassign(controller, [3, 4]);
    controller.setIsr('orders', 0, [1, 2, 3]);
    expect(reassign(controller, null)).toBe(ErrorCode.NONE);
    expect(controller.partition('orders')).toMatchObject({
      replicas: [1, 2],
      addingReplicas: [],
      removingReplicas: [],
      isr: [1, 2],
      leader: 1,
      leaderEpoch: 1,
    });
    expect(reassign(controller, null)).toBe(ErrorCode.NO_REASSIGNMENT_IN_PROGRESS);
  });

  function onlyTheNewOneInSync(): Controller {
    const controller = clusterWith(1);
    reassign(controller, [2, 3]);
    controller.setIsr('orders', 0, [1, 2]);
    controller.heartbeat(1, 'fence');
    expect(controller.partition('orders')).toMatchObject({ isr: [2], leader: 2 });
    return controller;
  }

  test('is refused where only the new replicas are in sync', () => {
    expect(reassign(onlyTheNewOneInSync(), null)).toBe(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
  });

  test('unless the topic would rather have some leader than none', () => {
    const controller = onlyTheNewOneInSync();
    controller.alter(ConfigResourceType.topic, 'orders', 'unclean.leader.election.enable', 0, 'true');
    expect(reassign(controller, null)).toBe(ErrorCode.NONE);
    expect(controller.partition('orders')).toMatchObject({ replicas: [1], isr: [1], leader: -1 });
    controller.heartbeat(1, 'in');
    expect(controller.partition('orders').leader).toBe(1);
  });
});

describe('AlterPartitionReassignments answers as Apache Kafka 4.3 does', () => {
  test.each([
    ['the replicas it has', [1, 2], ErrorCode.NONE],
    ['no replicas', [], ErrorCode.INVALID_REPLICA_ASSIGNMENT],
    ['an unknown broker', [1, 9], ErrorCode.INVALID_REPLICA_ASSIGNMENT],
    ['a broker twice', [1, 1], ErrorCode.INVALID_REPLICA_ASSIGNMENT],
    ['those of before, with nothing under way', null, ErrorCode.NO_REASSIGNMENT_IN_PROGRESS],
  ])('to %s', (_what, replicas, errorCode) => {
    const controller = clusterWith(1, 2);
    const before = controller.log.length;
    expect(reassign(controller, replicas)).toBe(errorCode);
    expect(controller.log).toHaveLength(before);
  });

  test('to fenced brokers, which may come back', () => {
    const controller = clusterWith(1);
    controller.heartbeat(2, 'fence');
    expect(reassign(controller, [2])).toBe(ErrorCode.NONE);
  });

  test('to another number of replicas, where that is not allowed (KIP-860)', () => {
    const controller = clusterWith(1, 2);
    expect(reassign(controller, [1, 2, 3], false)).toBe(ErrorCode.INVALID_REPLICATION_FACTOR);
    expect(reassign(controller, [1], false)).toBe(ErrorCode.INVALID_REPLICATION_FACTOR);
    expect(reassign(controller, [3, 4], false)).toBe(ErrorCode.NONE);
    // Under way it counts what the partition is to have, not those that go.
    expect(reassign(controller, [3, 4, 1, 2], false)).toBe(ErrorCode.INVALID_REPLICATION_FACTOR);
    expect(reassign(controller, [1, 3], false)).toBe(ErrorCode.NONE);
  });

  test('to unknown topics and partitions, each on its own', () => {
    const controller = clusterWith(1);
    const { responses } = controller.ask('alterPartitionReassignments', {
      timeoutMs: 1000,
      allowReplicationFactorChange: true,
      topics: [
        { name: 'orders', partitions: [5, -1, 0].map((partitionIndex) => ({ partitionIndex, replicas: [2] })) },
        { name: 'nosuch', partitions: [{ partitionIndex: 0, replicas: null }] },
      ],
    });
    const { NONE, UNKNOWN_TOPIC_OR_PARTITION: UNKNOWN } = ErrorCode;
    const codes = responses.map(({ partitions }) => partitions.map(({ errorCode }) => errorCode));
    expect(codes).toEqual([[UNKNOWN, UNKNOWN, NONE], [UNKNOWN]]);
  });
});

/** What holds of a partition whatever was asked. */
function checkPartition(partition: Partition, before: Partition): void {
  const { replicas, isr, leader, addingReplicas, removingReplicas, directories } = partition;
  expect(new Set(replicas).size).toBe(replicas.length);
  expect(directories).toEqual(replicas.map(directoryOfBroker));
  for (const id of [...isr, ...addingReplicas, ...removingReplicas]) expect(replicas).toContain(id);
  if (leader !== -1) expect(isr).toContain(leader);
  for (const id of partition.eligibleLeaderReplicas) expect(isr).not.toContain(id);
  expect(partition.leaderEpoch).toBeGreaterThanOrEqual(before.leaderEpoch);
  if (leader !== before.leader) expect(partition.leaderEpoch).toBeGreaterThan(before.leaderEpoch);
  const hasLost = before.replicas.some((id) => !replicas.includes(id));
  if (hasLost) expect(partition.leaderEpoch).toBeGreaterThan(before.leaderEpoch);
}

test('whatever is asked and whoever comes and goes, a partition stays sound, and ends where it was last sent', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const random = new SeededRandom(seed);
      const brokers = [1, 2, 3, 4];
      const some = (): number[] => brokers.filter(() => random.below(2) === 0);
      const controller = clusterWith(1, 2);
      for (let step = 0; step < 30; step++) {
        const before = controller.partition('orders');
        switch (random.below(4)) {
          case 0:
            reassign(controller, random.below(4) === 0 ? null : some());
            break;
          case 1:
            controller.setIsr('orders', 0, [...new Set([before.leader, ...some()])]);
            break;
          case 2:
            controller.heartbeat(1 + random.below(4), 'fence');
            break;
          default:
            controller.heartbeat(1 + random.below(4), 'in');
        }
        checkPartition(controller.partition('orders'), before);
      }
      for (const id of brokers) controller.heartbeat(id, 'in');
      expect(reassign(controller, [4, 3])).toBe(ErrorCode.NONE);
      // Nobody else may lead where all eligible ones have been reassigned away.
      const { leader, replicas } = controller.partition('orders');
      if (leader === -1) return;
      controller.setIsr('orders', 0, replicas);
      expect(controller.partition('orders')).toMatchObject({
        replicas: [4, 3],
        addingReplicas: [],
        removingReplicas: [],
      });
    }),
    { seed: 7, numRuns: 60 },
  );
});
