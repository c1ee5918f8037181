import type { Clock, EventLoopDelay, FileSystemFigures, Histogram } from '../base/index.ts';
import type { MetadataImage } from '../metadata/index.ts';
import type { Replicas } from '../replication/index.ts';
import type { LogCleanerFigures, LogDirectories } from '../storage/index.ts';
import type { GroupShards } from './group-lags.ts';
import type { TransactionShards } from './transaction-counts.ts';

/** What was asked of one API. */
export interface ApiFigures {
  readonly name: string;
  /** By version. */
  readonly requests: Float64Array;
  /** By error code. */
  readonly errors: ReadonlyMap<number, number>;
  /** ms */
  readonly times: Readonly<
    Record<'queue' | 'local' | 'remote' | 'responseQueue' | 'responseSend' | 'total', Histogram>
  >;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly inProgress: number;
}

export interface NetworkFigures {
  /** By listener. */
  readonly accepted: ReadonlyMap<string, number>;
  /** By cause. */
  readonly closed: Readonly<Record<string, number>>;
  /** By cause. */
  readonly rejected: Readonly<Record<string, number>>;
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** Where the figures come from: rooms that count for themselves, asked when a page is made. */
export interface MetricsSources {
  readonly nodeId: number;
  readonly clusterId: string;
  readonly image: () => MetadataImage;
  readonly replicas: Pick<Replicas, 'leader' | 'leaders' | 'counts' | 'traffic' | 'topicTraffic'>;
  readonly directories: Pick<LogDirectories, 'describe'>;
  readonly groups: GroupShards;
  readonly transactions: TransactionShards;
  /** Undefined where nothing is compacted. */
  readonly cleaner: () => LogCleanerFigures | undefined;
  readonly apis: () => Iterable<ApiFigures>;
  readonly network: NetworkFigures;
  /** Open connections by listener. */
  readonly connections: () => ReadonlyMap<string, number>;
  /** Bytes of answers that no socket has taken yet. */
  readonly unsentBytes: () => number;
  readonly fetchSessions: () => number;
  readonly fileSystem: FileSystemFigures;
  readonly eventLoopDelay: EventLoopDelay;
  readonly clock: Clock;
}
