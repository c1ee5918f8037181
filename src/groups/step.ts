import type { Reading, Ticket } from '../coordinator/index.ts';
import { ClassicGroup } from './classic-group.ts';
import { deadline, Deadlines, type Deadline } from './deadlines.ts';
import type { GroupRecord } from './group-records.ts';
import type { GroupApi, GroupApis, GroupReply, GroupsConfig, GroupsEnvironment } from './group-requests.ts';
import type { Groups } from './group-state.ts';

/** What can fall due. */
export type Due =
  | { readonly kind: 'session'; readonly group: ClassicGroup; readonly memberId: string }
  | { readonly kind: 'join'; readonly group: ClassicGroup }
  | { readonly kind: 'sync'; readonly group: ClassicGroup }
  | { readonly kind: 'expiry' };

/** What a coordinator knows beyond the log. */
export interface GroupsSoft {
  /** All groups with members, and any others that were touched. What else the log has is empty. */
  readonly classic: Map<string, ClassicGroup>;
  readonly deadlines: Deadlines<Due>;
  /** When to look for expired offsets next. */
  readonly expiry: Deadline<Due>;
}

export function emptySoft(): GroupsSoft {
  return { classic: new Map(), deadlines: new Deadlines(), expiry: deadline({ kind: 'expiry' }) };
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

  /** The group as it is, to look at; undefined if there is none. */
  group(groupId: string): ClassicGroup | undefined {
    const known = this.soft.classic.get(groupId);
    if (known !== undefined) return known;
    const written = this.hard.groups.get(groupId);
    return written && ClassicGroup.restored(groupId, written.metadata);
  }

  /** The group, to change. */
  adopt(group: ClassicGroup): void {
    this.soft.classic.set(group.groupId, group);
  }

  writeGroup(group: ClassicGroup): void {
    this.records.push({ type: 'groupMetadata', groupId: group.groupId, value: group.metadata() });
  }

  /** The group is gone, with whoever was about to join it. */
  dropGroup(groupId: string): void {
    this.records.push({ type: 'groupMetadata', groupId, value: null });
    const group = this.soft.classic.get(groupId);
    if (group === undefined) return;
    for (const pending of group.pendingMembers.values()) this.soft.deadlines.cancel(pending);
    this.soft.classic.delete(groupId);
  }
}
