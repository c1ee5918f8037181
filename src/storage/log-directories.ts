import { resolve } from 'node:path';
import { FileError, ZERO_UUID, type Logger } from '../base/index.ts';
import { claimDirectory, type DirectoryClaim } from './directory-claim.ts';
import { LogDirectoryError } from './log-directory-error.ts';
import { LogDirectory, type FoundPartition, type LogDirectoryOptions, type OpenLogOptions } from './log-directory.ts';
import { clusterIdOf } from './meta-properties.ts';
import type { PartitionLog } from './partition-log.ts';
import { isSameTopicId } from './partition-metadata.ts';

/** Logs flushed side by side: file systems write down together what is synced at the same time. */
const FLUSHED_AT_ONCE = 64;

export interface LogDirectoriesOptions extends Omit<LogDirectoryOptions, 'path' | 'clusterId'> {
  /** `log.dirs` */
  readonly paths: readonly string[];
  /** `metadata.log.dir`, which may be one of them. */
  readonly metadataPath: string;
  /** Whether a directory takes no new replicas now (`cordoned.log.dirs`), by its path as it was given. */
  readonly isCordoned?: (path: string) => boolean;
}

export interface OpenAssignedOptions extends Omit<OpenLogOptions, 'makeFolder'> {
  /** Where the cluster says that the replica lies; the zero uuid where nobody has said yet. */
  readonly directoryId: string;
}

/** One of `log.dirs`. */
export interface DescribedDirectory {
  /** As clients name it. */
  readonly absolutePath: string;
  readonly isCordoned: boolean;
  /** Undefined when it is offline. */
  readonly directory: LogDirectory | undefined;
}

interface Place {
  readonly path: string;
  readonly absolutePath: string;
  /** Undefined when it could not be used at the start. */
  readonly directory: LogDirectory | undefined;
}

/** A partition has folders in two directories, and nothing says which of them counts. */
export class DuplicateLogError extends Error {
  override name = 'DuplicateLogError';

  constructor({ topic, partition }: FoundPartition, paths: readonly string[]) {
    super(
      `${topic}-${partition} lies in ${paths.join(' and in ')}: ` +
        'stop the broker and remove one of the folders, that of the disk which failed last',
    );
  }
}

/**
 * All `log.dirs` of a broker (Kafka's LogManager): finds and places logs, and goes on with those directories whose disks work.
 * The last of them lost, or the one with the metadata log, is the end of the broker.
 */
export class LogDirectories {
  readonly clusterId: string;
  /** Where `__cluster_metadata-0` lies. */
  readonly metadataPath: string;
  readonly #places: readonly Place[];
  /** Of a metadata directory that is none of `log.dirs`. */
  readonly #metadataClaim: DirectoryClaim | undefined;
  readonly #isCordoned: (path: string) => boolean;
  readonly #logger: Logger;
  readonly #offlineListeners: ((directory: LogDirectory) => void)[] = [];
  readonly #lostListeners: ((error: Error) => void)[] = [];

  /**
   * Claims all directories. One whose disk cannot be used is left out with a logged reason.
   * @throws LogDirectoryError when one is in use or another broker's, when none can be used, or not the one with the metadata log
   */
  static open(options: LogDirectoriesOptions): LogDirectories {
    const opened: { release(): void }[] = [];
    try {
      return new LogDirectories(options, opened);
    } catch (error) {
      for (const claim of opened) claim.release();
      throw error;
    }
  }

  private constructor(options: LogDirectoriesOptions, opened: { release(): void }[]) {
    const { fs, random, logger, nodeId, paths, metadataPath } = options;
    this.#logger = logger;
    this.#isCordoned = options.isCordoned ?? (() => false);
    this.metadataPath = metadataPath;
    const distinct = new Map(paths.map((path) => [resolve(path), path]));
    const all = distinct.has(resolve(metadataPath)) ? [...distinct.values()] : [metadataPath, ...distinct.values()];
    let clusterId = all.map((path) => clusterIdOf(fs, path)).find((id) => id !== undefined);
    if (!distinct.has(resolve(metadataPath))) {
      this.#metadataClaim = claimDirectory(fs, random, metadataPath, { nodeId, clusterId });
      opened.push(this.#metadataClaim);
      clusterId = this.#metadataClaim.meta.clusterId;
    }
    const places: Place[] = [];
    let unusable: LogDirectoryError | undefined;
    for (const [absolutePath, path] of distinct) {
      const directory = this.#tryOpen({ ...options, path, clusterId });
      if (directory instanceof LogDirectoryError) {
        unusable = directory;
        if (absolutePath === resolve(metadataPath)) throw unusable;
        places.push({ path, absolutePath, directory: undefined });
        continue;
      }
      opened.push({ release: () => directory.close() });
      clusterId = directory.clusterId;
      places.push({ path, absolutePath, directory });
      directory.onFailed((error) => this.#failed(directory, error));
    }
    this.#places = places;
    if (this.online.length === 0 || clusterId === undefined)
      throw unusable ?? new LogDirectoryError('', 'log.dirs names no directory');
    this.clusterId = clusterId;
    this.#checkIds();
  }

  /** The directory, or why its disk cannot be used. Everything else is thrown. */
  #tryOpen(options: LogDirectoryOptions): LogDirectory | LogDirectoryError {
    try {
      return LogDirectory.open(options);
    } catch (error) {
      if (!(error instanceof LogDirectoryError) || !(error.cause instanceof FileError)) throw error;
      if (error.cause.code === 'ELOCKED') throw error;
      this.#logger.error('a log directory is left out', { path: options.path, error });
      return error;
    }
  }

  /** Directories that are copies of each other would be taken for one. */
  #checkIds(): void {
    const paths = new Map<string, string>();
    for (const { directoryId, path } of this.online) {
      const other = paths.get(directoryId);
      if (other !== undefined)
        throw new LogDirectoryError(
          path,
          `${path} and ${other} have the same directory.id, ${directoryId}: one is a copy; remove it, or its meta.properties`,
        );
      paths.set(directoryId, path);
    }
  }

  /** Those whose disks work, in the order of `log.dirs`. */
  get online(): readonly LogDirectory[] {
    return this.#places.flatMap(({ directory }) => (directory === undefined || directory.isOffline ? [] : [directory]));
  }

  get hasOffline(): boolean {
    return this.online.length < this.#places.length;
  }

  /** Uuids of the working ones, in the order in which brokers register them. */
  get directoryIds(): readonly string[] {
    return this.online.map(({ directoryId }) => directoryId).sort(byUuid);
  }

  /** Uuids of the working ones that take no new replicas. */
  get cordonedIds(): readonly string[] {
    const isCordoned = ({ path }: LogDirectory): boolean => this.#isCordoned(path);
    return this.online
      .filter(isCordoned)
      .map(({ directoryId }) => directoryId)
      .sort(byUuid);
  }

  /** The broker epoch of the last clean stop, if all of it was clean. */
  get previousBrokerEpoch(): number | undefined {
    if (this.hasOffline) return undefined;
    // A new directory has seen no stop, and could have lost nothing.
    const epochs = this.online
      .filter(({ isEmpty, previousBrokerEpoch }) => !isEmpty || previousBrokerEpoch !== undefined)
      .map(({ previousBrokerEpoch }) => previousBrokerEpoch);
    const [first] = epochs;
    return epochs.every((epoch) => epoch === first) ? first : undefined;
  }

  /** All of `log.dirs`, as they were given. */
  describe(): DescribedDirectory[] {
    return this.#places.map(({ absolutePath, path, directory }) => ({
      absolutePath,
      isCordoned: this.#isCordoned(path),
      directory: directory?.isOffline === true ? undefined : directory,
    }));
  }

  log(topic: string, partition: number): PartitionLog | undefined {
    for (const directory of this.online) {
      const log = directory.log(topic, partition);
      if (log !== undefined) return log;
    }
    return undefined;
  }

  *logs(): Generator<PartitionLog, void, undefined> {
    for (const directory of this.online) yield* directory.logs();
  }

  /** The directory that a log opened here lies in. */
  directoryOf(log: PartitionLog): LogDirectory | undefined {
    return this.online.find((directory) => isIn(log, directory));
  }

  /** The directory that a replica is on its way to, if it is. */
  futureDirectoryOf(topic: string, partition: number): LogDirectory | undefined {
    return this.online.find((directory) => directory.hasFuture(topic, partition));
  }

  /**
   * Opens the log of a partition where it lies, or makes it where the cluster says, or in the directory with the fewest logs; of
   * several directories one whose disk cannot make the folder is passed over. Undefined when it may lie in a directory that is offline.
   * @throws FileError, DuplicateLogError, TopicIdMismatchError, CorruptSegmentError
   */
  openLog({ directoryId, ...given }: OpenAssignedOptions): PartitionLog | undefined {
    const options: OpenLogOptions = { ...given, makeFolder: this.#places.length > 1 };
    const open = this.log(options.topic, options.partition);
    if (open !== undefined) return open;
    const holder = this.#holder(directoryId, options);
    if (holder !== undefined) return holder.openLog(options);
    const assigned = this.online.find((directory) => directory.directoryId === directoryId);
    if (assigned !== undefined) return assigned.openLog(options);
    if (directoryId !== ZERO_UUID && this.hasOffline) return undefined;
    return this.#make(options);
  }

  /** Where the partition lies already. Of two folders the one that the cluster knows of counts: a move was cut short. */
  #holder(directoryId: string, options: OpenLogOptions): LogDirectory | undefined {
    const { topic, partition, topicId, config } = options;
    const holders = this.online.filter((directory) => {
      const found = directory.unopened(topic, partition);
      if (found === undefined) return false;
      if (found.topicId === undefined || topicId === undefined || isSameTopicId(found.topicId, topicId)) return true;
      this.#logger.warn('a folder of a former topic of the same name is removed', { path: directory.path, ...found });
      directory.deletePartition(topic, partition, config.fileDeleteDelayMs);
      return false;
    });
    if (holders.length < 2) return holders[0];
    const counts = holders.find((directory) => directory.directoryId === directoryId);
    if (counts === undefined)
      throw new DuplicateLogError(
        { topic, partition, topicId },
        holders.map(({ path }) => path),
      );
    for (const other of holders) {
      if (other === counts) continue;
      this.#logger.warn('a folder is removed whose partition was moved', { path: other.path, topic, partition });
      other.deletePartition(topic, partition, config.fileDeleteDelayMs);
    }
    return counts;
  }

  #make(options: OpenLogOptions): PartitionLog {
    const online = this.online;
    const open = online.filter(({ path }) => !this.#isCordoned(path));
    const candidates = open.length === 0 ? [...online] : open;
    candidates.sort((one, other) => one.logCount - other.logCount);
    let failure = new FileError('EIO', 'place', `${options.topic}-${options.partition}`);
    for (const directory of candidates) {
      try {
        return directory.openLog(options);
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  /** Deletes a log, wherever it lies. */
  deleteLog(log: PartitionLog): void {
    this.directoryOf(log)?.deleteLog(log);
  }

  /** Deletes the folders that were found, never opened, and are nobody's. */
  deleteStrays(isStray: (found: FoundPartition) => boolean, delayMs: (topic: string) => number): void {
    for (const directory of this.online) directory.deleteStrays(isStray, delayMs);
  }

  /** Calls `listener` for each directory that fails from now on, its logs being offline already. */
  onOffline(listener: (directory: LogDirectory) => void): void {
    this.#offlineListeners.push(listener);
  }

  /** Calls `listener` when the broker can't go on without what failed. */
  onLost(listener: (error: Error) => void): void {
    this.#lostListeners.push(listener);
  }

  #failed(directory: LogDirectory, error: Error): void {
    for (const listener of this.#offlineListeners) listener(directory);
    if (this.online.length > 0 && resolve(directory.path) !== resolve(this.metadataPath)) return;
    for (const listener of this.#lostListeners) listener(error);
  }

  /** Writes down how far each log is, without blocking the event loop. */
  async checkpointLater(): Promise<void> {
    await Promise.all(this.online.map((directory) => directory.checkpointLater()));
  }

  async checkpointLogStartsLater(): Promise<void> {
    await Promise.all(this.online.map((directory) => directory.checkpointLogStartsLater()));
  }

  checkpointLogStarts(): void {
    for (const directory of this.online) directory.checkpointLogStarts();
  }

  flushDue(now: number): void {
    for (const directory of this.online) directory.flushDue(now);
  }

  enforceRetention(now: number): void {
    for (const directory of this.online) directory.enforceRetention(now);
  }

  /** Writes and syncs all logs, many at a time, without blocking the event loop: what `close` need not do then. */
  async flushLater(): Promise<void> {
    const logs = this.logs();
    const flushSome = async (): Promise<void> => {
      for (const log of logs) if (log.recoveryPoint < log.logEndOffset) await log.flushLater();
    };
    await Promise.all(Array.from({ length: FLUSHED_AT_ONCE }, flushSome));
  }

  /** Closes all, the offline ones too. */
  close(how: { readonly brokerEpoch?: number | undefined } = {}): void {
    for (const { directory } of this.#places) directory?.close(how);
    this.#metadataClaim?.release();
  }
}

function isIn(log: PartitionLog, directory: LogDirectory): boolean {
  if (directory.log(log.topic, log.partition) === log) return true;
  for (const future of directory.futureLogs()) if (future === log) return true;
  return false;
}

/** As Java compares them: two signed halves. */
function byUuid(one: string, other: string): number {
  const [a, b] = [Buffer.from(one, 'base64url'), Buffer.from(other, 'base64url')];
  return Number(a.readBigInt64BE(0) - b.readBigInt64BE(0)) || Number(a.readBigInt64BE(8) - b.readBigInt64BE(8));
}
