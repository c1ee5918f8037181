import { describe, expect, test } from '@jest/globals';
import { assert, SeededRandom, ZERO_UUID } from '../base/index.ts';
import type { GroupReply } from './group-requests.ts';
import { type Asked, SimulatedGroups, subscription } from './simulated-groups.check.ts';

const SEEDS = 250;
const STEPS = 120;
const GROUPS = ['first', 'second'];
const INSTANCES = [null, null, 'one', 'two'];
const PROTOCOLS = [['range'], ['range', 'sticky'], ['sticky', 'range'], ['sticky']];

/** What a client knows of itself; often out of date, sometimes made up. */
interface Client {
  group: string;
  memberId: string;
  generationId: number;
  instance: string | null;
  asked: Asked<'joinGroup'> | undefined;
}

/** Clients that do anything at any time, to a coordinator that must keep its promises. */
class Chaos {
  readonly random: SeededRandom;
  readonly groups: SimulatedGroups;
  readonly clients: Client[];

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
    this.groups = new SimulatedGroups(
      {
        initialRebalanceDelayMs: this.random.pick([1, 500, 3000]),
        maxSize: this.random.pick([2, 4, 100]),
        maxRecordBytes: this.random.pick([1500, 1_000_000]),
        offsetsRetentionMs: this.random.pick([5000, 500_000]),
        offsetsRetentionCheckIntervalMs: 7000,
      },
      seed,
    );
    this.clients = Array.from({ length: 7 }, () => ({
      group: this.random.pick(GROUPS),
      memberId: '',
      generationId: -1,
      instance: this.random.pick(INSTANCES),
      asked: undefined,
    }));
  }

  step(): void {
    const { random, groups } = this;
    const client = random.pick(this.clients);
    this.#learn(client);
    const what = random.below(100);
    if (what < 35) this.#join(client);
    else if (what < 55) this.#sync(client);
    else if (what < 65) groups.heartbeat(client);
    else if (what < 70)
      groups.leave([client, { instance: random.pick(['one', 'two']) }].slice(random.below(2)), client.group);
    else if (what < 80) this.#commit(client);
    else if (what < 83) groups.describe(client.group);
    else if (what < 84) groups.list();
    else if (what < 85) groups.ask('deleteGroup', { groupId: client.group });
    else if (what < 86) groups.ask('deletedTopics', { topics: [random.pick(['orders', 'payments'])] });
    else if (what < 87) this.#deleteOffset(client);
    else if (what < 99) groups.advance(random.pick([0, 1, 100, 1000, 5000, 20_000]));
    else this.#moveCoordinator();
  }

  #learn(client: Client): void {
    const response = client.asked?.response;
    if (response === undefined) return;
    client.asked = undefined;
    if (response.errorCode === 0 || response.errorCode === 79) client.memberId = response.memberId;
    if (response.errorCode === 0) client.generationId = response.generationId ?? -1;
    if (response.errorCode === 25 || response.errorCode === 82) client.memberId = '';
  }

  #join(client: Client): void {
    const { random } = this;
    if (random.chance(10)) client.memberId = random.pick(['', 'stranger', random.pick(this.clients).memberId]);
    client.asked = this.groups.join({
      ...client,
      version: random.below(10),
      protocols: random.pick(PROTOCOLS),
      protocolType: random.chance(95) ? 'consumer' : 'connect',
      metadata: random.chance(80)
        ? subscription([random.pick(['orders', 'payments'])])
        : random.bytes(random.below(20)),
      sessionTimeoutMs: random.pick([6000, 10_000, 60_000]),
      rebalanceTimeoutMs: random.pick([500, 2000, 10_000]),
    });
  }

  #sync(client: Client): void {
    const { random } = this;
    const generationId = client.generationId + (random.chance(10) ? 1 : 0);
    const parts = this.clients.map(({ memberId }) => [memberId, 'x'.repeat(random.pick([1, 20, 400]))] as const);
    this.groups.sync({ ...client, generationId }, Object.fromEntries(parts), 4);
  }

  #commit(client: Client): void {
    const { random } = this;
    this.groups.commit(random.below(1000), {
      ...(random.chance(70) ? client : { group: client.group }),
      topic: random.pick(['orders', 'payments']),
      partition: random.below(3),
      retentionTimeMs: random.pick([-1, -1, 3000]),
      topicId: ZERO_UUID,
    });
  }

  #deleteOffset({ group }: Client): void {
    const topics = [{ name: 'orders', partitions: [{ partitionIndex: this.random.below(3) }] }];
    this.groups.ask('offsetDelete', { groupId: group, topics });
  }

  #moveCoordinator(): void {
    const before = this.groups.hard;
    this.groups.moveCoordinator();
    expect(this.groups.hard).toEqual(before);
  }
}

function checkInvariants({ groups }: Chaos): void {
  const { soft, hard, now, waiting, wakeAt, lastReplies } = groups;
  assert(wakeAt !== undefined && wakeAt >= now, 'whatever is due is done, and the next thing is known');
  const expected = new Set<number>();
  for (const [groupId, group] of soft.classic) {
    const members = [...group.members.values()];
    const joining = members.flatMap(({ waitingJoin }) => waitingJoin ?? []);
    const syncing = members.flatMap(({ waitingSync }) => waitingSync ?? []);
    for (const { ticket } of [...joining, ...syncing]) expected.add(ticket);
    assert(group.waitingJoins === joining.length, 'joins that wait are counted');
    assert(
      joining.length === 0 || (group.state === 'PreparingRebalance' && group.joinDeadline.atMs < Infinity),
      'a join has a deadline',
    );
    assert(
      syncing.length === 0 || (group.state === 'CompletingRebalance' && group.syncDeadline.atMs < Infinity),
      'a sync has a deadline',
    );
    assert(
      group.pendingSync.size === 0 || group.state === 'PreparingRebalance' || group.syncDeadline.atMs < Infinity,
      'who is to sync has a deadline',
    );
    for (const member of members) {
      const isWatched = member.session.atMs < Infinity;
      assert(
        isWatched || member.waitingJoin !== undefined || member.waitingSync !== undefined,
        'a member is watched, or waits',
      );
    }
    const isEmpty = members.length === 0;
    assert(
      isEmpty === (group.state === 'Empty') || group.state === 'PreparingRebalance',
      'an empty group has no members',
    );
    assert(isEmpty ? group.leaderId === null : group.members.has(group.leaderId ?? ''), 'the leader is a member');
    const statics = members.flatMap(({ groupInstanceId, memberId }) =>
      groupInstanceId === null ? [] : [[groupInstanceId, memberId] as const],
    );
    assert(new Set(statics.map(([instance]) => instance)).size === statics.length, 'one member per instance');
    assert(
      statics.length === group.staticMembers.size &&
        statics.every(([instance, id]) => group.staticMembers.get(instance) === id),
      'static members are known by instance',
    );
    assert(
      [...group.pendingMembers.keys()].every((id) => !group.members.has(id)),
      'an id is pending or a member',
    );
    assert(hard.groups.has(groupId), 'every group is in the log');
    if (group.state !== 'Stable') continue;
    const written = { ...hard.groups.get(groupId)?.metadata, currentStateTimestamp: 0 };
    assert(
      JSON.stringify(written) === JSON.stringify({ ...group.metadata(), currentStateTimestamp: 0 }),
      'a stable group is what is written',
    );
  }
  for (const [groupId, { metadata }] of hard.groups)
    assert(metadata === undefined || metadata.members.length === 0 || soft.classic.has(groupId), 'members are watched');
  assert(
    expected.size === waiting.size && [...waiting.keys()].every((ticket) => expected.has(ticket)),
    'no ticket is forgotten',
  );
  checkGenerations(
    groups,
    lastReplies.map(([, reply]) => reply),
  );
}

/** Joins that are answered together name one leader, and it alone sees the others. */
function checkGenerations(groups: SimulatedGroups, replies: readonly GroupReply[]): void {
  const leaders = new Map<string, string>();
  for (const reply of replies) {
    if (reply.api !== 'joinGroup' || reply.response.errorCode !== 0) continue;
    const { memberId, generationId = -1, leader, members } = reply.response;
    const group = [...groups.soft.classic.values()].find(({ members: all }) => all.has(memberId));
    assert(group !== undefined && group.generationId === generationId, 'who has joined is a member of the generation');
    assert((leaders.get(group.groupId) ?? leader) === leader, 'a generation has one leader');
    leaders.set(group.groupId, leader);
    assert(members.length === 0 || leader === memberId, 'only the leader sees everyone');
    assert(members.length === 0 || members.length === group.members.size, 'the leader sees everyone');
  }
}

describe('whatever clients do', () => {
  test(`${SEEDS} seeds: promises hold after every step, and the log alone makes the same state`, () => {
    const seen = new Set<number>();
    for (let seed = 1; seed <= SEEDS; seed++) {
      const chaos = new Chaos(seed);
      let step = 0;
      try {
        for (; step < STEPS; step++) {
          chaos.step();
          checkInvariants(chaos);
          for (const [, { response }] of chaos.groups.lastReplies)
            if ('errorCode' in response && typeof response.errorCode === 'number') seen.add(response.errorCode);
        }
        expect(chaos.groups.replayed()).toEqual(chaos.groups.hard);
        // Left alone, everyone is answered.
        chaos.groups.advance(1_000_000);
        expect(chaos.groups.waiting.size).toBe(0);
      } catch (cause) {
        throw new Error(`seed ${seed}, step ${step}: ${String(cause)}`, { cause });
      }
    }
    // These runs do get somewhere: groups form, are full, too large, fenced, deleted.
    expect([...seen].sort((a, b) => a - b)).toEqual([-1, 0, 22, 23, 25, 27, 68, 69, 79, 81, 82]);
  });
});
