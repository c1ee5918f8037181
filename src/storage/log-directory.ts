import { join, sep } from 'node:path';
import { FileError, type Clock, type FileSystem, type Logger, type Random, type Timer } from '../base/index.ts';
import {
  CheckpointError,
  readOffsetCheckpoint,
  writeOffsetCheckpoint,
  writeOffsetCheckpointLater,
  type PartitionOffset,
} from './checkpoint-file.ts';
import { takeCleanShutdown, writeCleanShutdown } from './clean-shutdown.ts';
import { asLogDirectoryError, claimDirectory, type DirectoryClaim } from './directory-claim.ts';
import {
  deletedDirectoryName,
  futureDirectoryName,
  isDeletedDirectoryName,
  parseFutureDirectoryName,
  parsePartitionDirectoryName,
  partitionDirectoryName,
  type PartitionName,
} from './file-names.ts';
import type { LogConfig } from './log-config.ts';
import { OpenSegments } from './open-segments.ts';
import type { PartitionLogOptions } from './log-types.ts';
import { PageCache } from './page-cache.ts';
import { ParentFolder } from './parent-folder.ts';
import { OpeningProgress } from './opening-progress.ts';
import { PartitionLog } from './partition-log.ts';
import { readTopicId } from './partition-metadata.ts';
import { WritePace } from './write-pace.ts';

const CHECKPOINT = {
  recoveryPoint: 'recovery-point-offset-checkpoint',
  logStart: 'log-start-offset-checkpoint',
  highWatermark: 'replication-offset-checkpoint',
  cleaner: 'cleaner-offset-checkpoint',
} as const;

/** The controllers' own log, which is no partition of a topic here. */
const CLUSTER_METADATA_TOPIC = '__cluster_metadata';

export interface LogDirectoryOptions extends Pick<
  PartitionLogOptions,
  'fs' | 'clock' | 'random' | 'logger' | 'producerIdExpirationMs' | 'headroom'
> {
  readonly path: string;
  readonly nodeId: number;
  /** Must be that of the folder; a new folder without one gets a random id. */
  readonly clusterId?: string | undefined;
}

export interface OpenLogOptions {
  readonly topic: string;
  readonly partition: number;
  readonly topicId?: string | undefined;
  readonly config: LogConfig;
  /** The folder of a new log is made at once, and not with its first record. */
  readonly makeFolder?: boolean;
}

/** A partition's folder as it was found at the start. */
export interface FoundPartition {
  readonly topic: string;
  readonly partition: number;
  readonly topicId: string | undefined;
}

/** The same of a replica that was on its way here from another directory. */
interface FoundFuture extends FoundPartition {
  readonly folder: string;
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
  /** At the start. */
  readonly found: readonly FoundPartition[];
  /** Nothing was in it at the start that could have been lost. */
  readonly isEmpty: boolean;

  /** Joined once, and not for each of thousands of logs. */
  readonly #prefix: string;
  readonly #fs: FileSystem;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #logger: Logger;
  readonly #producerIdExpirationMs: number;
  readonly #claim: DirectoryClaim;
  /** What the logs here share. */
  readonly #shared: Pick<PartitionLogOptions, 'openSegments' | 'pageCache' | 'writePace' | 'headroom'>;
  readonly #parent: ParentFolder;
  readonly #logs = new Map<string, PartitionLog>();
  readonly #futures = new Map<string, PartitionLog>();
  /** Folders that nobody opened so far, by `<topic>-<partition>`. */
  readonly #unopened = new Map<string, FoundPartition>();
  readonly #unopenedFutures = new Map<string, FoundFuture>();
  /** What the checkpoints said at the start, for logs not opened yet. */
  readonly #recoveryPoints: Map<string, number>;
  readonly #logStartOffsets: Map<string, number>;
  readonly #areLogStartsLost: boolean;
  readonly #highWatermarks: Map<string, number>;
  readonly #firstDirtyOffsets: Map<string, number>;
  readonly #progress: OpeningProgress;
  readonly #removals = new Map<string, Timer>();
  readonly #failedListeners: ((error: Error) => void)[] = [];
  #retiredSegments = 0;
  #isOffline = false;
  #isClosed = false;

  /**
   * Claims the folder, making it if missing.
   * @throws LogDirectoryError when it is another broker's, in use, or cannot be read
   */
  static open(options: LogDirectoryOptions): LogDirectory {
    const { fs, path, random, nodeId, clusterId } = options;
    const claim = claimDirectory(fs, random, path, { nodeId, clusterId });
    try {
      return new LogDirectory(options, claim);
    } catch (error) {
      claim.release();
      throw asLogDirectoryError(path, error);
    }
  }

  private constructor(options: LogDirectoryOptions, claim: DirectoryClaim) {
    const { fs, path, headroom } = options;
    this.path = path;
    this.#prefix = join(path, sep);
    this.#parent = new ParentFolder(fs, path);
    this.#fs = fs;
    this.#clock = options.clock;
    const writePace = new WritePace(options.clock, fs);
    this.#shared = { openSegments: new OpenSegments(), pageCache: new PageCache(), writePace, headroom };
    this.#random = options.random;
    this.#logger = options.logger;
    this.#producerIdExpirationMs = options.producerIdExpirationMs;
    this.#claim = claim;
    const shutdown = takeCleanShutdown(fs, path, options.logger);
    this.#find(this.#removeDeleted(fs.list(path)));
    this.found = [...this.#unopened.values(), ...this.#unopenedFutures.values()];
    this.isEmpty = this.found.length === 0;
    this.wasCleanShutdown = shutdown !== undefined || this.isEmpty;
    this.previousBrokerEpoch = shutdown?.brokerEpoch;
    this.#progress = new OpeningProgress({
      ...options,
      total: this.found.length,
      verb: this.wasCleanShutdown ? 'opened' : 'recovered',
    });
    this.#recoveryPoints = this.#readCheckpoint(CHECKPOINT.recoveryPoint);
    const logStarts = this.#tryReadCheckpoint(CHECKPOINT.logStart);
    this.#logStartOffsets = logStarts ?? new Map<string, number>();
    this.#areLogStartsLost = logStarts === undefined;
    this.#highWatermarks = this.#readCheckpoint(CHECKPOINT.highWatermark);
    this.#firstDirtyOffsets = this.#readCheckpoint(CHECKPOINT.cleaner);
  }

  /** Removes the folders of deleted partitions; returns the other names. */
  #removeDeleted(names: readonly string[]): string[] {
    return names.filter((name) => {
      if (!isDeletedDirectoryName(name)) return true;
      this.#fs.removeTree(join(this.path, name));
      return false;
    });
  }

  #find(names: readonly string[]): void {
    for (const folder of names) {
      const future = parseFutureDirectoryName(folder);
      const partition = future ?? parsePartitionDirectoryName(folder);
      if (partition === undefined || partition.topic === CLUSTER_METADATA_TOPIC) continue;
      const directory = join(this.path, folder);
      if (this.#fs.info(directory)?.isDirectory !== true) continue;
      const found = { ...partition, topicId: readTopicId(this.#fs, directory) };
      const name = partitionDirectoryName(found.topic, found.partition);
      if (future === undefined) this.#unopened.set(name, found);
      else this.#unopenedFutures.set(name, { ...found, folder });
    }
  }

  /** A checkpoint that cannot be read is only a loss of time: recovery then begins at the front. */
  #readCheckpoint(name: string): Map<string, number> {
    return this.#tryReadCheckpoint(name) ?? new Map<string, number>();
  }

  #tryReadCheckpoint(name: string): Map<string, number> | undefined {
    try {
      const offsets = readOffsetCheckpoint(this.#fs, join(this.path, name));
      // Those of partitions that were deleted say nothing of others that get their names.
      for (const partition of offsets.keys())
        if (!this.#unopened.has(partition) && !this.#unopenedFutures.has(partition)) offsets.delete(partition);
      return offsets;
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      this.#logger.warn('a checkpoint is damaged and will be written anew', {
        path: error.path,
        line: error.line,
        error,
      });
      return undefined;
    }
  }

  get clusterId(): string {
    return this.#claim.meta.clusterId;
  }

  /** 22 characters, for the controller's `AssignReplicasToDirs` and broker registration. */
  get directoryId(): string {
    return this.#claim.meta.directoryId;
  }

  get isOffline(): boolean {
    return this.#isOffline;
  }

  /** How many logs are here, those on their way and those not opened yet included. */
  get logCount(): number {
    return this.#logs.size + this.#futures.size + this.#unopened.size + this.#unopenedFutures.size;
  }

  logs(): Iterable<PartitionLog> {
    return this.#logs.values();
  }

  /** The logs of replicas that are on their way here. */
  futureLogs(): Iterable<PartitionLog> {
    return this.#futures.values();
  }

  *#allLogs(): Generator<PartitionLog, void, undefined> {
    yield* this.#logs.values();
    yield* this.#futures.values();
  }

  log(topic: string, partition: number): PartitionLog | undefined {
    return this.#logs.get(partitionDirectoryName(topic, partition));
  }

  /** The folder of a partition that lies here and was not opened yet. */
  unopened(topic: string, partition: number): FoundPartition | undefined {
    return this.#unopened.get(partitionDirectoryName(topic, partition));
  }

  /** Whether a replica of the partition is on its way here. */
  hasFuture(topic: string, partition: number): boolean {
    const name = partitionDirectoryName(topic, partition);
    return this.#futures.has(name) || this.#unopenedFutures.has(name);
  }

  unopenedFuture(topic: string, partition: number): FoundPartition | undefined {
    return this.#unopenedFutures.get(partitionDirectoryName(topic, partition));
  }

  /** Calls `listener` once when the disk fails; all logs here are offline then. */
  onFailed(listener: (error: Error) => void): void {
    this.#failedListeners.push(listener);
  }

  /** Takes everything here offline: the disk does not do what it should. */
  fail(error: Error): void {
    if (this.#isOffline) return;
    this.#isOffline = true;
    this.#logger.error('a log directory goes offline', { path: this.path, error });
    for (const log of this.#allLogs()) log.fail(error);
    for (const listener of this.#failedListeners) listener(error);
    // Whoever waits for one of the logs hears of it first.
    this.#clock.endOfTurn(() => {
      for (const log of this.#allLogs()) this.#attempt(() => log.abandon());
    });
  }

  /**
   * Opens the log of a partition, making it if there is none; one that is open already is returned. A disk that fails takes
   * the directory offline.
   * @throws FileError, TopicIdMismatchError, CorruptSegmentError
   */
  openLog(options: OpenLogOptions): PartitionLog {
    const name = partitionDirectoryName(options.topic, options.partition);
    const open = this.#logs.get(name);
    if (open !== undefined) return open;
    const log = this.#open(name, options, { folder: name, cleanShutdown: this.wasCleanShutdown });
    this.#logs.set(name, log);
    if (this.#unopened.delete(name)) this.#progress.advance();
    return log;
  }

  /**
   * The same for the log of a replica on its way here, which lies apart until `promote`.
   * @throws as `openLog`
   */
  openFuture(options: OpenLogOptions): PartitionLog {
    const { topic, partition } = options;
    const name = partitionDirectoryName(topic, partition);
    const open = this.#futures.get(name);
    if (open !== undefined) return open;
    const folder = this.#unopenedFutures.get(name)?.folder ?? futureDirectoryName(topic, partition, this.#uniqueName());
    // By its folder the next start knows of it.
    const made = { ...options, makeFolder: true };
    const log = this.#open(name, made, { folder, cleanShutdown: this.wasCleanShutdown });
    this.#futures.set(name, log);
    if (this.#unopenedFutures.delete(name)) this.#progress.advance();
    return log;
  }

  #uniqueName(): string {
    return this.#random.bytes(16).toString('hex');
  }

  #open(
    name: string,
    { topic, partition, topicId, config, makeFolder }: OpenLogOptions,
    { folder, cleanShutdown }: { readonly folder: string; readonly cleanShutdown: boolean },
  ): PartitionLog {
    const log = this.#trying(() =>
      PartitionLog.open({
        fs: this.#fs,
        clock: this.#clock,
        random: this.#random,
        logger: this.#logger,
        directory: `${this.#prefix}${folder}`,
        topic,
        partition,
        topicId,
        config,
        makeFolder,
        producerIdExpirationMs: this.#producerIdExpirationMs,
        cleanShutdown,
        recoveryPoint: this.#recoveryPoints.get(name),
        logStartOffset: this.#logStartOffsets.get(name),
        isLogStartLost: this.#areLogStartsLost,
        highWatermark: this.#highWatermarks.get(name),
        firstDirtyOffset: this.#firstDirtyOffsets.get(name),
        ...this.#shared,
        parent: this.#parent,
      }),
    );
    log.onFailed((error) => this.fail(error));
    this.#forget(name);
    return log;
  }

  /**
   * A replica that was on its way here has arrived: its log is closed, its folder gets the partition's own name, and is opened
   * again as that partition's log. `highWatermark` is where the partition's is.
   * @throws FileError
   */
  promote(future: PartitionLog, highWatermark: number): PartitionLog {
    const { topic, partition, topicId, config, directory, logStartOffset } = future;
    const name = partitionDirectoryName(topic, partition);
    future.close();
    this.#futures.delete(name);
    this.#trying(() => {
      if (future.isOffline) throw new FileError('EIO', 'close', directory);
      this.#fs.rename(directory, join(this.path, name));
      this.#fs.syncDirectory(this.path);
    });
    this.#logStartOffsets.set(name, logStartOffset);
    this.#highWatermarks.set(name, highWatermark);
    const log = this.#open(name, { topic, partition, topicId, config }, { folder: name, cleanShutdown: true });
    this.#logs.set(name, log);
    this.checkpoint();
    return log;
  }

  #forget(name: string): void {
    this.#recoveryPoints.delete(name);
    this.#logStartOffsets.delete(name);
    this.#highWatermarks.delete(name);
    this.#firstDirtyOffsets.delete(name);
  }

  /** Deletes a log: its folder gets another name at once, and goes after `file.delete.delay.ms`. */
  deleteLog(log: PartitionLog): void {
    const name = partitionDirectoryName(log.topic, log.partition);
    const isFuture = this.#futures.get(name) === log;
    if (!isFuture && this.#logs.get(name) !== log) return;
    (isFuture ? this.#futures : this.#logs).delete(name);
    log.abandon();
    if (this.#isOffline) return;
    if (log.hasFolder) this.#deleteFolder(log.directory, log, log.config.fileDeleteDelayMs);
    if (log.compaction.firstDirtyOffset !== undefined) this.checkpointCompaction();
  }

  /** The same for a folder that was found and never opened: of a partition that the cluster knows no more. */
  deletePartition(topic: string, partition: number, delayMs: number): void {
    const name = partitionDirectoryName(topic, partition);
    if (!this.#unopened.delete(name)) return;
    this.#forget(name);
    this.#deleteFolder(join(this.path, name), { topic, partition }, delayMs);
  }

  /** The same for the folder of a replica that was on its way. */
  deleteFuture(topic: string, partition: number, delayMs: number): void {
    const name = partitionDirectoryName(topic, partition);
    const future = this.#unopenedFutures.get(name);
    if (future === undefined) return;
    this.#unopenedFutures.delete(name);
    this.#forget(name);
    this.#deleteFolder(join(this.path, future.folder), future, delayMs);
  }

  /** The same for all such folders that `isStray` says are nobody's. */
  deleteStrays(isStray: (found: FoundPartition) => boolean, delayMs: (topic: string) => number): void {
    for (const { topic, partition } of [...this.#unopened.values()].filter(isStray))
      this.deletePartition(topic, partition, delayMs(topic));
    for (const { topic, partition } of [...this.#unopenedFutures.values()].filter(isStray))
      this.deleteFuture(topic, partition, delayMs(topic));
  }

  #deleteFolder(folder: string, { topic, partition }: PartitionName, delayMs: number): void {
    const directory = join(this.path, deletedDirectoryName(topic, partition, this.#uniqueName()));
    this.#attempt(() => {
      this.#fs.rename(folder, directory);
      this.#fs.syncDirectory(this.path);
      const remove = (): void => {
        this.#removals.delete(directory);
        this.#fs.removeLater(directory).catch((error: Error) => {
          if (!this.#isClosed) this.fail(error);
        });
      };
      this.#removals.set(directory, this.#clock.after(delayMs, remove));
    });
  }

  #attempt(work: () => void): void {
    try {
      this.#trying(work);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
    }
  }

  /** A FileError takes the directory offline, and is thrown on. */
  #trying<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof FileError) this.fail(error);
      throw error;
    }
  }

  /** Writes recovery points, log start offsets and high watermarks down. */
  checkpoint(): void {
    if (this.#isOffline || this.#isClosed) return;
    this.#attempt(() => {
      for (const file of Object.values(CHECKPOINT)) this.#writeCheckpoint(file);
    });
  }

  /** The same without blocking the event loop: syncing four small files takes long while much is written. */
  checkpointLater(): Promise<void> {
    return this.#checkpointLater(Object.values(CHECKPOINT));
  }

  checkpointLogStartsLater(): Promise<void> {
    return this.#checkpointLater([CHECKPOINT.logStart]);
  }

  #checkpointLater(files: readonly string[]): Promise<void> {
    const write = async (): Promise<void> => {
      try {
        for (const file of files) await this.#writeCheckpointLater(file);
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        if (!this.#isClosed) this.fail(error);
      }
    };
    return (this.#checkpointing = this.#checkpointing.then(write));
  }

  async #writeCheckpointLater(file: string): Promise<void> {
    if (this.#isOffline || this.#isClosed) return;
    const checkpoint = this.#changedCheckpoint(file);
    if (checkpoint === undefined) return;
    const writes = this.#writes;
    const isWanted = (): boolean => writes === this.#writes && !this.#isOffline && !this.#isClosed;
    await writeOffsetCheckpointLater(this.#fs, join(this.path, file), checkpoint.offsets, isWanted);
    if (isWanted()) this.#written.set(file, checkpoint.content);
  }

  /** Writes log start offsets down, so that what was deleted stays deleted after a crash. */
  checkpointLogStarts(): void {
    if (!this.#isOffline && !this.#isClosed) this.#attempt(() => this.#writeCheckpoint(CHECKPOINT.logStart));
  }

  /** Writes down where compaction is to go on in each log. */
  checkpointCompaction(): void {
    if (!this.#isOffline && !this.#isClosed) this.#attempt(() => this.#writeCheckpoint(CHECKPOINT.cleaner));
  }

  /** What each checkpoint says. */
  readonly #written = new Map<string, string>();
  /** How often one was written at once: what was under way then is out of date. */
  #writes = 0;
  /** Those written later come one after the other. */
  #checkpointing: Promise<void> = Promise.resolve();

  #writeCheckpoint(file: string): void {
    const checkpoint = this.#changedCheckpoint(file);
    if (checkpoint === undefined) return;
    this.#writes++;
    writeOffsetCheckpoint(this.#fs, join(this.path, file), checkpoint.offsets);
    this.#written.set(file, checkpoint.content);
  }

  /** What a checkpoint should say, logs not opened yet included; undefined when it says so already. */
  #changedCheckpoint(
    file: string,
  ): { readonly offsets: readonly PartitionOffset[]; readonly content: string } | undefined {
    const { unopened, logs, offsetOf } = this.#checkpointed(file);
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
    return this.#written.get(file) === content ? undefined : { offsets, content };
  }

  #checkpointed(file: string): {
    readonly unopened: ReadonlyMap<string, number>;
    readonly logs: Iterable<PartitionLog>;
    readonly offsetOf: (log: PartitionLog) => number | undefined;
  } {
    switch (file) {
      case CHECKPOINT.recoveryPoint:
        return { unopened: this.#recoveryPoints, logs: this.#allLogs(), offsetOf: (log) => log.recoveryPoint };
      case CHECKPOINT.highWatermark:
        return { unopened: this.#highWatermarks, logs: this.#allLogs(), offsetOf: (log) => log.highWatermark };
      case CHECKPOINT.cleaner: {
        const offsetOf = (log: PartitionLog): number | undefined => log.compaction.firstDirtyOffset;
        return { unopened: this.#firstDirtyOffsets, logs: this.#logs.values(), offsetOf };
      }
      default: {
        // Kafka leaves out the logs that still begin where their first segment does.
        const offsetOf = ({ logStartOffset, firstBaseOffset }: PartitionLog): number | undefined =>
          logStartOffset > firstBaseOffset ? logStartOffset : undefined;
        return { unopened: this.#logStartOffsets, logs: this.#allLogs(), offsetOf };
      }
    }
  }

  /** Flushes the logs whose `flush.ms` have passed. */
  flushDue(now: number): void {
    for (const log of this.#logs.values()) log.flushIfDue(now);
  }

  /** Deletes segments past retention, but for compacted logs, where the cleaner does; forgets producers that have expired. */
  enforceRetention(now: number): void {
    const logs = [...this.#logs.values()].filter(({ config }) => !config.cleanupPolicy.compact);
    // Of several files any may come back after a loss of power, an earlier one without a later: recovery must know where to begin.
    if (logs.filter((log) => log.retire(now)).length > 0) this.checkpointLogStarts();
    for (const log of logs) this.#retiredSegments += log.deleteOldSegments(now);
    for (const log of this.#logs.values()) log.expireProducers(now);
  }

  /** How many segments retention has deleted. */
  get retiredSegments(): number {
    return this.#retiredSegments;
  }

  /** Bytes free and in all on the disk. @throws FileError */
  space(): { readonly freeBytes: number; readonly totalBytes: number } {
    return this.#fs.space(this.path);
  }

  /**
   * Closes all logs and, if none of it failed or is still to be recovered, leaves the marker of a clean stop. Without a broker
   * epoch it is the stop of the broker before, whose start did not get far.
   */
  close({ brokerEpoch = this.previousBrokerEpoch ?? -1 }: { readonly brokerEpoch?: number | undefined } = {}): void {
    if (this.#isClosed) return;
    for (const timer of this.#removals.values()) timer.cancel();
    for (const log of this.#allLogs()) log.close();
    this.checkpoint();
    this.#attempt(() => {
      const isSound = !this.#isOffline && [...this.#allLogs()].every((log) => !log.isOffline);
      const isRecovered = this.wasCleanShutdown || this.#unopened.size + this.#unopenedFutures.size === 0;
      if (isSound && isRecovered) {
        writeCleanShutdown(this.#fs, this.path, brokerEpoch);
      }
    });
    this.#isClosed = true;
    this.#attempt(() => this.#claim.release());
  }
}
