import { dirname } from 'node:path';
import { randomUuid, type Clock, type FileSystem, type Logger, type Random } from '../base/index.ts';
import { BrokerConfig } from '../config/index.ts';
import { NotCoordinatorError, Shard, type Log } from '../coordinator/index.ts';
import { ErrorCode, errorName } from '../wire/index.ts';
import { bootstrapRecords, bootstrapSnapshot } from './bootstrap.ts';
import type { Endpoint } from './brokers.ts';
import {
  controllerMachine,
  type ControllerApi,
  type ControllerApis,
  type ControllerInput,
  type ControllerReply,
  type ControllerRequest,
  type ControllerState,
  type NoSoftState,
} from './controller/index.ts';
import { MetadataDelta, type MetadataListener } from './delta.ts';
import { METADATA_VERSION, SERVED_FEATURES } from './features.ts';
import { emptyImage, type MetadataImage } from './image.ts';
import { refuseDamagedLog } from './metadata-damage.ts';
import { MetadataLogError } from './metadata-log-error.ts';
import { MetadataLog, type MetadataBatch } from './metadata-log.ts';
import { readLeaderEpoch, writeQuorumState } from './quorum-state.ts';
import type { MetadataRecord } from './record.ts';
import { decodeSnapshot, listSnapshots, snapshotFileName } from './snapshot.ts';
import { Snapshots } from './snapshots.ts';
import { TransactionFilter } from './transaction-filter.ts';

export interface ClusterMetadataOptions {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** The folder of the log itself: `<metadata log dir>/__cluster_metadata-0`. */
  readonly directory: string;
  readonly nodeId: number;
  readonly clusterId: string;
  /** Uuids of the broker's log directories, the one that gets new partitions first. */
  readonly logDirectoryIds: readonly string[];
  /** Those of them that take no new replicas. */
  readonly cordonedDirectoryIds?: readonly string[];
  /** Epoch of this broker's registration when it last stopped cleanly; undefined after a crash. */
  readonly previousBrokerEpoch?: number | undefined;
  /** Advertised. */
  readonly endpoints: readonly Endpoint[];
  readonly rack: string | null;
  /** The node's static configs by name: what topics and brokers fall back to. */
  readonly config: ReadonlyMap<string, string>;
  /** Called once when the metadata log can't be written any more: the node can't go on. */
  readonly onFailed?: (error: Error) => void;
}

type ControllerShard = Shard<ControllerState, NoSoftState, ControllerInput, ControllerReply, MetadataRecord>;

/** A batch of ours: its records as they count, those of a transaction where it ends. */
interface PendingBatch extends MetadataBatch {
  /** A transaction goes on after it. */
  readonly isWithinTransaction: boolean;
}

/** The cluster's metadata as this node knows it, and the controller that changes it. */
export class ClusterMetadata {
  readonly #options: ClusterMetadataOptions;
  readonly #log: MetadataLog;
  readonly #epoch: number;
  readonly #snapshots: Snapshots;
  readonly #listeners = new Set<MetadataListener>();
  /** Some of them still have to do with the last change. */
  #isTelling = false;
  #image: MetadataImage;
  #shard: ControllerShard | undefined;
  /** Appended, but not yet committed and published, oldest first. */
  readonly #pending: PendingBatch[] = [];
  /** Of what is in the log. */
  readonly #filter = new TransactionFilter();
  #tellShard: (committedOffset: number) => void = () => {};
  #snapshotIsPlanned = false;
  readonly #failedDirectoryIds: string[] = [];
  #cordonedDirectoryIds: readonly string[];
  #isClosed = false;

  /**
   * Loads snapshot and log, formats them when there is nothing, registers and unfences this broker.
   * Resolves when the image shows it. Rejects with FileError, MetadataLogError, WireError or CorruptRecordError when the
   * log can't be read or written.
   */
  static async open(options: ClusterMetadataOptions): Promise<ClusterMetadata> {
    const cluster = new ClusterMetadata(options);
    try {
      await cluster.#start();
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  private constructor(options: ClusterMetadataOptions) {
    this.#options = options;
    const { fs, clock, random, logger, directory, clusterId, nodeId } = options;
    this.#cordonedDirectoryIds = options.cordonedDirectoryIds ?? [];
    const { config } = BrokerConfig.from(options.config);
    fs.makeDirectory(directory);
    const snapshot = listSnapshots(fs, directory).at(-1);
    const from = snapshot?.endOffset ?? 0;
    refuseDamagedLog({ fs, directory, from, wasStoppedCleanly: options.previousBrokerEpoch !== undefined });
    const log = new MetadataLog({
      fs,
      clock,
      random,
      logger,
      directory,
      snapshot,
      segmentBytes: config.get('metadata.log.segment.bytes'),
      segmentMs: config.get('metadata.log.segment.ms'),
    });
    this.#log = log;
    try {
      const delta = new MetadataDelta(emptyImage(clusterId));
      let position = delta.before.position;
      if (snapshot !== undefined) {
        const path = `${directory}/${snapshotFileName(snapshot)}`;
        for (const record of decodeSnapshot(path, fs.readFile(path)).records) delta.add(record);
        position = { offset: snapshot.endOffset - 1, epoch: snapshot.epoch };
      }
      for (const { records, lastOffset: offset, epoch } of log.read(snapshot?.endOffset ?? 0)) {
        for (const record of this.#filter.pass(records)) delta.add(record);
        position = { offset, epoch };
      }
      this.#image = delta.apply(position);
      this.#checkFeatures(this.#image);

      const quorumState = `${directory}/quorum-state`;
      this.#epoch = Math.max(readLeaderEpoch(fs, quorumState, logger), position.epoch) + 1;
      const isNew = !this.#image.features.has(METADATA_VERSION);
      if (isNew) fs.replaceFile(`${dirname(directory)}/bootstrap.checkpoint`, bootstrapSnapshot(clock.now()));
      writeQuorumState(fs, quorumState, nodeId, this.#epoch);
      this.#pending.push({ ...log.beginEpoch(nodeId, this.#epoch), isWithinTransaction: false });
      if (this.#filter.isOpen) this.#append([{ type: 'AbortTransactionRecord', value: { reason: null } }]);
      if (isNew) this.#append(bootstrapRecords(config.get('min.insync.replicas')));
      this.#snapshots = new Snapshots(
        {
          fs,
          clock,
          logger,
          directory,
          maxBytesBetween: config.get('metadata.log.max.record.bytes.between.snapshots'),
          maxAgeMs: config.get('metadata.log.max.snapshot.interval.ms'),
        },
        log.sizeInBytes,
      );
    } catch (error) {
      log.close();
      throw error;
    }
  }

  async #start(): Promise<void> {
    const { random, clock, logger } = this.#options;
    await new Promise<void>((resolve, reject) => {
      const end = this.#log.endOffset;
      this.#log.follow((committed) => {
        this.#publish(committed);
        if (committed >= end) resolve();
      }, reject);
    });
    this.#log.follow(
      (committed) => this.#publish(committed),
      (error) => this.#fail(error),
    );
    this.#shard = await Shard.load({
      machine: controllerMachine({
        image: this.#image,
        leaderEpoch: this.#epoch,
        config: BrokerConfig.from(this.#options.config).config,
        random,
      }),
      log: this.#logForShard(),
      clock,
      logger,
      name: 'the controller',
      onFailed: (error) => this.#fail(error),
    });
    await this.#join();
  }

  /** What the image now holds need not be read again: the controller starts from it. */
  #logForShard(): Log<MetadataRecord> {
    return {
      endOffset: () => this.#log.endOffset,
      committedOffset: () => this.#image.position.offset + 1,
      append: (records) => {
        this.#append(records);
        return this.#log.endOffset;
      },
      read: () => [],
      onCommitted: (listener) => {
        this.#tellShard = listener;
        return () => void (this.#tellShard = () => {});
      },
    };
  }

  /** Registers this broker and lets it in. */
  async #join(): Promise<void> {
    const { nodeId: brokerId, clusterId, random, endpoints, rack, logDirectoryIds } = this.#options;
    const registration = await this.request('registerBroker', {
      brokerId,
      clusterId,
      incarnationId: randomUuid(random),
      listeners: endpoints.map(({ listener: name, ...rest }) => ({ name, ...rest })),
      features: SERVED_FEATURES.map(({ name, min, max }) => ({
        name,
        minSupportedVersion: min,
        maxSupportedVersion: max,
      })),
      rack,
      isMigratingZkBroker: false,
      logDirs: [...logDirectoryIds],
      previousBrokerEpoch: this.#options.previousBrokerEpoch ?? -1,
    });
    if (registration.errorCode !== ErrorCode.NONE)
      throw new MetadataLogError(`this broker could not register: ${errorName(registration.errorCode)}`);
    await this.#heartbeat(false);
  }

  async #heartbeat(wantShutDown: boolean): Promise<void> {
    const { nodeId: brokerId } = this.#options;
    await this.request('brokerHeartbeat', {
      brokerId,
      brokerEpoch: this.#image.brokers.get(brokerId)?.epoch ?? -1,
      currentMetadataOffset: this.#image.position.offset,
      wantFence: false,
      wantShutDown,
      offlineLogDirs: [...this.#failedDirectoryIds],
      cordonedLogDirs: [...this.#cordonedDirectoryIds],
    });
  }

  /**
   * Tells the controller that the replicas in one of this broker's log directories are lost to it: others lead them then, or
   * nobody. Rejects as `request` does.
   */
  async directoryFailed(directoryId: string): Promise<void> {
    this.#failedDirectoryIds.push(directoryId);
    await this.#heartbeat(false);
  }

  /** Tells the controller which directories take no new replicas from now on. Rejects as `request` does. */
  async cordon(directoryIds: readonly string[]): Promise<void> {
    this.#cordonedDirectoryIds = directoryIds;
    await this.#heartbeat(false);
  }

  image(): MetadataImage {
    return this.#image;
  }

  /** How far the metadata log is; this node leads it. */
  quorum(): { readonly leaderEpoch: number; readonly highWatermark: number; readonly logEndOffset: number } {
    return {
      leaderEpoch: this.#epoch,
      highWatermark: this.#log.committedOffset,
      logEndOffset: this.#log.endOffset,
    };
  }

  /** Tells `listener` all there is at once, and each change from then on. Returns how to stop that. */
  subscribe(listener: MetadataListener): () => void {
    void this.#tell(listener, MetadataDelta.ofEverything(this.#image), this.#image);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Asks the controller. Answers once the outcome is committed and every listener has been told of it.
   * Rejects with NotCoordinatorError when the controller is gone.
   */
  async request<Api extends ControllerApi>(
    api: Api,
    request: ControllerApis[Api]['request'],
  ): Promise<ControllerApis[Api]['response']> {
    if (this.#shard === undefined) throw new NotCoordinatorError('the controller is not there');
    // The machine answers each API with its own response; the compiler sees only that they are all replies.
    const asked = { api, request } as ControllerRequest;
    return await this.#shard.request(asked);
  }

  /** With `fence`, this broker first hands over what it leads, as one that stops cleanly does. Closes the log. */
  async close({ fence = false }: { readonly fence?: boolean } = {}): Promise<void> {
    if (this.#isClosed) return;
    if (fence && this.#shard?.isActive === true) {
      await this.#heartbeat(true).catch((error: unknown) =>
        this.#options.logger.warn('the broker could not be fenced before it stopped', { error }),
      );
    }
    this.#isClosed = true;
    this.#shard?.close();
    this.#listeners.clear();
    this.#log.close();
  }

  #append(records: readonly MetadataRecord[]): void {
    const batch = this.#log.append(records, this.#epoch);
    const counting = [...this.#filter.pass(records)];
    this.#pending.push({ ...batch, records: counting, isWithinTransaction: this.#filter.isOpen });
  }

  /** Committed batches become the next image; listeners have dealt with it before those who asked for it, or anybody else, see it. */
  #publish(committedOffset: number): void {
    if (this.#isTelling) return;
    const rest = this.#pending.findIndex(({ lastOffset }) => lastOffset >= committedOffset);
    const committed = rest === -1 ? this.#pending.length : rest;
    // What a transaction holds back, it holds back from all.
    const whole = this.#pending.findLastIndex((batch, at) => at < committed && !batch.isWithinTransaction) + 1;
    const batches = this.#pending.splice(0, whole);
    const last = batches.at(-1);
    const wholeOffset = whole === committed ? committedOffset : (last?.lastOffset ?? -1) + 1;
    if (last === undefined) return this.#tellShard(wholeOffset);
    const delta = new MetadataDelta(this.#image);
    for (const { records } of batches) for (const record of records) delta.add(record);
    const image = delta.apply({ offset: last.lastOffset, epoch: last.epoch });
    const busy = [...this.#listeners].flatMap((listener) => this.#tell(listener, delta, image) ?? []);
    const published = (): void => {
      this.#image = image;
      this.#planSnapshot(last.timestampMs);
      this.#tellShard(wholeOffset);
    };
    if (busy.length > 0) this.#publishLater(busy, published);
    else published();
  }

  /** When all have dealt with it; what is committed in the meantime comes next. */
  #publishLater(busy: readonly Promise<void>[], published: () => void): void {
    this.#isTelling = true;
    void Promise.all(busy).then(() => {
      this.#isTelling = false;
      if (this.#isClosed) return;
      published();
      this.#publish(this.#log.committedOffset);
    });
  }

  /** Resolves, where there is something to be awaited, when the listener has dealt with it or failed to. */
  #tell(listener: MetadataListener, delta: MetadataDelta, image: MetadataImage): Promise<void> | undefined {
    const failed = (error: unknown): void =>
      this.#options.logger.error('someone who follows the metadata failed to', { error });
    try {
      return listener(delta, image)?.catch(failed);
    } catch (error) {
      failed(error);
      return undefined;
    }
  }

  #planSnapshot(lastTimestampMs: number): void {
    if (this.#snapshotIsPlanned || !this.#snapshots.isDue(this.#log.sizeInBytes)) return;
    this.#snapshotIsPlanned = true;
    const image = this.#image;
    this.#options.clock.endOfTurn(() => {
      this.#snapshotIsPlanned = false;
      if (this.#isClosed) return;
      try {
        const { endOffset } = this.#snapshots.write(image, lastTimestampMs, this.#log.sizeInBytes);
        this.#log.deleteBefore(endOffset);
      } catch (error) {
        this.#fail(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  #fail(error: Error): void {
    if (this.#isClosed) return;
    this.#options.logger.error('the metadata log is lost; this node can no longer change anything', { error });
    this.#shard?.close();
    this.#options.onFailed?.(error);
  }

  /** Records of a later metadata version would be misread. */
  #checkFeatures({ features }: MetadataImage): void {
    for (const [name, level] of features) {
      const served = SERVED_FEATURES.find((feature) => feature.name === name);
      if (served !== undefined && (level < served.min || level > served.max))
        throw new MetadataLogError(
          `${this.#options.directory}: ${name} is finalized at ${level}; this release serves ${served.min} to ${served.max}: use the release that wrote it, or another directory`,
        );
      if (served === undefined)
        this.#options.logger.warn('the cluster has a feature finalized that this release does not serve', {
          name,
          level,
        });
    }
  }
}
