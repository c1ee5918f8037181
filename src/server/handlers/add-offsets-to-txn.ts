/**
 * AddOffsetsToTxn v0-4: the partition of a group's offsets becomes part of a producer's transaction, before it commits
 * offsets there. A fenced producer is told PRODUCER_FENCED from v2 on.
 */
import { AddOffsetsToTxnRequest, AddOffsetsToTxnResponse } from '../../wire/messages/index.ts';
import { fencedAs } from '../fenced-as.ts';
import type { GroupCoordinator } from '../group-coordinator.ts';
import { api, route, type Route } from '../route.ts';
import type { TransactionCoordinator } from '../transaction-coordinator.ts';

const FIRST_WITH_PRODUCER_FENCED = 2;

export function addOffsetsToTxn(rooms: {
  readonly transactions: TransactionCoordinator;
  readonly groups: GroupCoordinator;
}): Route {
  return route(
    api(AddOffsetsToTxnRequest, AddOffsetsToTxnResponse),
    { authorize: { operation: 'Write', resource: 'TransactionalId' } },
    async ({ transactionalId, producerId, producerEpoch, groupId }, { version }) => {
      const answer = await rooms.transactions.ask('addPartitions', transactionalId, {
        transactionalId,
        producerId,
        producerEpoch,
        partitions: new Map([[rooms.groups.topic, new Set([rooms.groups.partitionOf(groupId)])]]),
        clientTransactionVersion: 0,
      });
      const errorCode = typeof answer === 'number' ? answer : answer.errorCode;
      return { errorCode: fencedAs(errorCode, version >= FIRST_WITH_PRODUCER_FENCED) };
    },
  );
}
