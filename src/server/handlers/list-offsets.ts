/**
 * ListOffsets v1-11: the offset for a timestamp, or one of the special ones.
 *
 * - -1 latest (the last stable offset for read committed), -2 earliest, -3 the record with the greatest timestamp (v7,
 *   KIP-734), -4 earliest on local disk (v8, KIP-405), -5 last in tiered storage (v9, KIP-1005), -6 earliest that waits for
 *   its upload (v11, KIP-1023); the last two are -1 without tiered storage. Older versions asking for newer ones get UNSUPPORTED_VERSION.
 * - A timestamp is answered with the first record at or after it; -1 for both when there is none.
 * - v4 carries leader epochs (KIP-320).
 */
import type { IsolationLevel, PartitionLeader, Replicas } from '../../replication/index.ts';
import { FileError } from '../../base/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import { ListOffsetsRequest, ListOffsetsResponse } from '../../wire/messages/index.ts';
import { isolationOf } from '../isolation.ts';
import { api, route, type Route } from '../route.ts';

const LATEST = -1;
const EARLIEST = -2;
const MAX_TIMESTAMP = -3;
const EARLIEST_LOCAL = -4;
const LATEST_TIERED = -5;
const EARLIEST_PENDING_UPLOAD = -6;

/** The first version in which a special timestamp may be asked for. */
const SINCE: ReadonlyMap<number, number> = new Map([
  [LATEST, 1],
  [EARLIEST, 1],
  [MAX_TIMESTAMP, 7],
  [EARLIEST_LOCAL, 8],
  [LATEST_TIERED, 9],
  [EARLIEST_PENDING_UPLOAD, 11],
]);

const FIRST_WITH_LEADER_EPOCH = 4;
const NO_EPOCH = -1;

interface Answer {
  readonly errorCode: number;
  readonly timestamp: number;
  readonly offset: number;
  readonly leaderEpoch: number;
}

const failed = (errorCode: number): Answer => ({ errorCode, timestamp: -1, offset: -1, leaderEpoch: -1 });
const found = (offset: number, leaderEpoch: number, timestamp = -1): Answer => ({
  errorCode: ErrorCode.NONE,
  timestamp,
  offset,
  leaderEpoch,
});
const nothing = failed(ErrorCode.NONE);

export function listOffsets(rooms: { readonly replicas: Replicas }): Route {
  return route(
    api(ListOffsetsRequest, ListOffsetsResponse),
    { authorize: { operation: 'Describe', resource: 'Topic' } },
    async ({ isolationLevel, topics }, { version }) => {
      const isolation = isolationOf(isolationLevel);
      const seen = new Set<string>();
      const twice = new Set<string>();
      for (const { name, partitions } of topics) {
        for (const { partitionIndex } of partitions) {
          const key = `${name}-${partitionIndex}`;
          if (seen.has(key)) twice.add(key);
          seen.add(key);
        }
      }
      // Each partition is answered once, however often it is named.
      const answers = new Map<string, Map<number, Answer>>();
      for (const { name, partitions } of topics) {
        const of = answers.get(name) ?? new Map<number, Answer>();
        if (partitions.length > 0) answers.set(name, of);
        for (const { partitionIndex, timestamp, currentLeaderEpoch } of partitions) {
          const answer = twice.has(`${name}-${partitionIndex}`)
            ? failed(ErrorCode.INVALID_REQUEST)
            : await look(rooms.replicas, { name, partitionIndex, timestamp, currentLeaderEpoch, isolation, version });
          of.set(partitionIndex, version < FIRST_WITH_LEADER_EPOCH ? { ...answer, leaderEpoch: NO_EPOCH } : answer);
        }
      }
      return {
        topics: [...answers].map(([name, partitions]) => ({
          name,
          partitions: [...partitions].map(([partitionIndex, answer]) => ({ partitionIndex, ...answer })),
        })),
      };
    },
  );
}

async function look(
  replicas: Replicas,
  wanted: {
    readonly name: string;
    readonly partitionIndex: number;
    readonly timestamp: number;
    readonly currentLeaderEpoch: number;
    /** Undefined for one that does not exist. */
    readonly isolation: IsolationLevel | undefined;
    readonly version: number;
  },
): Promise<Answer> {
  const { timestamp, version, isolation } = wanted;
  if (timestamp < 0 && version < (SINCE.get(timestamp) ?? Infinity)) return failed(ErrorCode.UNSUPPORTED_VERSION);
  if (isolation === undefined) return failed(ErrorCode.UNKNOWN_SERVER_ERROR);
  const leader = replicas.leader(wanted.name, wanted.partitionIndex);
  if (typeof leader === 'number') return failed(leader);
  const fenced = leader.checkEpoch(wanted.currentLeaderEpoch);
  if (fenced !== ErrorCode.NONE) return failed(fenced);
  try {
    return await (timestamp < 0 ? special(leader, timestamp, isolation) : byTimestamp(leader, timestamp, isolation));
  } catch (error) {
    // The log may be deleted, or lose its disk, while it is searched.
    if (!(error instanceof FileError)) throw error;
    return failed(ErrorCode.KAFKA_STORAGE_ERROR);
  }
}

async function special(leader: PartitionLeader, timestamp: number, isolation: IsolationLevel): Promise<Answer> {
  const { log } = leader;
  switch (timestamp) {
    case LATEST:
      return found(leader.endFor(isolation), leader.leaderEpoch);
    case EARLIEST:
    case EARLIEST_LOCAL:
      return found(log.logStartOffset, epochAtStart(leader));
    case MAX_TIMESTAMP: {
      const record = await log.maxTimestampOffset();
      return record === undefined ? nothing : found(record.offset, record.leaderEpoch, record.timestampMs);
    }
    default:
      return nothing;
  }
}

async function byTimestamp(leader: PartitionLeader, timestamp: number, isolation: IsolationLevel): Promise<Answer> {
  const record = await leader.log.offsetForTimestamp(timestamp);
  // What is not committed yet, or may still be taken back, is as good as not there.
  if (record === undefined || record.offset >= leader.endFor(isolation)) return nothing;
  return found(record.offset, record.leaderEpoch, record.timestampMs);
}

/** The epoch that the first record was written in, which is not known of an empty log. */
function epochAtStart({ log }: PartitionLeader): number {
  return log.epochOf(log.logStartOffset);
}
