import { describe, expect, test } from '@jest/globals';
import { assert, SeededRandom } from '../base/index.ts';
import { encodeMessage } from '../wire/index.ts';
import { ConsumerProtocolSubscription } from '../wire/messages/index.ts';
import { GROUP, SimulatedGroups, type BeatOptions } from './simulated-groups.check.ts';

const SEEDS = 50;
const STEPS = 90;
const TOPICS = ['orders', 'payments'];

type Answer = ReturnType<SimulatedGroups['beat']>;

/** A consumer as its client plays it: what it owns is what it was told, less what it was told to give up. */
interface Client {
  memberId: string;
  readonly instance: string | undefined;
  epoch: number;
  topics: string[];
  owned: Record<string, number[]>;
  /** To be said with the next heartbeat. */
  hasNews: boolean;
}

interface Options {
  /** Requests come twice, late and out of order, as no connection has them come; and some members speak the classic protocol. */
  readonly isHostile: boolean;
}

class World {
  readonly random: SeededRandom;
  readonly groups: SimulatedGroups;
  readonly clients: Client[];
  readonly #isHostile: boolean;
  /** Heartbeats that were sent before and may come once more. */
  readonly #sent: BeatOptions[] = [];
  /** What was committed and acknowledged last, as `topic-partition` to offset. */
  readonly #committed: Record<string, number> = {};
  #names = 0;

  constructor(seed: number, { isHostile }: Options) {
    this.random = new SeededRandom(seed);
    this.#isHostile = isHostile;
    const defaults = new SimulatedGroups().config.consumer;
    const { random } = this;
    const interval = random.pick([0, 1000]);
    this.groups = new SimulatedGroups(
      {
        initialRebalanceDelayMs: 100,
        consumer: {
          ...defaults,
          assignors: random.pick([['uniform', 'range'] as const, ['range', 'uniform'] as const]),
          maxSize: random.pick([3, 100]),
          migration: { upgrade: true, downgrade: random.chance(80) },
          assignmentIntervalMs: () => interval,
        },
      },
      seed,
    );
    for (const topic of TOPICS) this.groups.topics.set(topic, 1 + random.below(5));
    this.clients = Array.from({ length: 5 }, (_, i) => this.#newClient(i < 3 ? undefined : `seat ${i % 2}`));
  }

  #newClient(instance: string | undefined): Client {
    const memberId = `m${this.#names++}`;
    return { memberId, instance, epoch: 0, topics: [...TOPICS], owned: {}, hasNews: false };
  }

  step(): void {
    const { random, groups } = this;
    const client = random.pick(this.clients);
    const what = random.below(100);
    if (what < 55) this.beat(client);
    else if (what < 65) this.#commit(client);
    else if (what < 70) this.#leave(client);
    else if (what < 73) this.#restart(client);
    else if (what < 77) this.#subscribe(client);
    else if (what < 82) this.#changeTopics();
    else if (what < 92) groups.advance(random.pick([0, 1, 1000, 5000, 20_000]));
    else if (what < 95) this.#moveCoordinator();
    else if (this.#isHostile) this.#disturb();
    this.check();
  }

  /** One heartbeat, whose answer may get lost. */
  beat(client: Client): void {
    const { memberId, instance, epoch, topics } = client;
    const isJoining = epoch === 0;
    const tells = isJoining || client.hasNews || this.random.chance(50);
    const options: BeatOptions = {
      memberId,
      epoch,
      rebalanceTimeoutMs: 10_000,
      ...(instance === undefined ? {} : { instance }),
      ...(tells ? { topics, owns: isJoining ? {} : this.#existing(client.owned) } : {}),
    };
    if (isJoining) client.owned = {};
    this.#sent.push(options);
    const answer = this.groups.beat(options);
    if (this.random.chance(90)) this.#hear(client, answer);
  }

  /** Partitions of topics that are still there: others can't be named. */
  #existing(owned: Client['owned']): Client['owned'] {
    const { topics } = this.groups.topics.image;
    return Object.fromEntries(Object.entries(owned).filter(([topic]) => topics.byName(topic) !== undefined));
  }

  #hear(client: Client, answer: Answer): void {
    switch (answer.errorCode) {
      case 0:
        client.epoch = answer.memberEpoch;
        client.hasNews = false;
        break;
      case 25: // UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH: it gives everything up and begins anew.
      case 110:
        client.epoch = 0;
        client.owned = {};
        return;
      case 82: // Another has its seat.
        Object.assign(client, this.#newClient(client.instance));
        return;
      default:
        return;
    }
    const assigned = this.groups.assigned(answer);
    if (assigned === undefined) return;
    client.hasNews = JSON.stringify(assigned) !== JSON.stringify(client.owned);
    client.owned = assigned;
  }

  #leave(client: Client): void {
    const { memberId, instance, epoch } = client;
    if (epoch === 0) return;
    const isAway = instance !== undefined && this.random.chance(60);
    this.groups.beat({ memberId, epoch: isAway ? -2 : -1, ...(instance === undefined ? {} : { instance }) });
    Object.assign(client, this.#newClient(instance));
  }

  /** It comes back with another id, and nobody was told. */
  #restart(client: Client): void {
    Object.assign(client, this.#newClient(client.instance));
  }

  #subscribe(client: Client): void {
    client.topics = this.random.pick([TOPICS, ['orders'], ['payments'], []]).slice();
    client.hasNews = true;
  }

  #changeTopics(): void {
    const { random, groups } = this;
    const { topics } = groups.topics.image;
    const name = random.pick(TOPICS);
    const before = topics.byName(name)?.partitions.length ?? 0;
    if (before > 0 && this.#isHostile && random.chance(30)) {
      groups.topics.delete(name);
      groups.ask('deletedTopics', { topics: [name] });
      for (const key of Object.keys(this.#committed)) if (key.startsWith(name)) delete this.#committed[key];
    } else groups.topics.set(name, before + 1);
  }

  #commit(client: Client): void {
    const [topic] = Object.keys(this.#existing(client.owned));
    const partition = client.owned[topic ?? '']?.[0];
    if (topic === undefined || partition === undefined) return;
    const offset = this.random.below(1000);
    const topicId = this.groups.topics.id(topic);
    const { memberId, epoch: generationId } = client;
    const errorCode = this.groups.commit(offset, { memberId, generationId, topic, topicId, partition, version: 9 });
    if (errorCode === 0) this.#committed[`${topic}-${partition}`] = offset;
  }

  #moveCoordinator(): void {
    const before = this.groups.hard;
    this.groups.moveCoordinator();
    expect(this.groups.hard).toEqual(before);
  }

  #disturb(): void {
    const { random, groups } = this;
    const what = random.below(4);
    if (what === 0 && this.#sent.length > 0) {
      const late = random.pick(this.#sent);
      const owns = late.owns && this.#existing(late.owns);
      const { owns: _, ...rest } = late;
      groups.beat(owns === undefined ? rest : { ...rest, owns });
    } else if (what === 1) {
      const asked = groups.enter({ metadata: subscription(random.pick(TOPICS)), version: random.pick([3, 5, 9]) });
      const memberId = asked.response?.memberId;
      if (memberId !== undefined && asked.response?.errorCode === 0)
        groups.sync({ memberId, generationId: asked.response.generationId ?? 0, instance: null, group: GROUP });
    } else {
      const members = groups.consumerGroup().members.filter(({ memberType }) => memberType === 0);
      const [classic] = members;
      if (classic === undefined) return;
      const { memberId, memberEpoch: generationId } = classic;
      if (what === 2) groups.heartbeat({ memberId, generationId, instance: null, group: GROUP });
      else groups.join({ memberId, metadata: subscription(random.pick(TOPICS)) });
    }
  }

  check(): void {
    const { groups } = this;
    const group = groups.hard.groups.get(GROUP)?.consumer;
    const owners = new Map<string, string>();
    for (const { memberId, assigned, pendingRevocation } of group?.members.values() ?? []) {
      for (const [topicId, partitions] of [...assigned, ...pendingRevocation]) {
        for (const partition of partitions.keys()) {
          const key = `${topicId}-${partition}`;
          assert(!owners.has(key), `${key} has one owner, not ${memberId} and ${owners.get(key)}`);
          owners.set(key, memberId);
        }
      }
    }
    expect(groups.offsets()).toEqual(this.#committed);
    if (this.#isHostile) return;
    // Clients that the coordinator counts among the members own nothing that it may give to others.
    for (const { memberId, owned, epoch } of this.clients) {
      const member = group?.members.get(memberId);
      if (member === undefined || epoch === 0) continue;
      for (const [topic, partitions] of Object.entries(owned)) {
        for (const partition of partitions)
          assert(
            owners.get(`${groups.topics.id(topic)}-${partition}`) === memberId,
            `${memberId} owns ${topic}-${partition} in the coordinator's eyes too`,
          );
      }
    }
  }

  /** Clients go on without trouble: soon everyone has a share, and every partition an owner. */
  settle(): void {
    const { groups } = this;
    for (const client of this.clients) client.topics = [...TOPICS];
    for (let round = 0; round < 30; round++) {
      for (const client of this.clients) {
        const { memberId, instance, epoch, topics, owned } = client;
        const answer = groups.beat({
          memberId,
          epoch,
          topics,
          owns: epoch === 0 ? {} : this.#existing(owned),
          ...(instance === undefined ? {} : { instance }),
        });
        if (epoch === 0) client.owned = {};
        this.#hear(client, answer);
        this.check();
      }
      groups.advance(5000);
    }
    const { groupState, members } = groups.consumerGroup();
    expect(groupState).toBe('Stable');
    const given = members.flatMap(({ assignment }) =>
      assignment.topicPartitions.flatMap(({ topicName, partitions }) =>
        partitions.map((each) => `${topicName}-${each}`),
      ),
    );
    const all = [...groups.topics.image.topics].flatMap(({ name, partitions }) =>
      partitions.map(({ index }) => `${name}-${index}`),
    );
    expect(given.sort()).toEqual(all.sort());
  }
}

function subscription(topic: string): Buffer {
  const message = encodeMessage(ConsumerProtocolSubscription, 1, { topics: [topic], ownedPartitions: [] });
  return Buffer.concat([Buffer.from([0, 1]), message]);
}

describe.each([
  ['clients that lose answers, crash and come back', { isHostile: false }],
  ['requests that come twice, late, out of order and of both protocols', { isHostile: true }],
] satisfies [string, Options][])('%s', (_, options) => {
  test('no partition has two owners, no committed offset is lost, the log makes the same state, and all settles', () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const world = new World(seed, options);
      try {
        for (let step = 0; step < STEPS; step++) {
          world.step();
          expect(world.groups.hard).toEqual(world.groups.replayed());
        }
        if (!options.isHostile) world.settle();
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
    }
  });
});
