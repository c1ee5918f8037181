/**
 * The uniform assignor where members subscribe to different topics: what has no owner goes to whoever has least, then,
 * topic by topic, partitions move from those who have most to those who have least until nothing gets better
 * (UniformHeterogeneousAssignmentBuilder). Everything else stays where it is.
 */
import { compareUuids } from '../uuid-order.ts';
import type { TopicPartitions } from '../partitions.ts';
import { addPartition, type Assignment, type AssignorInput } from './assignor.ts';

/** Going over all topics again helps little after so often. */
const MAX_ROUNDS = 16;
const NOBODY = -1;

interface Topic {
  readonly id: string;
  /** Indexes of members. */
  readonly subscribers: number[];
  /** The index of the member that gets it, by partition. */
  readonly owners: number[];
}

export function uniformHeterogeneous({ members, partitionCount }: AssignorInput): Assignment {
  const topics = new Map<string, Topic>();
  members.forEach(({ topicIds }, index) => {
    for (const id of topicIds) {
      const topic = topics.get(id) ?? newTopic(id, partitionCount(id));
      topics.set(id, topic);
      topic.subscribers.push(index);
    }
  });
  const loads = members.map(() => 0);
  members.forEach(({ topicIds, assignment }, index) => {
    const subscribed = new Set(topicIds);
    for (const [topicId, partitions] of assignment) {
      const topic = subscribed.has(topicId) ? topics.get(topicId) : undefined;
      if (topic === undefined) continue;
      for (const partition of partitions) give(topic, partition, index, loads);
    }
  });

  const ordered = [...topics.values()].sort(fullestFirst);
  for (const topic of ordered) assignUnowned(topic, loads);
  balance(
    ordered.filter(({ subscribers }) => subscribers.length > 1),
    loads,
  );

  const assigned = members.map((): TopicPartitions => new Map());
  for (const { id, owners } of ordered) {
    owners.forEach((owner, partition) => {
      const partitions = assigned[owner];
      if (partitions !== undefined) addPartition(partitions, id, partition);
    });
  }
  return new Map(members.map(({ memberId }, index) => [memberId, assigned[index] ?? new Map<string, Set<number>>()]));
}

function newTopic(id: string, partitionCount: number): Topic {
  return { id, subscribers: [], owners: Array.from({ length: partitionCount }, () => NOBODY) };
}

/** Topics with many partitions per subscriber leave least choice, so they go first. */
function fullestFirst(a: Topic, b: Topic): number {
  const perSubscriber = ({ owners, subscribers }: Topic): number => owners.length / subscribers.length;
  return perSubscriber(b) - perSubscriber(a) || a.subscribers.length - b.subscribers.length || compareUuids(a.id, b.id);
}

function give(topic: Topic, partition: number, to: number, loads: number[]): void {
  const from = topic.owners[partition] ?? NOBODY;
  if (from !== NOBODY) loads[from] = (loads[from] ?? 0) - 1;
  topic.owners[partition] = to;
  loads[to] = (loads[to] ?? 0) + 1;
}

function assignUnowned(topic: Topic, loads: number[]): void {
  if (!topic.owners.includes(NOBODY)) return;
  const scale = new Scale(topic.subscribers, loads);
  topic.owners.forEach((owner, partition) => {
    if (owner === NOBODY) give(topic, partition, scale.nextLightest(), loads);
  });
}

/** Round and round, until every topic was looked at since the last one that changed. */
function balance(topics: readonly Topic[], loads: number[]): void {
  let lastChanged = -1;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    for (const [index, topic] of topics.entries()) {
      if (index === lastChanged) return;
      if (balanceTopic(topic, loads) || lastChanged === -1) lastChanged = index;
    }
  }
}

/** Moves this topic's partitions from the heaviest subscribers to the lightest. Says whether any moved. */
function balanceTopic(topic: Topic, loads: number[]): boolean {
  const scale = new Scale(topic.subscribers, loads);
  if (scale.difference <= 1) return false;
  const movable = new Map<number, number[]>();
  topic.owners.forEach((owner, partition) => {
    const partitions = movable.get(owner);
    if (partitions === undefined) movable.set(owner, [partition]);
    else partitions.push(partition);
  });
  let hasMoved = false;
  while (!scale.isEven) {
    const heaviest = heaviestWith(scale, movable);
    if (heaviest === undefined) break;
    const partition = movable.get(heaviest)?.pop();
    const lightest = scale.nextLightest();
    // To find the heaviest and the lightest may have shown that they differ by no more than one.
    if (scale.isEven || partition === undefined) break;
    give(topic, partition, lightest, loads);
    hasMoved = true;
  }
  return hasMoved;
}

/** The heaviest member that still has a partition of the topic; those without are out. */
function heaviestWith(scale: Scale, movable: ReadonlyMap<number, readonly number[]>): number | undefined {
  for (;;) {
    const heaviest = scale.nextHeaviest();
    if (heaviest === undefined || (movable.get(heaviest)?.length ?? 0) > 0) return heaviest;
    scale.leaveOutHeaviest();
  }
}

/**
 * Members in order of what they have, from both ends: the lightest are filled up to a level that rises, the heaviest
 * emptied down to one that sinks, each in turn. The caller gives the member that it is told a partition, or takes one away.
 */
class Scale {
  readonly #members: number[];
  readonly #loads: readonly number[];
  /** Those before `#lightEnd` have reached the level, or will when it is their turn. */
  #lightLevel: number;
  #lightEnd = 0;
  #nextLight = 0;
  /** Those from `#heavyStart` up to `#heavyEnd`; beyond it are those left out. */
  #heavyLevel: number;
  #heavyStart: number;
  #heavyEnd: number;
  #nextHeavy: number;

  constructor(members: readonly number[], loads: readonly number[]) {
    this.#loads = loads;
    this.#members = [...members].sort((a, b) => (loads[a] ?? 0) - (loads[b] ?? 0) || a - b);
    this.#lightLevel = this.#load(0) - 1;
    this.#heavyLevel = this.#load(this.#members.length - 1) + 1;
    this.#heavyStart = this.#heavyEnd = this.#members.length;
    this.#nextHeavy = this.#members.length - 1;
  }

  get difference(): number {
    return this.#load(this.#members.length - 1) - this.#load(0);
  }

  get isEven(): boolean {
    return this.#heavyLevel - this.#lightLevel <= 1;
  }

  nextLightest(): number {
    if (this.#nextLight >= this.#lightEnd) {
      this.#lightLevel++;
      while (this.#lightEnd < this.#members.length && this.#load(this.#lightEnd) === this.#lightLevel) this.#lightEnd++;
      this.#nextLight = 0;
    }
    return this.#members[this.#nextLight++] ?? NOBODY;
  }

  /** Undefined when all were left out. */
  nextHeaviest(): number | undefined {
    if (this.#nextHeavy < this.#heavyStart) {
      const isEmpty = this.#heavyEnd <= this.#heavyStart && this.#heavyStart > 0;
      this.#heavyLevel = isEmpty ? this.#load(this.#heavyStart - 1) : this.#heavyLevel - 1;
      while (this.#heavyStart > 0 && this.#load(this.#heavyStart - 1) === this.#heavyLevel) this.#heavyStart--;
      this.#nextHeavy = this.#heavyEnd - 1;
    }
    return this.#nextHeavy < 0 ? undefined : this.#members[this.#nextHeavy--];
  }

  /** Whom `nextHeaviest` told last has nothing to give. */
  leaveOutHeaviest(): void {
    const at = this.#nextHeavy + 1;
    const last = this.#heavyEnd - 1;
    const members = this.#members;
    [members[at], members[last]] = [members[last] ?? NOBODY, members[at] ?? NOBODY];
    this.#heavyEnd--;
  }

  #load(at: number): number {
    return this.#loads[this.#members[at] ?? NOBODY] ?? 0;
  }
}
