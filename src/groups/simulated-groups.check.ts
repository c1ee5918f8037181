/** A coordinator whose time the test moves, for the specifications beside it. */
import { SeededRandom, ZERO_UUID } from '../base/index.ts';
import type { Reading, Ticket } from '../coordinator/index.ts';
import type { GroupRecord } from './group-records.ts';
import { groupRecordSerializer } from './group-record-serializer.ts';
import type { GroupApi, GroupApis, GroupReply, GroupRequest, GroupsConfig } from './group-requests.ts';
import type { Groups } from './group-state.ts';
import { groupsMachine, type GroupsMachine } from './groups-machine.ts';
import { SimulatedTopics } from './simulated-topics.check.ts';
import type { GroupsSoft } from './step.ts';

export const GROUP = 'orders-readers';
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** Of records outside of transactions. */
export const NO_PRODUCER = { producerId: -1, producerEpoch: -1, isControl: false };

const defaults: GroupsConfig = {
  minSessionTimeoutMs: 6000,
  maxSessionTimeoutMs: 1_800_000,
  initialRebalanceDelayMs: 3000,
  maxSize: 2 ** 31 - 1,
  maxRecordBytes: 1_048_588,
  offsetMetadataMaxBytes: 4096,
  offsetsRetentionMs: 7 * 24 * HOUR,
  offsetsRetentionCheckIntervalMs: 10 * MINUTE,
  consumer: {
    assignors: ['uniform', 'range'],
    maxSize: 2 ** 31 - 1,
    migration: { upgrade: true, downgrade: true },
    regexRefreshIntervalMs: 10 * MINUTE,
    sessionTimeoutMs: () => 45_000,
    heartbeatIntervalMs: () => 5000,
    assignmentIntervalMs: () => 0,
  },
};

/** A request that was sent; its answer comes now or later. */
export class Asked<A extends GroupApi> {
  response: GroupApis[A]['response'] | undefined;

  get isAnswered(): boolean {
    return this.response !== undefined;
  }

  get answer(): GroupApis[A]['response'] {
    if (this.response === undefined) throw new Error('not answered yet');
    return this.response;
  }
}

export interface JoinOptions {
  readonly memberId?: string;
  readonly instance?: string | null;
  readonly version?: number;
  readonly group?: string;
  readonly clientId?: string;
  readonly protocolType?: string;
  /** Names of protocols, most wanted first; the metadata of each subscribes to `topics`. */
  readonly protocols?: readonly string[];
  readonly topics?: readonly string[];
  readonly metadata?: Buffer;
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
}

export interface BeatOptions {
  readonly memberId?: string;
  readonly epoch?: number;
  readonly instance?: string;
  readonly version?: number;
  readonly group?: string;
  readonly clientId?: string;
  readonly topics?: string[];
  readonly regex?: string;
  readonly assignor?: string;
  readonly rebalanceTimeoutMs?: number;
  /** What it says it owns, by topic name; not said: as before. */
  readonly owns?: Readonly<Record<string, number[]>>;
}

/** A member as its client knows it. */
export interface Joined {
  readonly memberId: string;
  readonly generationId: number;
  readonly instance: string | null;
  readonly group: string;
}

export class SimulatedGroups {
  readonly config: GroupsConfig;
  readonly log: GroupRecord[] = [];
  now = 1_700_000_000_000;
  wakeAt: number | undefined;
  hard: Groups;
  soft: GroupsSoft;
  readonly waiting = new Map<Ticket, Asked<GroupApi>>();
  /** The replies of the last step. */
  lastReplies: readonly (readonly [Ticket, GroupReply])[] = [];
  readonly topics = new SimulatedTopics();
  #machine: GroupsMachine;
  #seed: number;
  #ticket = 0;

  constructor(config: Partial<GroupsConfig> = {}, seed = 1) {
    this.config = { ...defaults, ...config };
    this.#seed = seed;
    this.#machine = this.#newMachine(seed);
    this.hard = this.#machine.hard();
    this.soft = this.#machine.soft(this.#reading(), this.now);
    this.#step();
  }

  ask<A extends GroupApi>(api: A, request: GroupApis[A]['request'], { version = 5, clientId = 'app' } = {}): Asked<A> {
    const asked = new Asked<A>();
    const ticket = ++this.#ticket;
    this.waiting.set(ticket, asked);
    const context = { version, clientId, clientHost: '/127.0.0.1' };
    this.#step(ticket, { api, request, context } as GroupRequest);
    return asked;
  }

  join(options: JoinOptions = {}): Asked<'joinGroup'> {
    const { version = 5, clientId = 'app', protocols = ['range'], topics = ['orders'] } = options;
    const metadata = options.metadata ?? subscription(topics);
    const request = {
      groupId: options.group ?? GROUP,
      sessionTimeoutMs: options.sessionTimeoutMs ?? 10_000,
      rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? MINUTE,
      memberId: options.memberId ?? '',
      groupInstanceId: options.instance ?? null,
      protocolType: options.protocolType ?? 'consumer',
      protocols: protocols.map((name) => ({ name, metadata })),
      reason: null,
    };
    return this.ask('joinGroup', request, { version, clientId });
  }

  /** Joins the way a client does, with the id it is told if it is told one. */
  enter(options: JoinOptions = {}): Asked<'joinGroup'> {
    const asked = this.join(options);
    if (asked.response?.errorCode !== 79) return asked;
    return this.join({ ...options, memberId: asked.answer.memberId });
  }

  sync(member: Joined, assignments: Readonly<Record<string, string>> = {}, version = 5): Asked<'syncGroup'> {
    const request = {
      groupId: member.group,
      generationId: member.generationId,
      memberId: member.memberId,
      groupInstanceId: member.instance,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments: Object.entries(assignments).map(([memberId, text]) => ({ memberId, assignment: Buffer.from(text) })),
    };
    return this.ask('syncGroup', request, { version });
  }

  heartbeat(member: Joined): number {
    const { memberId, generationId, instance, group } = member;
    const request = { groupId: group, generationId, memberId, groupInstanceId: instance };
    return this.ask('heartbeat', request).answer.errorCode;
  }

  /** A heartbeat of a member of the consumer protocol; it joins unless it says its epoch. */
  beat(options: BeatOptions = {}): GroupApis['consumerGroupHeartbeat']['response'] {
    const { epoch = 0, owns } = options;
    const isJoining = epoch === 0;
    const request = {
      groupId: options.group ?? GROUP,
      memberId: options.memberId ?? 'a',
      memberEpoch: epoch,
      instanceId: options.instance ?? null,
      rackId: null,
      rebalanceTimeoutMs: isJoining ? (options.rebalanceTimeoutMs ?? MINUTE) : -1,
      subscribedTopicNames: options.topics ?? (isJoining && options.regex === undefined ? ['orders'] : null),
      subscribedTopicRegex: options.regex ?? null,
      serverAssignor: options.assignor ?? null,
      topicPartitions:
        owns === undefined
          ? isJoining
            ? []
            : null
          : Object.entries(owns).map(([name, partitions]) => ({ topicId: this.topics.id(name), partitions })),
    };
    const { version = 1, clientId = 'app' } = options;
    return this.ask('consumerGroupHeartbeat', request, { version, clientId }).answer;
  }

  /** What a heartbeat's answer assigns, by topic name; undefined where it says nothing of it. */
  assigned({ assignment }: GroupApis['consumerGroupHeartbeat']['response']): Record<string, number[]> | undefined {
    const names = new Map([...this.topics.image.topics].map(({ id, name }) => [id, name]));
    if (assignment === null || assignment === undefined) return undefined;
    const listed = assignment.topicPartitions.map(({ topicId, partitions }): [string, number[]] => [
      names.get(topicId) ?? topicId,
      [...partitions],
    ]);
    return Object.fromEntries(listed);
  }

  consumerGroup(group = GROUP): GroupApis['describeConsumerGroup']['response'] {
    return this.ask('describeConsumerGroup', { groupId: group }).answer;
  }

  /** The error of each. */
  leave(members: readonly { memberId?: string; instance?: string | null }[], group = GROUP): number[] {
    const leaving = members.map(({ memberId = '', instance = null }) => ({
      memberId,
      groupInstanceId: instance,
      reason: null,
    }));
    const { answer } = this.ask('leaveGroup', { groupId: group, memberId: '', members: leaving });
    return (answer.members ?? []).map(({ errorCode }) => errorCode);
  }

  /** The error of the partition. */
  commit(
    offset: number,
    by: Partial<Joined> & {
      topic?: string;
      topicId?: string;
      partition?: number;
      metadata?: string | null;
      leaderEpoch?: number;
      retentionTimeMs?: number;
      version?: number;
    } = {},
  ): number {
    const request = {
      groupId: by.group ?? GROUP,
      generationIdOrMemberEpoch: by.generationId ?? -1,
      memberId: by.memberId ?? '',
      groupInstanceId: by.instance ?? null,
      retentionTimeMs: by.retentionTimeMs ?? -1,
      topics: [
        {
          name: by.topic ?? 'orders',
          topicId: by.topicId ?? ZERO_UUID,
          partitions: [
            {
              partitionIndex: by.partition ?? 0,
              committedOffset: offset,
              committedLeaderEpoch: by.leaderEpoch ?? -1,
              committedMetadata: by.metadata === undefined ? '' : by.metadata,
            },
          ],
        },
      ],
    };
    const { answer } = this.ask('offsetCommit', request, { version: by.version ?? 8 });
    return answer.topics[0]?.partitions[0]?.errorCode ?? -2;
  }

  /** Everything committed, as `topic-partition` to offset. */
  offsets(group = GROUP): Record<string, number> {
    const request = { groupId: group, memberId: null, memberEpoch: -1, topics: null, requireStable: false };
    const { topics } = this.ask('offsetFetch', request).answer;
    return Object.fromEntries(
      topics.flatMap(({ name, partitions }) =>
        partitions.map(({ partitionIndex, committedOffset }) => [`${name}-${partitionIndex}`, committedOffset]),
      ),
    );
  }

  describe(group = GROUP, version = 6): GroupApis['describeGroup']['response'] {
    return this.ask('describeGroup', { groupId: group }, { version }).answer;
  }

  /** The group's state, Dead if there is none. */
  state(group = GROUP): string {
    return this.describe(group).groupState;
  }

  list(statesFilter: string[] = [], typesFilter: string[] = []): GroupApis['listGroups']['response']['groups'] {
    return this.ask('listGroups', { statesFilter, typesFilter }).answer.groups;
  }

  /** A stable group of as many members; the first is its leader. */
  stable(count: number, options: JoinOptions = {}, instances: readonly string[] = []): Joined[] {
    const joins = Array.from({ length: count }, (_, i) => {
      const instance = instances[i] ?? null;
      return { instance, asked: this.enter({ ...options, instance, clientId: `client-${i}` }) };
    });
    this.advance(this.config.initialRebalanceDelayMs);
    if (!joins.every(({ asked }) => asked.isAnswered)) this.advance(this.config.initialRebalanceDelayMs);
    const members = joins.map(({ asked, instance }) => joinedAs(asked, { instance, group: options.group ?? GROUP }));
    for (const member of members.slice(1)) this.sync(member, {}, 4);
    const [leader] = members;
    if (leader === undefined) throw new Error('a group has members');
    this.sync(leader, Object.fromEntries(members.map(({ memberId }, i) => [memberId, `part ${i}`])), 4);
    return members;
  }

  /** Moves time on, ticking whenever the coordinator asked for it. */
  advance(ms: number): void {
    const end = this.now + ms;
    while (this.wakeAt !== undefined && this.wakeAt <= end) {
      this.now = Math.max(this.now, this.wakeAt);
      this.#step();
    }
    this.now = end;
  }

  /** Another broker takes over, with nothing but the log's bytes. Whoever waited is told so by their old coordinator. */
  moveCoordinator(): void {
    this.waiting.clear();
    const records = this.log.map((record) => groupRecordSerializer.toRecord(record));
    this.#machine = this.#newMachine((this.#seed += 1_000_003));
    this.hard = this.#machine.hard();
    records.forEach(({ key, value, origin = NO_PRODUCER }, offset) => {
      const record = groupRecordSerializer.fromRecord(key, value, origin);
      if (record !== undefined) this.#machine.replay(this.hard, record, { offset });
    });
    this.soft = this.#machine.soft(this.#reading(), this.now);
    this.wakeAt = undefined;
    this.#step();
  }

  /** What the log alone makes of it. */
  replayed(): Groups {
    const hard = this.#machine.hard();
    this.log.forEach((record, offset) => this.#machine.replay(hard, record, { offset }));
    return hard;
  }

  #newMachine(seed: number): GroupsMachine {
    const { topics } = this;
    return groupsMachine(this.config, {
      random: new SeededRandom(seed),
      image: () => topics.image,
      newestTopicAt: () => topics.newestAt,
    });
  }

  #reading(): Reading<Groups> {
    return this.hard;
  }

  #step(ticket?: Ticket, request?: GroupRequest): void {
    const input =
      ticket === undefined || request === undefined
        ? ({ kind: 'tick' } as const)
        : ({ kind: 'request', ticket, request } as const);
    const { records = [], replies = [], wakeAt } = this.#machine.handle(this.#reading(), this.soft, input, this.now);
    for (const record of records) {
      this.#machine.replay(this.hard, record, { offset: this.log.length });
      this.log.push(record);
    }
    if (wakeAt !== undefined) this.wakeAt = wakeAt;
    this.lastReplies = replies;
    for (const [answered, { response }] of replies) {
      const asked = this.waiting.get(answered);
      if (asked === undefined) throw new Error(`ticket ${answered} is answered twice, or was never given`);
      asked.response = response;
      this.waiting.delete(answered);
    }
  }
}

export function joinedAs(
  asked: Asked<'joinGroup'>,
  { instance = null, group = GROUP }: { instance?: string | null; group?: string } = {},
): Joined {
  const { errorCode, memberId, generationId = -1 } = asked.answer;
  if (errorCode !== 0) throw new Error(`joining failed: ${errorCode}`);
  return { memberId, generationId, instance, group };
}

/** Version 0 of a consumer's subscription. */
export function subscription(topics: readonly string[]): Buffer {
  const head = Buffer.alloc(6);
  head.writeInt32BE(topics.length, 2);
  const names = topics.map((topic) => {
    const length = Buffer.alloc(2);
    length.writeInt16BE(Buffer.byteLength(topic));
    return Buffer.concat([length, Buffer.from(topic)]);
  });
  return Buffer.concat([head, ...names, Buffer.from([0xff, 0xff, 0xff, 0xff])]);
}
