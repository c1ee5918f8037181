import type { PartitionLeader, Replicas } from '../replication/index.ts';
import type { MarkerChannel, MarkerOutcome, TransactionMarker } from '../transactions/index.ts';
import type { Clock } from '../base/index.ts';
import { ErrorCode } from '../wire/index.ts';
import { buildBatch, controlRecordKey, endTransactionMarker } from '../wire/records/index.ts';
import type { GroupCoordinator } from './group-coordinator.ts';

interface Rooms {
  readonly replicas: Replicas;
  readonly groups: GroupCoordinator;
  readonly clock: Clock;
}

/** Writes markers to the partitions that this broker leads. Those of the groups' topic go through their coordinator. */
export function localMarkers(rooms: Rooms): MarkerChannel {
  return {
    write(marker) {
      const outcomes: Promise<MarkerOutcome>[] = [];
      for (const [topic, partitions] of marker.partitions)
        for (const partition of partitions)
          outcomes.push(
            writeOne(rooms, marker, topic, partition).then((errorCode) => ({ topic, partition, errorCode })),
          );
      return Promise.all(outcomes);
    },
  };
}

async function writeOne(rooms: Rooms, marker: TransactionMarker, topic: string, partition: number): Promise<number> {
  const leader = rooms.replicas.leader(topic, partition);
  if (typeof leader === 'number') return leader;
  // No batch could be written for such a producer.
  if (marker.producerId === -1 || marker.producerEpoch === -1) return ErrorCode.UNKNOWN_SERVER_ERROR;
  if (topic === rooms.groups.topic) return endInGroups(rooms.groups, leader, marker, partition);
  const { producerId, producerEpoch, isCommit, coordinatorEpoch, transactionVersion } = marker;
  const batch = buildBatch({
    baseOffset: 0,
    isControl: true,
    isTransactional: true,
    producerId,
    producerEpoch,
    records: [
      {
        timestampMs: rooms.clock.now(),
        key: controlRecordKey(isCommit ? 'COMMIT' : 'ABORT'),
        value: endTransactionMarker(coordinatorEpoch),
      },
    ],
  });
  const outcome = leader.append(batch, 'coordinator', { transactionVersion });
  return outcome.kind === 'refused' ? outcome.errorCode : leader.committed(outcome.lastOffset + 1);
}

async function endInGroups(
  groups: GroupCoordinator,
  leader: PartitionLeader,
  { producerId, producerEpoch, isCommit, coordinatorEpoch, transactionVersion }: TransactionMarker,
  partition: number,
): Promise<number> {
  const refusal = leader.log.producerChecks.checkProducer(producerId, producerEpoch, {
    coordinatorEpoch,
    transactionVersion,
  });
  if (refusal !== ErrorCode.NONE) return refusal;
  const errorCode = await groups.endTransaction(partition, { producerId, producerEpoch, coordinatorEpoch, isCommit });
  // Who writes markers knows leaders, not coordinators: they will be there.
  return COORDINATOR_ERRORS.has(errorCode) ? ErrorCode.NOT_LEADER_OR_FOLLOWER : errorCode;
}

const COORDINATOR_ERRORS: ReadonlySet<number> = new Set([
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.NOT_COORDINATOR,
]);
