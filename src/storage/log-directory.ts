import { join } from 'node:path';
import { FileError, type Clock, type FileSystem, type Logger, type Random, type Timer } from '../base/index.ts';
import {
  CheckpointError,
  readOffsetCheckpoint,
  writeOffsetCheckpoint,
  type PartitionOffset,
} from './checkpoint-file.ts';
import { takeCleanShutdown, writeCleanShutdown } from './clean-shutdown.ts';
import {
  deletedDirectoryName,
  isDeletedDirectoryName,
  parsePartitionDirectoryName,
  partitionDirectoryName,
} from './file-names.ts';
import type { LogConfig } from './log-config.ts';
import { LogDirectoryError } from './log-directory-error.ts';
import { settleMetaProperties, type MetaProperties } from './meta-properties.ts';
import { OpenSegments } from './open-segments.ts';
import { PartitionLog } from './partition-log.ts';
import { readTopicId } from './partition-metadata.ts';

const CHECKPOINT = {
  recoveryPoint: 'recovery-point-offset-checkpoint',
  logStart: 'log-start-offset-checkpoint',
  highWatermark: 'replication-offset-checkpoint',
  cleaner: 'cleaner-offset-checkpoint',
} as const;

/** The controllers' own log, which is no partition of a topic here. */
const CLUSTER_METADATA_TOPIC = '__cluster_metadata';

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

/** A partition's folder as it was found at the start. */
export interface FoundPartition {
  readonly topic: string;
  readonly partition: number;
  readonly topicId: string | undefined;
}

/**
 * One of a broker's `log.dirs`: its lock, identity and checkpoints, and the logs in it. A disk that fails takes all its logs
 * offline. Nothing happens here by itself: the broker calls `checkpoint`, `flushDue` and `enforceRetention` from time to time.
 */
export class LogDirectory {
  readonly path: string;
  /** Whether the last broker here stopped cleanly; a new folder counts as clean. */
  readonly wasCleanShutdown: boolean;
  /** The broker epoch of that clean stop. */
  readonly previousBrokerEpoch: number | undefined;
  readonly found: readonly FoundPartition[];

  readonly #fs: FileSystem;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #logger: Logger;
  readonly #producerIdExpirationMs: number;
  readonly #meta: MetaProperties;
  readonly #lock: { release(): void };
  readonly #openSegments = new OpenSegments();
  readonly #logs = new Map<string, PartitionLog>();
  /** What the checkpoints said at the start, for logs not opened yet. */
  readonly #recoveryPoints: Map<string, number>;
  readonly #logStartOffsets: Map<string, number>;
  readonly #highWatermarks: Map<string, number>;
  readonly #removals = new Map<string, Timer>();
  readonly #failedListeners: ((error: Error) => void)[] = [];
  #isOffline = false;
  #isClosed = false;

  /**
   * Claims the folder, making it if missing.
   * @throws LogDirectoryError when it is another broker's, in use, or cannot be read
   */
  static open(options: LogDirectoryOptions): LogDirectory {
    const { fs, path } = options;
    let lock: { release(): void } | undefined;
    try {
      fs.makeDirectory(path);
      lock = fs.lock(path);
      return new LogDirectory(options, lock);
    } catch (error) {
      lock?.release();
      if (!(error instanceof FileError)) throw error;
      const message =
        error.code === 'ELOCKED'
          ? `${path} is in use by another broker: stop that one, or use another directory`
          : `${path} cannot be used as a log directory: ${error.message}`;
      throw new LogDirectoryError(path, message, error);
    }
  }

  private constructor(options: LogDirectoryOptions, lock: { release(): void }) {
    const { fs, path, random } = options;
    this.path = path;
    this.#fs = fs;
    this.#clock = options.clock;
    this.#random = random;
    this.#logger = options.logger;
    this.#producerIdExpirationMs = options.producerIdExpirationMs;
    this.#lock = lock;
    this.#meta = settleMetaProperties(fs, random, path, { nodeId: options.nodeId, clusterId: options.clusterId });
    const shutdown = takeCleanShutdown(fs, path);
    const names = this.#removeDeleted(fs.list(path));
    this.found = names.flatMap((name) => this.#foundAt(name));
    this.wasCleanShutdown = shutdown !== undefined || this.found.length === 0;
    this.previousBrokerEpoch = shutdown?.brokerEpoch;
    this.#recoveryPoints = this.#readCheckpoint(CHECKPOINT.recoveryPoint);
    this.#logStartOffsets = this.#readCheckpoint(CHECKPOINT.logStart);
    this.#highWatermarks = this.#readCheckpoint(CHECKPOINT.highWatermark);
  }

  /** Removes the folders of deleted partitions; returns the other names. */
  #removeDeleted(names: readonly string[]): string[] {
    return names.filter((name) => {
      if (!isDeletedDirectoryName(name)) return true;
      this.#fs.removeTree(join(this.path, name));
      return false;
    });
  }

  #foundAt(name: string): FoundPartition[] {
    const parsed = parsePartitionDirectoryName(name);
    if (parsed === undefined || parsed.topic === CLUSTER_METADATA_TOPIC) return [];
    const directory = join(this.path, name);
    if (this.#fs.info(directory)?.isDirectory !== true) return [];
    return [{ ...parsed, topicId: readTopicId(this.#fs, directory) }];
  }

  /** A checkpoint that cannot be read is only a loss of time: recovery then begins at the front. */
  #readCheckpoint(name: string): Map<string, number> {
    try {
      return readOffsetCheckpoint(this.#fs, join(this.path, name));
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      this.#logger.warn('a checkpoint is damaged and will be written anew', {
        path: error.path,
        line: error.line,
        error,
      });
      return new Map();
    }
  }

  get clusterId(): string {
    return this.#meta.clusterId;
  }

  /** 22 characters, for the controller's `AssignReplicasToDirs` and broker registration. */
  get directoryId(): string {
    return this.#meta.directoryId;
  }

  get isOffline(): boolean {
    return this.#isOffline;
  }

  logs(): Iterable<PartitionLog> {
    return this.#logs.values();
  }

  log(topic: string, partition: number): PartitionLog | undefined {
    return this.#logs.get(partitionDirectoryName(topic, partition));
  }

  /** Calls `listener` once when the disk fails; all logs here are offline then. */
  onFailed(listener: (error: Error) => void): void {
    this.#failedListeners.push(listener);
  }

  #fail(error: Error): void {
    if (this.#isOffline) return;
    this.#isOffline = true;
    this.#logger.error('a log directory goes offline', { path: this.path, error });
    for (const log of this.#logs.values()) log.fail(error);
    for (const listener of this.#failedListeners) listener(error);
  }

  /**
   * Opens the log of a partition, making it if there is none; one that is open already is returned.
   * @throws FileError, TopicIdMismatchError, CorruptSegmentError
   */
  openLog({ topic, partition, topicId, config }: OpenLogOptions): PartitionLog {
    const name = partitionDirectoryName(topic, partition);
    const open = this.#logs.get(name);
    if (open !== undefined) return open;
    const log = PartitionLog.open({
      fs: this.#fs,
      clock: this.#clock,
      random: this.#random,
      logger: this.#logger,
      directory: join(this.path, name),
      topic,
      partition,
      topicId,
      config,
      producerIdExpirationMs: this.#producerIdExpirationMs,
      cleanShutdown: this.wasCleanShutdown,
      recoveryPoint: this.#recoveryPoints.get(name),
      logStartOffset: this.#logStartOffsets.get(name),
      highWatermark: this.#highWatermarks.get(name),
      openSegments: this.#openSegments,
    });
    log.onFailed((error) => this.#fail(error));
    this.#logs.set(name, log);
    this.#forget(name);
    return log;
  }

  #forget(name: string): void {
    this.#recoveryPoints.delete(name);
    this.#logStartOffsets.delete(name);
    this.#highWatermarks.delete(name);
  }

  /** Deletes a log: its folder gets another name at once, and goes after `file.delete.delay.ms`. */
  deleteLog(log: PartitionLog): void {
    const name = partitionDirectoryName(log.topic, log.partition);
    if (this.#logs.get(name) !== log) return;
    this.#logs.delete(name);
    log.abandon();
    if (this.#isOffline) return;
    this.deletePartition(log.topic, log.partition, log.config.fileDeleteDelayMs);
  }

  /** The same for a folder that was found and never opened: one the cluster knows no more. */
  deletePartition(topic: string, partition: number, delayMs: number): void {
    const name = partitionDirectoryName(topic, partition);
    const unique = this.#random.bytes(16).toString('hex');
    const directory = join(this.path, deletedDirectoryName(topic, partition, unique));
    this.#attempt(() => {
      this.#fs.rename(join(this.path, name), directory);
      this.#fs.syncDirectory(this.path);
      this.#forget(name);
      const remove = (): void => {
        this.#removals.delete(directory);
        this.#attempt(() => this.#fs.removeTree(directory));
      };
      this.#removals.set(directory, this.#clock.after(delayMs, remove));
    });
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.#fail(error);
    }
  }

  /** Writes recovery points, log start offsets and high watermarks down. */
  checkpoint(): void {
    if (this.#isOffline || this.#isClosed) return;
    const logs = [...this.#logs.values()];
    this.#attempt(() => {
      this.#writeCheckpoint(CHECKPOINT.recoveryPoint, this.#recoveryPoints, logs, (log) => log.recoveryPoint);
      // Kafka leaves out the logs that still begin where their first segment does.
      this.#writeCheckpoint(CHECKPOINT.logStart, this.#logStartOffsets, logs, (log) =>
        log.logStartOffset > log.firstBaseOffset ? log.logStartOffset : undefined,
      );
      this.#writeCheckpoint(CHECKPOINT.highWatermark, this.#highWatermarks, logs, (log) => log.highWatermark);
    });
  }

  readonly #written = new Map<string, string>();

  /** `unopened` are carried over. Nothing is written when nothing has changed. */
  #writeCheckpoint(
    file: string,
    unopened: ReadonlyMap<string, number>,
    logs: readonly PartitionLog[],
    offsetOf: (log: PartitionLog) => number | undefined,
  ): void {
    const offsets: PartitionOffset[] = [];
    for (const [name, offset] of unopened) {
      const parsed = parsePartitionDirectoryName(name);
      if (parsed !== undefined) offsets.push({ ...parsed, offset });
    }
    for (const log of logs) {
      const offset = offsetOf(log);
      if (offset !== undefined) offsets.push({ topic: log.topic, partition: log.partition, offset });
    }
    const content = JSON.stringify(offsets);
    if (this.#written.get(file) === content) return;
    writeOffsetCheckpoint(this.#fs, join(this.path, file), offsets);
    this.#written.set(file, content);
  }

  /** Flushes the logs whose `flush.ms` have passed. */
  flushDue(now: number): void {
    for (const log of this.#logs.values()) log.flushIfDue(now);
  }

  /** Deletes segments past retention and forgets producers that have expired. */
  enforceRetention(now: number): void {
    for (const log of this.#logs.values()) {
      log.deleteOldSegments(now);
      log.expireProducers(now);
    }
  }

  /** Closes all logs and, if none of it failed, leaves the marker of a clean stop. */
  close({ brokerEpoch = -1 }: { readonly brokerEpoch?: number } = {}): void {
    if (this.#isClosed) return;
    for (const timer of this.#removals.values()) timer.cancel();
    for (const log of this.#logs.values()) log.close();
    this.checkpoint();
    this.#attempt(() => {
      if (!this.#isOffline && [...this.#logs.values()].every((log) => !log.isOffline)) {
        writeCleanShutdown(this.#fs, this.path, brokerEpoch);
      }
    });
    this.#isClosed = true;
    this.#lock.release();
  }
}
