import { FileError, inSlices, type Clock, type Logger } from '../base/index.ts';
import {
  ConfigResourceType,
  type MetadataDelta,
  type MetadataImage,
  type Partition,
  type Topic,
} from '../metadata/index.ts';
import {
  canMove,
  CorruptSegmentError,
  DuplicateLogError,
  isSameTopicId,
  TopicIdMismatchError,
  type LogConfig,
  type LogDirectories,
  type LogDirectory,
  type PartitionLog,
} from '../storage/index.ts';
import { ErrorCode } from '../wire/index.ts';
import { PartitionLeader } from './leader.ts';
import { BrokerTraffic, TopicTraffic } from './topic-traffic.ts';
import { ReplicaMoves, type Assignment, type ReplicaMovesOptions } from './replica-moves.ts';

/** Who is told when this broker begins or ceases to lead a partition. */
export interface LeadershipListener {
  elected(topic: string, partition: number, leader: PartitionLeader): void;
  resigned(topic: string, partition: number): void;
}

export interface ReplicasOptions extends ReplicaMovesOptions {
  readonly nodeId: number;
  /** The effective log config of a topic: its own configs over the broker's. */
  readonly logConfig: (topic: string, image: MetadataImage) => LogConfig;
}

/** The partitions this broker has a replica of, as the metadata says. */
export class Replicas {
  /** What came in and was read, of all topics. */
  readonly traffic = new BrokerTraffic();
  readonly #nodeId: number;
  readonly #directories: LogDirectories;
  readonly #logConfig: (topic: string, image: MetadataImage) => LogConfig;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #assign: (assignments: readonly Assignment[]) => Promise<void>;
  readonly #moves: ReplicaMoves;
  /** A leader, or the error code that says why there is none here. */
  readonly #partitions = new Map<string, Map<number, PartitionLeader | number>>();
  /** Of topics with a leader here. */
  readonly #topicTraffic = new Map<string, TopicTraffic>();
  readonly #topicsById = new Map<string, string>();
  readonly #listeners: LeadershipListener[] = [];
  /** Replicas that lie elsewhere than the controller thinks. */
  #misplaced: Assignment[] = [];
  /** While metadata are applied. */
  #lastConfig: { readonly topic: string; readonly image: MetadataImage; readonly config: LogConfig } | undefined;
  #loaded = false;
  #isClosed = false;

  constructor(options: ReplicasOptions) {
    this.#nodeId = options.nodeId;
    this.#directories = options.directories;
    this.#logConfig = options.logConfig;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#assign = options.assign;
    this.#moves = new ReplicaMoves(options);
    options.directories.onOffline((directory) => this.#directoryFailed(directory));
  }

  /** Listeners must be added before the first `apply`. */
  onLeadership(listener: LeadershipListener): void {
    this.#listeners.push(listener);
  }

  /** The leader of a partition, or Kafka's error code for a client that asked the wrong broker or for nothing there. */
  leader(topic: string, partition: number): PartitionLeader | number {
    return this.#partitions.get(topic)?.get(partition) ?? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  }

  /** The name of a topic with partitions here, or undefined. */
  topicName(topicId: string): string | undefined {
    return this.#topicsById.get(topicId);
  }

  *leaders(): Generator<PartitionLeader, void, undefined> {
    for (const topic of this.#partitions.keys()) yield* this.#leadersOf(topic);
  }

  /** What came into each topic that has, or had, a leader here, and was read from it. */
  get topicTraffic(): ReadonlyMap<string, TopicTraffic> {
    return this.#topicTraffic;
  }

  /** How many replicas are here, and how many of them cannot be used because their disk has failed. */
  get counts(): { readonly replicas: number; readonly leaders: number; readonly offline: number } {
    let [replicas, leaders, offline] = [0, 0, 0];
    for (const partitions of this.#partitions.values()) {
      replicas += partitions.size;
      for (const leader of partitions.values()) {
        if (typeof leader !== 'number') leaders++;
        else if (leader === ErrorCode.KAFKA_STORAGE_ERROR) offline++;
      }
    }
    return { replicas, leaders, offline };
  }

  *#leadersOf(topic: string): Generator<PartitionLeader, void, undefined> {
    for (const leader of this.#partitions.get(topic)?.values() ?? []) if (typeof leader !== 'number') yield leader;
  }

  #set(topic: string, partition: number, leader: PartitionLeader | number): void {
    let partitions = this.#partitions.get(topic);
    if (partitions === undefined) this.#partitions.set(topic, (partitions = new Map<number, PartitionLeader>()));
    partitions.set(partition, leader);
  }

  /**
   * Follows the metadata: opens, deletes and configures logs. A `MetadataListener`. All at once the first time, when nobody is served
   * yet.
   */
  apply(delta: MetadataDelta, image: MetadataImage): Promise<void> | undefined {
    const steps = this.#steps(delta, image);
    if (this.#loaded) return inSlices(this.#clock, steps);
    while (steps.next().done !== true);
    this.#removeStrays(image);
    this.#loaded = true;
    return undefined;
  }

  *#steps(delta: MetadataDelta, image: MetadataImage): Generator<void, void, undefined> {
    for (const topic of delta.topics.deleted) yield* this.#deleteTopic(topic);
    for (const { after, partitions } of delta.topics.changed) {
      for (const partition of partitions) {
        if (this.#isClosed) return;
        this.#follow(after, partition, image);
        yield;
      }
    }
    this.#lastConfig = undefined;
    this.#reconfigure(delta, image);
    this.#tellMisplaced();
  }

  /** Ends every leadership; the logs stay open for their owner to close. */
  close(): void {
    this.#isClosed = true;
    for (const leader of this.leaders()) this.#resign(leader, ErrorCode.NOT_LEADER_OR_FOLLOWER);
    this.#partitions.clear();
  }

  #follow(topic: Topic, partition: Partition, image: MetadataImage): void {
    if (!partition.replicas.includes(this.#nodeId)) return;
    this.#topicsById.set(topic.id, topic.name);
    const known = this.leader(topic.name, partition.index);
    // Until the next start, when the directory may be there again.
    if (known === ErrorCode.KAFKA_STORAGE_ERROR) return;
    if (partition.leader !== this.#nodeId) {
      this.#set(topic.name, partition.index, ErrorCode.NOT_LEADER_OR_FOLLOWER);
      if (typeof known !== 'number') this.#resign(known, ErrorCode.NOT_LEADER_OR_FOLLOWER);
    } else if (typeof known !== 'number') {
      known.raiseEpoch(partition.leaderEpoch);
    } else {
      this.#lead(topic, partition, image);
    }
  }

  #lead(topic: Topic, partition: Partition, image: MetadataImage): void {
    const log = this.#open(topic, partition, image);
    if (typeof log === 'number') return this.#set(topic.name, partition.index, log);
    let traffic = this.#topicTraffic.get(topic.name);
    if (traffic === undefined) this.#topicTraffic.set(topic.name, (traffic = new TopicTraffic()));
    const leader = new PartitionLeader(log, partition.leaderEpoch, this.#clock, {
      topic: traffic,
      broker: this.traffic,
    });
    this.#set(topic.name, partition.index, leader);
    const directoryId = this.#directories.directoryOf(log)?.directoryId;
    if (directoryId !== undefined && directoryId !== this.#assignedTo(partition))
      this.#misplaced.push({ topicId: topic.id, partition: partition.index, directoryId });
    for (const listener of this.#listeners) listener.elected(topic.name, partition.index, leader);
    this.#moves.resume(leader);
  }

  #assignedTo({ directories, replicas }: Partition): string {
    return directories[replicas.indexOf(this.#nodeId)] ?? '';
  }

  /** The partition's log, or the error code of a partition that cannot be led without one. */
  #open(topic: Topic, partition: Partition, image: MetadataImage): PartitionLog | number {
    const where = { topic: topic.name, partition: partition.index };
    const former = this.#directories.log(where.topic, where.partition);
    if (former !== undefined && former.topicId !== topic.id) {
      this.#logger.warn('a log of a former topic of the same name is removed', { ...where, topicId: former.topicId });
      this.#directories.deleteLog(former);
    }
    const directoryId = this.#assignedTo(partition);
    const config = this.#configOf(topic.name, image);
    try {
      const log = this.#directories.openLog({ ...where, topicId: topic.id, config, directoryId });
      if (log === undefined)
        this.#logger.warn('a partition may lie in a directory that is offline', { ...where, directoryId });
      return log ?? ErrorCode.NOT_LEADER_OR_FOLLOWER;
    } catch (error) {
      if (!isOfOneLog(error)) throw error;
      this.#logger.error('a partition cannot be opened', { ...where, error });
      return ErrorCode.KAFKA_STORAGE_ERROR;
    }
  }

  /** Partitions of a topic come one after the other, and have the same. */
  #configOf(topic: string, image: MetadataImage): LogConfig {
    const last = this.#lastConfig;
    if (last?.topic === topic && last.image === image) return last.config;
    const config = this.#logConfig(topic, image);
    this.#lastConfig = { topic, image, config };
    return config;
  }

  /** Tells the controller, once who told us has had its turn. */
  #tellMisplaced(): void {
    if (this.#misplaced.length === 0) return;
    const assignments = this.#misplaced;
    this.#misplaced = [];
    this.#clock.endOfTurn(() => {
      this.#assign(assignments).catch((error: unknown) =>
        this.#logger.warn('the controller does not know where replicas lie', { count: assignments.length, error }),
      );
    });
  }

  *#deleteTopic(topic: Topic): Generator<void, void, undefined> {
    this.#topicsById.delete(topic.id);
    const leaders = [...this.#leadersOf(topic.name)];
    // Who waits is woken when it is gone already.
    this.#partitions.delete(topic.name);
    this.#topicTraffic.delete(topic.name);
    for (const leader of leaders) {
      this.#moves.cancel(leader);
      this.#resign(leader, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
      this.#directories.deleteLog(leader.log);
      yield;
      if (this.#isClosed) return;
    }
  }

  #resign(leader: PartitionLeader, errorCode: number): void {
    const { topic, partition } = leader.log;
    this.#moves.interrupt(leader);
    for (const listener of this.#listeners) listener.resigned(topic, partition);
    leader.end(errorCode);
  }

  /** What lay in a directory is answered with KAFKA_STORAGE_ERROR. */
  #directoryFailed(directory: LogDirectory): void {
    this.#moves.directoryFailed(directory);
    for (const leader of this.leaders()) {
      const { topic, partition } = leader.log;
      if (directory.log(topic, partition) !== leader.log) continue;
      this.#set(topic, partition, ErrorCode.KAFKA_STORAGE_ERROR);
      this.#resign(leader, ErrorCode.KAFKA_STORAGE_ERROR);
    }
  }

  /** Writes down where logs start, so that what was deleted stays deleted after a crash. */
  checkpointLogStarts(): void {
    this.#directories.checkpointLogStarts();
  }

  /** Moves a replica to another directory, by its absolute path (AlterReplicaLogDirs). Returns Kafka's error code. */
  move(topic: string, partition: number, path: string): number {
    if (!canMove(topic, partition)) return ErrorCode.INVALID_TOPIC_EXCEPTION;
    const wanted = this.#directories.describe().find(({ absolutePath }) => absolutePath === path);
    if (wanted === undefined) return ErrorCode.LOG_DIR_NOT_FOUND;
    if (wanted.directory === undefined) return ErrorCode.KAFKA_STORAGE_ERROR;
    if (wanted.isCordoned) return ErrorCode.INVALID_REPLICA_ASSIGNMENT;
    const leader = this.leader(topic, partition);
    if (leader === ErrorCode.NOT_LEADER_OR_FOLLOWER) return ErrorCode.REPLICA_NOT_AVAILABLE;
    return typeof leader === 'number' ? leader : this.#moves.move(leader, wanted.directory);
  }

  /** Topic configs changed, or the broker's, to which every topic falls back. */
  #reconfigure(delta: MetadataDelta, image: MetadataImage): void {
    const changed = new Set<string>();
    for (const { type, name } of delta.configs.changed) {
      if (type === ConfigResourceType.topic) changed.add(name);
      else if (type === ConfigResourceType.broker) for (const topic of this.#partitions.keys()) changed.add(topic);
    }
    for (const topic of changed) {
      const config = this.#logConfig(topic, image);
      for (const { log } of this.#leadersOf(topic)) log.config = config;
    }
  }

  /** Partition folders of topics that were deleted while the broker was not there to see it. */
  #removeStrays(image: MetadataImage): void {
    const delayMs = (topic: string): number => this.#logConfig(topic, image).fileDeleteDelayMs;
    this.#directories.deleteStrays((found) => {
      const { topic, partition, topicId } = found;
      const known = image.topics.byName(topic);
      if (
        known !== undefined &&
        (topicId === undefined || isSameTopicId(topicId, known.id)) &&
        partition < known.partitions.length
      )
        return false;
      this.#logger.warn('a partition folder of no topic is removed', { topic, partition, topicId });
      return true;
    }, delayMs);
  }
}

/** Whether an error says that one log cannot be used, and nothing of the others. */
function isOfOneLog(error: unknown): error is Error {
  return (
    error instanceof FileError ||
    error instanceof CorruptSegmentError ||
    error instanceof DuplicateLogError ||
    error instanceof TopicIdMismatchError
  );
}
