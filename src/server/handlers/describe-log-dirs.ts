/**
 * DescribeLogDirs v1-5: each of `log.dirs` with the replicas in it (KIP-113): their sizes, how far they are behind, and whether
 * they are on their way here from another directory.
 *
 * - null asks for all partitions; what is not here is left out. A directory that is offline is KAFKA_STORAGE_ERROR.
 * - v3 has a top-level error code, v4 the space of the disk (KIP-827), v5 whether the directory is cordoned (KIP-1066).
 */
import { FileError } from '../../base/index.ts';
import type { Replicas } from '../../replication/index.ts';
import type { DescribedDirectory, LogDirectories, PartitionLog } from '../../storage/index.ts';
import { ErrorCode, type Input } from '../../wire/index.ts';
import { DescribeLogDirsRequest, DescribeLogDirsResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';

type Result = NonNullable<Input<typeof DescribeLogDirsResponse>['results']>[number];
type PartitionAnswer = Result['topics'][number]['partitions'][number];

interface Rooms {
  readonly replicas: Replicas;
  readonly directories: LogDirectories;
}

/** Whether a partition was asked for. */
type Wanted = (topic: string, partition: number) => boolean;

export function describeLogDirs({ replicas, directories }: Rooms): Route {
  return route(
    api(DescribeLogDirsRequest, DescribeLogDirsResponse),
    { authorize: { operation: 'Describe', resource: 'Cluster' } },
    ({ topics }) => {
      const isWanted = wantedBy(topics);
      return { results: directories.describe().map((each) => describe(replicas, each, isWanted)) };
    },
  );
}

function wantedBy(topics: DescribeLogDirsRequest['topics']): Wanted {
  if (topics === null) return () => true;
  const wanted = new Map<string, Set<number>>();
  for (const { topic, partitions } of topics) wanted.set(topic, new Set([...(wanted.get(topic) ?? []), ...partitions]));
  return (topic, partition) => wanted.get(topic)?.has(partition) === true;
}

function describe(
  replicas: Replicas,
  { absolutePath: logDir, isCordoned, directory }: DescribedDirectory,
  isWanted: Wanted,
): Result {
  const offline = { errorCode: ErrorCode.KAFKA_STORAGE_ERROR, logDir, topics: [] };
  if (directory === undefined) return offline;
  try {
    const { freeBytes, totalBytes } = directory.space();
    const topics = new Map<string, PartitionAnswer[]>();
    const add = (log: PartitionLog, offsetLag: number, isFutureKey: boolean): void => {
      if (!isWanted(log.topic, log.partition)) return;
      const partitions = topics.get(log.topic) ?? [];
      topics.set(log.topic, partitions);
      partitions.push({ partitionIndex: log.partition, partitionSize: log.sizeInBytes, offsetLag, isFutureKey });
    };
    for (const log of directory.logs()) add(log, Math.max(log.highWatermark - log.logEndOffset, 0), false);
    for (const log of directory.futureLogs()) add(log, futureLag(replicas, log), true);
    return {
      errorCode: ErrorCode.NONE,
      logDir,
      topics: [...topics].map(([name, partitions]) => ({ name, partitions })),
      totalBytes,
      usableBytes: freeBytes,
      isCordoned,
    };
  } catch (error) {
    if (error instanceof FileError) return offline;
    throw error;
  }
}

/** How far a copy is behind the log that it is to replace; -1 when that is not there. */
function futureLag(replicas: Replicas, future: PartitionLog): number {
  const leader = replicas.leader(future.topic, future.partition);
  return typeof leader === 'number' ? -1 : leader.log.logEndOffset - future.logEndOffset;
}
