import { describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../wire/index.ts';
import { assigned, Controller } from './controller-fixture.ts';

const [PREFERRED, UNCLEAN] = [0, 1];

/** Error codes by partition, of orders or of every topic. */
function elect(controller: Controller, electionType: number, partitions: number[] | null): (readonly number[])[] {
  const { errorCode, replicaElectionResults } = controller.ask('electLeaders', {
    electionType,
    topicPartitions: partitions === null ? null : [{ topic: 'orders', partitions }],
    timeoutMs: 1000,
  });
  expect(errorCode).toBe(ErrorCode.NONE);
  return replicaElectionResults.flatMap(({ partitionResult }) =>
    partitionResult.map(({ partitionId, errorCode: code }) => [partitionId, code] as const),
  );
}

describe('the preferred leader', () => {
  test('is elected again, of all partitions that want it', () => {
    const controller = new Controller({}, [1, 2]);
    controller.create({ name: 'orders', assignments: assigned([1, 2], [2, 1]) }, { name: 'others' });
    controller.heartbeat(1, 'fence');
    controller.heartbeat(1, 'in');
    controller.setIsr('orders', 0, [1, 2]);
    expect(elect(controller, PREFERRED, null)).toEqual([[0, ErrorCode.NONE]]);
    expect(controller.partition('orders', 0).leader).toBe(1);
    expect(elect(controller, PREFERRED, null)).toEqual([]);
  });

  test('is not available while it is not in sync', () => {
    const controller = new Controller({}, [1, 2]);
    controller.create({ name: 'orders', assignments: assigned([1, 2]) });
    controller.heartbeat(1, 'fence');
    expect(elect(controller, PREFERRED, [0])).toEqual([[0, ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE]]);
    expect(controller.partition('orders').leader).toBe(2);
  });
});

describe('an unclean election', () => {
  function leaderless(): Controller {
    const controller = new Controller({}, [1, 2]);
    controller.create({ name: 'orders', assignments: assigned([1, 2]) });
    controller.setIsr('orders', 0, [1]);
    controller.heartbeat(1, 'fence');
    expect(controller.partition('orders')).toMatchObject({ leader: -1, isr: [] });
    return controller;
  }

  test('is not needed where there is a leader, preferred or not', () => {
    const controller = new Controller({}, [1, 2]);
    controller.create({ name: 'orders', assignments: assigned([1, 2]) });
    expect(elect(controller, UNCLEAN, [0, 7])).toEqual([
      [0, ErrorCode.ELECTION_NOT_NEEDED],
      [7, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    ]);
  });

  test('takes whoever is alive, and forgets the others', () => {
    const controller = leaderless();
    expect(elect(controller, UNCLEAN, [0])).toEqual([[0, ErrorCode.NONE]]);
    expect(controller.partition('orders')).toMatchObject({
      leader: 2,
      isr: [2],
      eligibleLeaderReplicas: [],
      leaderRecoveryState: 1,
    });
  });

  test('finds nobody when all are gone', () => {
    const controller = leaderless();
    controller.heartbeat(2, 'fence');
    expect(elect(controller, UNCLEAN, [0])).toEqual([[0, ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE]]);
  });
});

test('an election of an unknown type is refused as a whole, unless nothing is asked for', () => {
  const controller = new Controller();
  controller.create({ name: 'orders' });
  const ask = (topicPartitions: { topic: string; partitions: number[] }[] | null) =>
    controller.ask('electLeaders', { electionType: 9, topicPartitions, timeoutMs: 1000 });
  const refused = ask([{ topic: 'orders', partitions: [0] }]);
  expect(refused.errorCode).toBe(ErrorCode.INVALID_REQUEST);
  expect(refused.replicaElectionResults[0]?.partitionResult[0]?.errorCode).toBe(ErrorCode.INVALID_REQUEST);
  expect(ask(null)).toEqual({ errorCode: ErrorCode.INVALID_REQUEST, replicaElectionResults: [] });
  expect(ask([])).toEqual({ errorCode: ErrorCode.NONE, replicaElectionResults: [] });
});
