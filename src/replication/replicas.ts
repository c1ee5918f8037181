import type { Logger } from '../base/index.ts';
import {
  ConfigResourceType,
  type MetadataDelta,
  type MetadataImage,
  type Partition,
  type Topic,
} from '../metadata/index.ts';
import type { LogConfig, LogDirectory } from '../storage/index.ts';
import { ErrorCode } from '../wire/index.ts';
import { PartitionLeader } from './leader.ts';

/** Who is told when this broker begins or ceases to lead a partition. */
export interface LeadershipListener {
  elected(topic: string, partition: number, leader: PartitionLeader): void;
  resigned(topic: string, partition: number): void;
}

/** The partitions this broker has a replica of, as the metadata says. */
export class Replicas {
  readonly #nodeId: number;
  readonly #directory: LogDirectory;
  readonly #logConfig: (topic: string, image: MetadataImage) => LogConfig;
  readonly #logger: Logger;
  readonly #leaders = new Map<string, Map<number, PartitionLeader>>();
  readonly #topicsById = new Map<string, string>();
  readonly #listeners: LeadershipListener[] = [];
  #loaded = false;

  /** @param logConfig the effective log config of a topic: its own configs over the broker's */
  constructor(options: {
    readonly nodeId: number;
    readonly directory: LogDirectory;
    readonly logConfig: (topic: string, image: MetadataImage) => LogConfig;
    readonly logger: Logger;
  }) {
    this.#nodeId = options.nodeId;
    this.#directory = options.directory;
    this.#logConfig = options.logConfig;
    this.#logger = options.logger;
  }

  /** Listeners must be added before the first `apply`. */
  onLeadership(listener: LeadershipListener): void {
    this.#listeners.push(listener);
  }

  /** The leader of a partition, or Kafka's error code for a client that asked the wrong broker or for nothing there. */
  leader(topic: string, partition: number): PartitionLeader | number {
    return this.#leaders.get(topic)?.get(partition) ?? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  }

  /** The name of a topic with partitions here, or undefined. */
  topicName(topicId: string): string | undefined {
    return this.#topicsById.get(topicId);
  }

  /** Follows the metadata: opens, deletes and configures logs. A `MetadataListener`. */
  apply(delta: MetadataDelta, image: MetadataImage): void {
    for (const topic of delta.topics.deleted) this.#deleteTopic(topic);
    for (const { after, partitions } of delta.topics.changed) {
      for (const partition of partitions) this.#follow(after, partition, image);
    }
    this.#reconfigure(delta, image);
    if (!this.#loaded) this.#removeStrays(image);
    this.#loaded = true;
  }

  /** Ends every leadership; the logs stay open for their owner to close. */
  close(): void {
    for (const [topic, leaders] of this.#leaders) {
      for (const [partition, leader] of leaders)
        this.#resign(topic, partition, leader, ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }
    this.#leaders.clear();
  }

  #follow(topic: Topic, partition: Partition, image: MetadataImage): void {
    if (!partition.replicas.includes(this.#nodeId)) return;
    this.#topicsById.set(topic.id, topic.name);
    const known = this.#leaders.get(topic.name)?.get(partition.index);
    if (partition.leader !== this.#nodeId) {
      if (known !== undefined) this.#resign(topic.name, partition.index, known, ErrorCode.NOT_LEADER_OR_FOLLOWER);
      this.#leaders.get(topic.name)?.delete(partition.index);
    } else if (known !== undefined) {
      known.raiseEpoch(partition.leaderEpoch);
    } else {
      this.#lead(topic, partition, image);
    }
  }

  #lead(topic: Topic, partition: Partition, image: MetadataImage): void {
    const config = this.#logConfig(topic.name, image);
    const where = { topic: topic.name, partition: partition.index };
    let log = this.#directory.log(where.topic, where.partition);
    if (log !== undefined && log.topicId !== topic.id) {
      this.#logger.warn('a log of a former topic of the same name is removed', { ...where, topicId: log.topicId });
      this.#directory.deleteLog(log);
      log = undefined;
    }
    log ??= this.#directory.openLog({ ...where, topicId: topic.id, config });
    const leader = new PartitionLeader(log, partition.leaderEpoch);
    let leaders = this.#leaders.get(topic.name);
    if (leaders === undefined) this.#leaders.set(topic.name, (leaders = new Map<number, PartitionLeader>()));
    leaders.set(partition.index, leader);
    for (const listener of this.#listeners) listener.elected(topic.name, partition.index, leader);
  }

  #deleteTopic(topic: Topic): void {
    this.#topicsById.delete(topic.id);
    const leaders = this.#leaders.get(topic.name);
    if (leaders === undefined) return;
    this.#leaders.delete(topic.name);
    for (const [partition, leader] of leaders) {
      this.#resign(topic.name, partition, leader, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
      this.#directory.deleteLog(leader.log);
    }
  }

  #resign(topic: string, partition: number, leader: PartitionLeader, errorCode: number): void {
    for (const listener of this.#listeners) listener.resigned(topic, partition);
    leader.end(errorCode);
  }

  /** Topic configs changed, or the broker's, to which every topic falls back. */
  #reconfigure(delta: MetadataDelta, image: MetadataImage): void {
    const changed = new Set<string>();
    for (const { type, name } of delta.configs.changed) {
      if (type === ConfigResourceType.topic) changed.add(name);
      else if (type === ConfigResourceType.broker) for (const topic of this.#leaders.keys()) changed.add(topic);
    }
    for (const topic of changed) {
      for (const { log } of this.#leaders.get(topic)?.values() ?? []) log.config = this.#logConfig(topic, image);
    }
  }

  /** Partition folders of topics that were deleted while the broker was not there to see it. */
  #removeStrays(image: MetadataImage): void {
    for (const { topic, partition, topicId } of this.#directory.found) {
      const known = image.topics.byName(topic);
      if (known !== undefined && (topicId === undefined || known.id === topicId) && partition < known.partitions.length)
        continue;
      if (this.#leaders.get(topic)?.has(partition) === true) continue;
      this.#logger.warn('a partition folder of no topic is removed', { topic, partition, topicId });
      this.#directory.deletePartition(topic, partition, this.#logConfig(topic, image).fileDeleteDelayMs);
    }
  }
}
