import { assert } from '../base/index.ts';
import type { Reading, Ticket } from '../coordinator/index.ts';
import type { GroupMetadataValue } from '../wire/messages/logs/index.ts';
import { deadline, type Deadline } from './deadlines.ts';
import { inHashMapOrder, javaHashCode } from '../coordinator/index.ts';
import type { Due } from './step.ts';
import { CONSUMER_PROTOCOL_TYPE, subscribedTopics } from './subscription.ts';

/** As Kafka shows them. A dead group is one that is not there. */
export type ClassicGroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable';

/** A JoinGroup or SyncGroup that is to be answered later. */
export interface Waiting {
  readonly ticket: Ticket;
  readonly version: number;
}

export interface Protocol {
  readonly name: string;
  readonly metadata: Buffer;
}

export interface Member {
  readonly memberId: string;
  /** Not null: a static member (KIP-345). */
  readonly groupInstanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  rebalanceTimeoutMs: number;
  sessionTimeoutMs: number;
  /** Most wanted first. */
  protocols: readonly Protocol[];
  assignment: Buffer;
  /** Until its first JoinGroup is answered: it can't send heartbeats, so only a join timeout watches it. */
  isNew: boolean;
  waitingJoin: Waiting | undefined;
  waitingSync: Waiting | undefined;
  readonly session: Deadline<Due>;
}

/** How the first rebalance of an empty group is delayed: this long now, and so much may be left after that. */
export interface InitialDelay {
  readonly delayMs: number;
  readonly remainingMs: number;
}

const NOTHING = Buffer.alloc(0);

/**
 * A classic group as its coordinator knows it: soft state. The log has only what was last written of it (see
 * `metadata`), and that is what a new coordinator begins with.
 */
export class ClassicGroup {
  readonly groupId: string;
  state: ClassicGroupState = 'Empty';
  previousState: ClassicGroupState = 'Empty';
  /** When the state was entered; undefined for a group whose record is too old to tell. */
  stateTimestampMs: number | undefined;
  generationId = 0;
  /** Null for a group that only ever committed offsets. */
  protocolType: string | null = null;
  protocolName: string | null = null;
  leaderId: string | null = null;
  /** Members by id, in order of arrival. */
  readonly members = new Map<string, Member>();
  /** Member ids by group instance id. */
  readonly staticMembers = new Map<string, string>();
  /** Ids that were given out (KIP-394) and did not come back yet, until their session would have ended. */
  readonly pendingMembers = new Map<string, Deadline<Due>>();
  /** Members of this generation that did not send SyncGroup yet. */
  readonly pendingSync = new Set<string>();
  /** Topics all members subscribe to; undefined where that isn't known. */
  subscribedTopics: ReadonlySet<string> | undefined;
  initialDelay: InitialDelay | undefined;
  /** A reason to delay an initial rebalance further. */
  newMemberAdded = false;
  readonly joinDeadline: Deadline<Due>;
  readonly syncDeadline: Deadline<Due>;
  #waitingJoins = 0;
  /** How many members support a protocol. */
  readonly #supported = new Map<string, number>();

  constructor(groupId: string, stateTimestampMs: number | undefined) {
    this.groupId = groupId;
    this.stateTimestampMs = stateTimestampMs;
    this.joinDeadline = deadline({ kind: 'join', group: this });
    this.syncDeadline = deadline({ kind: 'sync', group: this });
  }

  /** The group as it was when last written: stable with its members, or empty. */
  static restored(groupId: string, written: Reading<GroupMetadataValue> | undefined): ClassicGroup {
    const timestampMs = written?.currentStateTimestamp ?? -1;
    const group = new ClassicGroup(groupId, timestampMs === -1 ? undefined : timestampMs);
    if (written === undefined) return group;
    for (const member of written.members) {
      group.add(
        group.member({
          memberId: member.memberId,
          groupInstanceId: member.groupInstanceId,
          clientId: member.clientId,
          clientHost: member.clientHost,
          rebalanceTimeoutMs: member.rebalanceTimeout === -1 ? member.sessionTimeout : member.rebalanceTimeout,
          sessionTimeoutMs: member.sessionTimeout,
          protocols: [{ name: written.protocol ?? '', metadata: member.subscription }],
          assignment: member.assignment,
        }),
        written.protocolType,
      );
    }
    group.state = group.previousState = group.members.size === 0 ? 'Empty' : 'Stable';
    group.generationId = written.generation;
    group.protocolType = written.protocolType === '' ? null : written.protocolType;
    group.protocolName = written.protocol;
    group.leaderId = written.leader;
    group.#noteSubscriptions();
    return group;
  }

  /** A stable group of consumers that agree on a protocol; what they are assigned is to be set. */
  static ofConsumers(
    groupId: string,
    generationId: number,
    members: readonly Parameters<ClassicGroup['member']>[0][],
    now: number,
  ): ClassicGroup {
    const group = new ClassicGroup(groupId, now);
    for (const member of members) group.add(group.member(member), CONSUMER_PROTOCOL_TYPE);
    group.state = group.previousState = 'Stable';
    group.generationId = generationId;
    group.protocolName = group.selectProtocol();
    group.#noteSubscriptions();
    return group;
  }

  /** What is written of the group: a GroupMetadata record's value. */
  metadata(): GroupMetadataValue {
    return {
      protocolType: this.protocolType ?? '',
      generation: this.generationId,
      protocol: this.protocolName,
      leader: this.leaderId,
      currentStateTimestamp: this.stateTimestampMs ?? -1,
      members: [...this.members.values()].map((member) => ({
        memberId: member.memberId,
        groupInstanceId: member.groupInstanceId,
        clientId: member.clientId,
        clientHost: member.clientHost,
        rebalanceTimeout: member.rebalanceTimeoutMs,
        sessionTimeout: member.sessionTimeoutMs,
        subscription: this.metadataOf(member),
        assignment: member.assignment,
      })),
    };
  }

  member(
    from: Pick<
      Member,
      | 'memberId'
      | 'groupInstanceId'
      | 'clientId'
      | 'clientHost'
      | 'rebalanceTimeoutMs'
      | 'sessionTimeoutMs'
      | 'protocols'
    > & { assignment?: Buffer },
  ): Member {
    return {
      ...from,
      assignment: from.assignment ?? NOTHING,
      isNew: false,
      waitingJoin: undefined,
      waitingSync: undefined,
      session: deadline({ kind: 'session', group: this, memberId: from.memberId }),
    };
  }

  transitionTo(state: ClassicGroupState, now: number): void {
    this.previousState = this.state;
    this.state = state;
    this.stateTimestampMs = now;
  }

  /** How long a rebalance may take: what the most patient member grants. */
  get rebalanceTimeoutMs(): number {
    let longest = 0;
    for (const member of this.members.values()) longest = Math.max(longest, member.rebalanceTimeoutMs);
    return longest;
  }

  get usesConsumerProtocol(): boolean {
    return this.protocolType === CONSUMER_PROTOCOL_TYPE;
  }

  /** Where it isn't known what consumers subscribe to, they may subscribe to anything. */
  isSubscribedTo(topic: string): boolean {
    return this.subscribedTopics?.has(topic) ?? this.usesConsumerProtocol;
  }

  get waitingJoins(): number {
    return this.#waitingJoins;
  }

  get allMembersJoined(): boolean {
    return this.members.size === this.#waitingJoins && this.pendingMembers.size === 0;
  }

  /** Whether a member with these protocols fits in: of the group's type, and with one that all others support. */
  supports(protocolType: string, protocols: readonly { readonly name: string }[]): boolean {
    if (this.state === 'Empty') return protocolType !== '' && protocols.length > 0;
    return (
      protocolType === this.protocolType &&
      protocols.some(({ name }) => this.#supported.get(name) === this.members.size)
    );
  }

  add(member: Member, protocolType: string): void {
    assert(!this.members.has(member.memberId), 'a member joins a group once');
    if (this.members.size === 0) this.protocolType = protocolType;
    this.leaderId ??= member.memberId;
    this.members.set(member.memberId, member);
    if (member.groupInstanceId !== null) this.staticMembers.set(member.groupInstanceId, member.memberId);
    this.#count(member.protocols, 1);
    this.pendingMembers.delete(member.memberId);
  }

  /** Its waiting requests must have been answered. */
  remove(member: Member): void {
    assert(member.waitingJoin === undefined && member.waitingSync === undefined, 'nobody is forgotten');
    this.members.delete(member.memberId);
    this.#count(member.protocols, -1);
    if (member.groupInstanceId !== null) this.staticMembers.delete(member.groupInstanceId);
    if (this.leaderId === member.memberId) this.leaderId = this.members.keys().next().value ?? null;
    this.pendingSync.delete(member.memberId);
  }

  /** A static member came back under a new id; everything else stays as it was. */
  replace(old: Member, newMemberId: string): Member {
    assert(old.waitingJoin === undefined && old.waitingSync === undefined, 'nobody is forgotten');
    const { groupInstanceId } = old;
    assert(groupInstanceId !== null, 'only static members are replaced');
    const member = this.member({ ...old, memberId: newMemberId });
    this.members.delete(old.memberId);
    this.members.set(newMemberId, member);
    this.staticMembers.set(groupInstanceId, newMemberId);
    if (this.leaderId === old.memberId) this.leaderId = newMemberId;
    if (this.pendingSync.delete(old.memberId)) this.pendingSync.add(newMemberId);
    return member;
  }

  setProtocols(member: Member, protocols: readonly Protocol[]): void {
    this.#count(member.protocols, -1);
    member.protocols = protocols;
    this.#count(protocols, 1);
  }

  setWaitingJoin(member: Member, waiting: Waiting | undefined): void {
    this.#waitingJoins += Number(waiting !== undefined) - Number(member.waitingJoin !== undefined);
    member.waitingJoin = waiting;
  }

  /** The protocol with the most votes among those that all members support; each votes for what it wants most. */
  selectProtocol(): string {
    const votes = new Map<string, number>();
    for (const { protocols } of this.members.values()) {
      const choice = protocols.find(({ name }) => this.#supported.get(name) === this.members.size);
      if (choice !== undefined) votes.set(choice.name, (votes.get(choice.name) ?? 0) + 1);
    }
    // Where votes are equal, the order of Java's map decides in Kafka.
    const [first, ...others] = inHashMapOrder(votes.keys(), javaHashCode);
    assert(first !== undefined, 'members share a protocol');
    const count = (name: string): number => votes.get(name) ?? 0;
    return others.reduce((best, name) => (count(name) > count(best) ? name : best), first);
  }

  /** Makes sure that the leader is one who rejoined. False if nobody did. */
  electJoinedLeader(): boolean {
    if (this.leaderId === null) return false;
    if (this.members.get(this.leaderId)?.waitingJoin !== undefined) return true;
    for (const member of this.members.values()) {
      if (member.waitingJoin === undefined) continue;
      this.leaderId = member.memberId;
      return true;
    }
    return false;
  }

  /** All who are to join have joined. */
  beginGeneration(now: number): void {
    // Kafka's generations are int32 and would come round the same way.
    this.generationId = (this.generationId + 1) | 0;
    this.protocolName = this.members.size === 0 ? null : this.selectProtocol();
    this.#noteSubscriptions();
    this.transitionTo(this.members.size === 0 ? 'Empty' : 'CompletingRebalance', now);
    this.pendingSync.clear();
  }

  /** A member's metadata for the protocol that was chosen. */
  metadataOf(member: Member): Buffer {
    return member.protocols.find(({ name }) => name === this.protocolName)?.metadata ?? NOTHING;
  }

  #noteSubscriptions(): void {
    this.subscribedTopics = this.#subscriptions();
  }

  #subscriptions(): ReadonlySet<string> | undefined {
    if (!this.usesConsumerProtocol) return undefined;
    const all = new Set<string>();
    if (this.members.size === 0) return all;
    if (this.protocolName === null) return undefined;
    for (const member of this.members.values()) {
      const topics = subscribedTopics(this.metadataOf(member));
      if (topics === undefined) return undefined;
      for (const topic of topics) all.add(topic);
    }
    return all;
  }

  #count(protocols: readonly Protocol[], change: number): void {
    for (const { name } of protocols) {
      const count = (this.#supported.get(name) ?? 0) + change;
      if (count === 0) this.#supported.delete(name);
      else this.#supported.set(name, count);
    }
  }
}
