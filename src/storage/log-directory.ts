import type { Clock, FileSystem, Logger, Random } from '../base/index.ts';
import type { LogConfig } from './log-config.ts';
import type { PartitionLog } from './partition-log.ts';

export interface LogDirectoryOptions {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly path: string;
  readonly nodeId: number;
  /** Must be that of the folder; a new folder without one gets a random id. */
  readonly clusterId?: string | undefined;
  readonly producerIdExpirationMs: number;
}

export interface OpenLogOptions {
  readonly topic: string;
  readonly partition: number;
  readonly topicId?: string | undefined;
  readonly config: LogConfig;
}

/** The folder cannot be used; the message says why and what to do. */
export declare class LogDirectoryError extends Error {
  readonly path: string;
}

export declare class LogDirectory {
  static open(options: LogDirectoryOptions): LogDirectory;
  readonly path: string;
  readonly clusterId: string;
  readonly directoryId: string;
  /** Of the last clean stop; undefined after a crash or in a new folder. */
  readonly previousBrokerEpoch: number | undefined;
  /** Partition folders found on disk at open. */
  readonly found: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly topicId: string | undefined;
  }[];
  logs(): Iterable<PartitionLog>;
  log(topic: string, partition: number): PartitionLog | undefined;
  openLog(options: OpenLogOptions): PartitionLog;
  deleteLog(log: PartitionLog): void;
  onFailed(listener: (error: Error) => void): void;
  /** Stores recovery points, log start offsets and high watermarks. */
  checkpoint(): void;
  flushDue(now: number): void;
  enforceRetention(now: number): void;
  close(options?: { readonly brokerEpoch?: number }): void;
}
