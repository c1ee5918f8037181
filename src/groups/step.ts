import type { Reading, Ticket } from '../coordinator/index.ts';
import { ClassicGroup } from './classic-group.ts';
import type { Group } from './consumer-group.ts';
import type { GroupWatch } from './consumer-watch.ts';
import { deadline, Deadlines, type Deadline } from './deadlines.ts';
import type { GroupRecord } from './group-records.ts';
import type { GroupApi, GroupApis, GroupReply, GroupsConfig, GroupsEnvironment } from './group-requests.ts';
import type { Groups } from './group-state.ts';

/** What can fall due. */
export type Due =
  | { readonly kind: 'session'; readonly group: ClassicGroup; readonly memberId: string }
  | { readonly kind: 'join'; readonly group: ClassicGroup }
  | { readonly kind: 'sync'; readonly group: ClassicGroup }
  | { readonly kind: 'expiry' }
  | ConsumerGroupDue;

/** Decided on what the log has of the group, so a step does one of these per group. */
export type ConsumerGroupDue =
  /** It sent no heartbeat, or did not join or sync in time where it speaks the classic protocol. */
  | { readonly kind: 'consumerMember'; readonly groupId: string; readonly memberId: string }
  /** It did not give up in time what it was to give up at that epoch. */
  | {
      readonly kind: 'consumerRebalance';
      readonly groupId: string;
      readonly memberId: string;
      readonly watch: { readonly rebalanceEpoch: number };
    }
  | { readonly kind: 'consumerRegexes'; readonly groupId: string };

/** What a coordinator knows beyond the log. */
export interface GroupsSoft {
  /** All groups with members, and any others that were touched. What else the log has is empty. */
  readonly classic: Map<string, ClassicGroup>;
  /** Consumer groups, as far as they were heard of. */
  readonly consumer: Map<string, GroupWatch>;
  readonly deadlines: Deadlines<Due>;
  /** When to look for expired offsets next. */
  readonly expiry: Deadline<Due>;
}

export function emptySoft(): GroupsSoft {
  return { classic: new Map(), consumer: new Map(), deadlines: new Deadlines(), expiry: deadline({ kind: 'expiry' }) };
}

/** One input being handled: what there is to look at, and what is decided. */
export class Step {
  readonly config: GroupsConfig;
  readonly environment: GroupsEnvironment;
  readonly hard: Reading<Groups>;
  readonly soft: GroupsSoft;
  readonly now: number;
  readonly records: GroupRecord[] = [];
  readonly replies: (readonly [Ticket, GroupReply])[] = [];

  constructor(from: Pick<Step, 'config' | 'environment' | 'hard' | 'soft' | 'now'>) {
    this.config = from.config;
    this.environment = from.environment;
    this.hard = from.hard;
    this.soft = from.soft;
    this.now = from.now;
  }

  answer<A extends GroupApi>(ticket: Ticket, api: A, response: GroupApis[A]['response']): void {
    this.replies.push([ticket, { api, response } as GroupReply]);
  }

  /** The classic group as it is, to look at; undefined if there is none, or another kind of group. */
  group(groupId: string): ClassicGroup | undefined {
    const known = this.soft.classic.get(groupId);
    if (known !== undefined) return known;
    const written = this.hard.groups.get(groupId);
    if (written === undefined || written.consumer !== undefined) return undefined;
    return ClassicGroup.restored(groupId, written.metadata);
  }

  /** The consumer group as it is in the log. */
  consumerGroup(groupId: string): Group | undefined {
    return this.hard.groups.get(groupId)?.consumer;
  }

  /** The group, to change. */
  adopt(group: ClassicGroup): void {
    this.soft.classic.set(group.groupId, group);
  }

  writeGroup(group: ClassicGroup): void {
    this.records.push({ type: 'groupMetadata', groupId: group.groupId, value: group.metadata() });
  }

  /** The classic group is gone, with whoever was about to join it. */
  dropGroup(groupId: string): void {
    this.records.push({ type: 'groupMetadata', groupId, value: null });
    this.letGo(groupId);
  }

  /** What was known of the classic group beyond the log is forgotten. */
  letGo(groupId: string): void {
    const group = this.soft.classic.get(groupId);
    if (group === undefined) return;
    for (const pending of group.pendingMembers.values()) this.soft.deadlines.cancel(pending);
    this.soft.classic.delete(groupId);
  }
}
