import { assert, ZERO_UUID } from '../base/index.ts';
import { ImmutableMap } from './immutable-map.ts';
import { collisionKey } from './topic-name.ts';
import type { PartitionChangeRecord, PartitionRecord, TopicRecord } from '../wire/messages/index.ts';

/** The leader of a partition that has none. */
export const NO_LEADER = -1;
/** In a PartitionChangeRecord: the leader stays who it is. */
const NO_LEADER_CHANGE = -2;

/** One partition as the metadata log has it. Lists are broker ids, in the order of the log. */
export interface Partition {
  readonly index: number;
  /** Broker id, or NO_LEADER. */
  readonly leader: number;
  /** 0 recovered, 1 recovering (after an unclean election). */
  readonly leaderRecoveryState: number;
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
  readonly replicas: readonly number[];
  /** The log directory (uuid) of each replica, by position in `replicas`. */
  readonly directories: readonly string[];
  readonly isr: readonly number[];
  readonly removingReplicas: readonly number[];
  readonly addingReplicas: readonly number[];
  readonly eligibleLeaderReplicas: readonly number[];
  readonly lastKnownEligibleLeaderReplicas: readonly number[];
}

export interface Topic {
  readonly name: string;
  /** Uuid, 22 characters. */
  readonly id: string;
  /** By partition index, without gaps. */
  readonly partitions: readonly Partition[];
}

/** All topics of one moment. */
export class Topics {
  static readonly EMPTY = new Topics(ImmutableMap.empty(), ImmutableMap.empty(), ImmutableMap.empty(), 0);

  readonly #byId: ImmutableMap<Topic>;
  readonly #idByName: ImmutableMap<string>;
  /** Names by their collision key. */
  readonly #colliding: ImmutableMap<readonly string[]>;
  readonly partitionCount: number;

  private constructor(
    byId: ImmutableMap<Topic>,
    idByName: ImmutableMap<string>,
    colliding: ImmutableMap<readonly string[]>,
    partitionCount: number,
  ) {
    this.#byId = byId;
    this.#idByName = idByName;
    this.#colliding = colliding;
    this.partitionCount = partitionCount;
  }

  get size(): number {
    return this.#byId.size;
  }

  byId(id: string): Topic | undefined {
    return this.#byId.get(id);
  }

  byName(name: string): Topic | undefined {
    const id = this.#idByName.get(name);
    return id === undefined ? undefined : this.#byId.get(id);
  }

  partition(name: string, index: number): Partition | undefined {
    return this.byName(name)?.partitions[index];
  }

  /** Every topic, in no particular order. */
  [Symbol.iterator](): IterableIterator<Topic> {
    return this.#byId.values();
  }

  /** The name of another topic that differs from this name only in '.' and '_'. */
  collidingWith(name: string): string | undefined {
    const key = collisionKey(name);
    return key === undefined ? undefined : this.#colliding.get(key)?.find((other) => other !== name);
  }

  with(changed: Iterable<Topic>, deleted: Iterable<Topic>): Topics {
    let { partitionCount } = this;
    let byId = this.#byId;
    let idByName = this.#idByName;
    let colliding = this.#colliding;
    for (const topic of deleted) {
      byId = byId.delete(topic.id);
      partitionCount -= topic.partitions.length;
      if (idByName.get(topic.name) !== topic.id) continue;
      idByName = idByName.delete(topic.name);
      const key = collisionKey(topic.name);
      const others = key === undefined ? [] : (colliding.get(key) ?? []).filter((name) => name !== topic.name);
      if (key !== undefined) colliding = others.length === 0 ? colliding.delete(key) : colliding.set(key, others);
    }
    for (const { id, name, partitions } of changed) {
      partitionCount += partitions.length - (byId.get(id)?.partitions.length ?? 0);
      byId = byId.set(id, { id, name, partitions });
      if (idByName.get(name) === id) continue;
      const key = collisionKey(name);
      if (key !== undefined && !idByName.has(name))
        colliding = colliding.set(key, [...(colliding.get(key) ?? []), name]);
      idByName = idByName.set(name, id);
    }
    return new Topics(byId, idByName, colliding, partitionCount);
  }
}

/** What happened to one topic that is there afterwards. */
export interface TopicChange {
  /** Absent: the topic is new. */
  readonly before: Topic | undefined;
  readonly after: Topic;
  /** The partitions that are new or differ, as they are afterwards. */
  readonly partitions: readonly Partition[];
}

interface Draft {
  readonly before: Topic | undefined;
  readonly name: string;
  readonly id: string;
  readonly partitions: Partition[];
  readonly touched: Set<number>;
}

/** Collects records about topics over the topics of one moment. */
export class TopicsDelta {
  readonly #before: Topics;
  readonly #drafts = new Map<string, Draft>();
  readonly #deleted = new Map<string, Topic>();

  constructor(before: Topics) {
    this.#before = before;
  }

  get isEmpty(): boolean {
    return this.#drafts.size === 0 && this.#deleted.size === 0;
  }

  /** Topics of before that are gone. */
  get deleted(): readonly Topic[] {
    return [...this.#deleted.values()];
  }

  /** Topics that are new or have changed partitions. */
  get changed(): readonly TopicChange[] {
    return [...this.#drafts.values()].map(({ before, id, name, partitions, touched }) => ({
      before,
      after: { name, id, partitions },
      partitions: [...touched].map((index) => partitions[index] as Partition),
    }));
  }

  create(record: TopicRecord): void {
    const { name, topicId: id } = record;
    assert(!this.#drafts.has(id) && this.#before.byId(id) === undefined, `topic id ${id} is given once`);
    this.#drafts.set(id, { before: undefined, name, id, partitions: [], touched: new Set() });
  }

  /** Returns the name it had, undefined when there was no such topic. */
  remove(topicId: string): string | undefined {
    const draft = this.#drafts.get(topicId);
    this.#drafts.delete(topicId);
    const before = this.#before.byId(topicId);
    if (before !== undefined) this.#deleted.set(topicId, before);
    return draft?.name ?? before?.name;
  }

  setPartition(record: PartitionRecord): void {
    const draft = this.#draft(record.topicId);
    draft.partitions[record.partitionId] = {
      index: record.partitionId,
      leader: record.leader,
      leaderRecoveryState: record.leaderRecoveryState,
      leaderEpoch: record.leaderEpoch,
      partitionEpoch: record.partitionEpoch,
      replicas: record.replicas,
      directories: directoriesFor(record.replicas, record.directories),
      isr: record.isr,
      removingReplicas: record.removingReplicas,
      addingReplicas: record.addingReplicas,
      eligibleLeaderReplicas: record.eligibleLeaderReplicas ?? [],
      lastKnownEligibleLeaderReplicas: record.lastKnownElr ?? [],
    };
    draft.touched.add(record.partitionId);
  }

  changePartition(record: PartitionChangeRecord): void {
    const draft = this.#draft(record.topicId);
    const before = draft.partitions[record.partitionId];
    assert(before !== undefined, `partition ${draft.name}-${record.partitionId} exists before it changes`);
    draft.partitions[record.partitionId] = changedPartition(before, record);
    draft.touched.add(record.partitionId);
  }

  /** ELR is no longer safe to rely on, of one topic or (empty name) of all. */
  clearEligibleLeaderReplicas(topicName: string): void {
    for (const topic of topicName === '' ? [...this.#everyTopic()] : [this.#byName(topicName)]) {
      if (topic === undefined) continue;
      for (const partition of topic.partitions) {
        const { eligibleLeaderReplicas: elr, lastKnownEligibleLeaderReplicas: lastKnown } = partition;
        if (elr.length === 0 && lastKnown.length === 0) continue;
        const draft = this.#draft(topic.id);
        draft.partitions[partition.index] = {
          ...partition,
          eligibleLeaderReplicas: [],
          lastKnownEligibleLeaderReplicas: [],
        };
        draft.touched.add(partition.index);
      }
    }
  }

  apply(): Topics {
    for (const { name, partitions } of this.#drafts.values())
      for (let i = 0; i < partitions.length; i++) assert(partitions[i] !== undefined, `${name} has a partition ${i}`);
    return this.#before.with(this.#drafts.values(), this.#deleted.values());
  }

  *#everyTopic(): Iterable<{ readonly id: string; readonly partitions: readonly Partition[] }> {
    yield* this.#drafts.values();
    for (const topic of this.#before) if (!this.#drafts.has(topic.id) && !this.#deleted.has(topic.id)) yield topic;
  }

  #byName(name: string): { readonly id: string; readonly partitions: readonly Partition[] } | undefined {
    for (const draft of this.#drafts.values()) if (draft.name === name) return draft;
    const before = this.#before.byName(name);
    return before !== undefined && this.#deleted.has(before.id) ? undefined : before;
  }

  #draft(topicId: string): Draft {
    const existing = this.#drafts.get(topicId);
    if (existing !== undefined) return existing;
    const before = this.#before.byId(topicId);
    assert(before !== undefined && !this.#deleted.has(topicId), `topic ${topicId} of a partition record exists`);
    const draft: Draft = {
      before,
      name: before.name,
      id: topicId,
      partitions: [...before.partitions],
      touched: new Set(),
    };
    this.#drafts.set(topicId, draft);
    return draft;
  }
}

/** Before KIP-858 records had no directories: each replica's is then unassigned. */
function directoriesFor(replicas: readonly number[], directories: readonly string[]): readonly string[] {
  return directories.length === replicas.length ? directories : replicas.map(() => ZERO_UUID);
}

/** The merge rules of Kafka's PartitionRegistration: a new leader raises the leader epoch, any change the partition epoch. */
export function changedPartition(before: Partition, record: PartitionChangeRecord): Partition {
  const newLeader = record.leader !== NO_LEADER_CHANGE;
  const replicas = record.replicas ?? before.replicas;
  return {
    index: before.index,
    leader: newLeader ? record.leader : before.leader,
    leaderRecoveryState: record.leaderRecoveryState === -1 ? before.leaderRecoveryState : record.leaderRecoveryState,
    leaderEpoch: newLeader ? before.leaderEpoch + 1 : before.leaderEpoch,
    partitionEpoch: before.partitionEpoch + 1,
    replicas,
    directories: record.directories ?? directoriesFor(replicas, before.directories),
    isr: record.isr ?? before.isr,
    removingReplicas: record.removingReplicas ?? before.removingReplicas,
    addingReplicas: record.addingReplicas ?? before.addingReplicas,
    eligibleLeaderReplicas: record.eligibleLeaderReplicas ?? before.eligibleLeaderReplicas,
    lastKnownEligibleLeaderReplicas: record.lastKnownElr ?? before.lastKnownEligibleLeaderReplicas,
  };
}
