/**
 * DeleteRecords v0-2: moves the log start offset up (KIP-107). What is below is gone for clients at once, and stays so after a
 * crash; its segments go with the next check of retention. Answers the low watermark, the first offset that every replica keeps.
 *
 * - Offset -1 is the high watermark; beyond it, or below -1, is OFFSET_OUT_OF_RANGE.
 * - POLICY_VIOLATION where `cleanup.policy` does not delete; INVALID_TOPIC_EXCEPTION for internal topics.
 * - Of a partition that is named twice the last offset counts.
 */
import type { Replicas } from '../../replication/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import { DeleteRecordsRequest, DeleteRecordsResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';
import { isInternalTopic } from '../topics.ts';

const HIGH_WATERMARK = -1;
const NO_LOW_WATERMARK = -1;

interface Answer {
  readonly lowWatermark: number;
  readonly errorCode: number;
}

const failed = (errorCode: number): Answer => ({ lowWatermark: NO_LOW_WATERMARK, errorCode });

export function deleteRecords({ replicas }: { readonly replicas: Replicas }): Route {
  return route(
    api(DeleteRecordsRequest, DeleteRecordsResponse),
    { authorize: { operation: 'Delete', resource: 'Topic' } },
    ({ topics }) => {
      const wanted = new Map<string, Map<number, number>>();
      for (const { name, partitions } of topics) {
        const offsets = wanted.get(name) ?? new Map<number, number>();
        for (const { partitionIndex, offset } of partitions) offsets.set(partitionIndex, offset);
        if (offsets.size > 0) wanted.set(name, offsets);
      }
      const answers = [...wanted].map(([name, offsets]) => ({
        name,
        partitions: [...offsets].map(([partitionIndex, offset]) => ({
          partitionIndex,
          ...deleteBefore(replicas, name, partitionIndex, offset),
        })),
      }));
      replicas.checkpointLogStarts();
      return { topics: answers };
    },
  );
}

function deleteBefore(replicas: Replicas, topic: string, partition: number, offset: number): Answer {
  const leader = replicas.leader(topic, partition);
  if (leader === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) return failed(leader);
  if (isInternalTopic(topic)) return failed(ErrorCode.INVALID_TOPIC_EXCEPTION);
  if (typeof leader === 'number') return failed(leader);
  const { log } = leader;
  if (!log.config.cleanupPolicy.delete && log.config.cleanupPolicy.compact) return failed(ErrorCode.POLICY_VIOLATION);
  const before = offset === HIGH_WATERMARK ? leader.highWatermark : offset;
  if (before < 0) return failed(ErrorCode.OFFSET_OUT_OF_RANGE);
  const errorCode = log.deleteRecordsBefore(before);
  return errorCode === ErrorCode.NONE ? { lowWatermark: log.logStartOffset, errorCode } : failed(errorCode);
}
