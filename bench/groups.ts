/**
 * Many consumer groups (KIP-848) on Ottla and on Apache Kafka: whether members keep their heartbeats, what these cost, and how long
 * a rebalance takes. Raw members, each on a connection of its own; prints a table.
 *
 *   node --import tsx bench/groups.ts [--groups 1000] [--members 5] [--seconds 30] [--broker ottla|apache|both]
 */
import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Broker, type BrokerKind } from '../compat-tests/brokers.ts';
import { WireClient } from '../sim/wire-client.ts';
import type { Infer, Input } from '../src/wire/index.ts';
import {
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
  CreateTopicsRequest,
  CreateTopicsResponse,
  FindCoordinatorRequest,
  FindCoordinatorResponse,
} from '../src/wire/messages/index.ts';
import { cpuSeconds, residentMiB } from './load/measure.ts';

const { values } = parseArgs({
  options: {
    groups: { type: 'string', default: '1000' },
    members: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '30' },
    broker: { type: 'string', default: 'both' },
  },
});
const groupCount = Number(values.groups);
const membersPerGroup = Number(values.members);
const seconds = Number(values.seconds);
const kinds: readonly BrokerKind[] =
  values.broker === 'ottla' ? ['ottla'] : values.broker === 'apache' ? ['apache'] : ['ottla', 'apache'];

const Heartbeat = { request: ConsumerGroupHeartbeatRequest, response: ConsumerGroupHeartbeatResponse };
const TOPIC = 'load';
const PARTITIONS = 10;
const WIDE_TOPIC = 'wide';
const WIDE_PARTITIONS = 400;
/** Members of the one group whose rebalance is timed, before another joins. */
const WIDE_MEMBERS = 100;
/** Requests under way at once while all join. */
const AT_ONCE = 32;

const configs = {
  'group.consumer.assignment.interval.ms': '0',
  'offsets.topic.replication.factor': '1',
};

class Member {
  readonly #wire: WireClient;
  readonly #groupId: string;
  readonly #topic: string;
  readonly memberId: string;
  #epoch = 0;
  #owned: Input<typeof ConsumerGroupHeartbeatRequest>['topicPartitions'] = [];
  /** It was told to own something else, and did not say yet that it does. */
  #hasNews = false;

  constructor(wire: WireClient, groupId: string, memberId: string, topic: string) {
    this.#wire = wire;
    this.#groupId = groupId;
    this.memberId = memberId;
    this.#topic = topic;
  }

  get partitions(): number {
    return (this.#owned ?? []).reduce((sum, { partitions }) => sum + partitions.length, 0);
  }

  /** Throws for an answer that is an error. Tells how long it took, ms. */
  async beat(): Promise<number> {
    const isJoining = this.#epoch === 0;
    const begun = performance.now();
    const answer: Infer<typeof ConsumerGroupHeartbeatResponse> = await this.#wire.request(Heartbeat, 1, {
      groupId: this.#groupId,
      memberId: this.memberId,
      memberEpoch: this.#epoch,
      ...(isJoining ? { rebalanceTimeoutMs: 300_000, subscribedTopicNames: [this.#topic] } : {}),
      topicPartitions: isJoining || this.#hasNews ? this.#owned : null,
    });
    const tookMs = performance.now() - begun;
    if (answer.errorCode !== 0) throw new Error(`${this.memberId}: error ${answer.errorCode}, ${answer.errorMessage}`);
    this.#epoch = answer.memberEpoch;
    this.#hasNews = answer.assignment !== null;
    if (answer.assignment !== null) this.#owned = answer.assignment.topicPartitions;
    return tookMs;
  }

  close(): void {
    this.#wire.close();
  }
}

interface Figures {
  readonly joinSeconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly beats: number;
  readonly failures: number;
  readonly cpuMsPerBeat: number;
  readonly cpuShare: number;
  readonly residentMiB: number;
  readonly rebalanceMs: number;
}

async function measure(kind: BrokerKind): Promise<Figures> {
  const broker = await Broker.start(kind, configs);
  try {
    await prepare(broker.port);
    const members = await Promise.all(
      Array.from({ length: groupCount * membersPerGroup }, async (_, i) => {
        const wire = await WireClient.connect(broker.port);
        return new Member(wire, `group-${i % groupCount}`, `member-${i}`, TOPIC);
      }),
    );
    const begun = performance.now();
    await joinAll(members, PARTITIONS * groupCount);
    const joinSeconds = (performance.now() - begun) / 1000;
    const kept = await keepBeating(members, broker.pid);
    for (const member of members) member.close();
    return {
      joinSeconds,
      ...kept,
      residentMiB: residentMiB(broker.pid).now,
      rebalanceMs: await rebalance(broker.port),
    };
  } finally {
    await broker.dispose();
  }
}

async function prepare(port: number): Promise<void> {
  const wire = await WireClient.connect(port);
  const topic = (name: string, numPartitions: number) => ({
    name,
    numPartitions,
    replicationFactor: 1,
    assignments: [],
    configs: [],
  });
  await wire.request({ request: CreateTopicsRequest, response: CreateTopicsResponse }, 7, {
    topics: [topic(TOPIC, PARTITIONS), topic(WIDE_TOPIC, WIDE_PARTITIONS)],
    timeoutMs: 30_000,
  });
  const findCoordinator = { request: FindCoordinatorRequest, response: FindCoordinatorResponse };
  for (;;) {
    const { coordinators } = await wire.request(findCoordinator, 4, { keyType: 0, coordinatorKeys: ['group-0'] });
    if (coordinators[0]?.errorCode === 0) break;
    await sleep(200);
  }
  // Apache Kafka's coordinators of the other partitions come a moment later.
  await sleep(3000);
  wire.close();
}

/** All join, and beat until every partition has its owner. */
async function joinAll(members: readonly Member[], partitions: number): Promise<void> {
  do {
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let member = members[next++]; member !== undefined; member = members[next++]) await member.beat();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  } while (members.reduce((sum, member) => sum + member.partitions, 0) < partitions);
}

type Kept = Omit<Figures, 'joinSeconds' | 'residentMiB' | 'rebalanceMs'>;

/** Everyone beats every five seconds, as the broker says, evenly spread. */
async function keepBeating(members: readonly Member[], pid: number): Promise<Kept> {
  const INTERVAL_MS = 5000;
  const latency = createHistogram();
  let failures = 0;
  const begunMs = performance.now();
  const cpuBefore = cpuSeconds(pid);
  await Promise.all(
    members.map(async (member, i) => {
      for (let dueMs = (i * INTERVAL_MS) / members.length; dueMs < seconds * 1000; dueMs += INTERVAL_MS) {
        await sleep(Math.max(begunMs + dueMs - performance.now(), 0));
        try {
          latency.record(Math.max(Math.round((await member.beat()) * 1000), 1));
        } catch {
          failures++;
        }
      }
    }),
  );
  const cpu = cpuSeconds(pid) - cpuBefore;
  const ms = (percentile: number): number => latency.percentile(percentile) / 1000;
  return {
    p50Ms: ms(50),
    p99Ms: ms(99),
    maxMs: latency.max / 1000,
    beats: latency.count,
    failures,
    cpuMsPerBeat: (cpu * 1000) / latency.count,
    cpuShare: cpu / seconds,
  };
}

/** One more joins a group of many: how long until everyone has their part, when all ask as fast as they are answered. */
async function rebalance(port: number): Promise<number> {
  const members = await Promise.all(
    Array.from({ length: WIDE_MEMBERS + 1 }, async (_, i) => {
      const wire = await WireClient.connect(port);
      return new Member(wire, 'wide-group', `wide-${i}`, WIDE_TOPIC);
    }),
  );
  const newcomer = members[WIDE_MEMBERS] as Member;
  await joinAll(members.slice(0, WIDE_MEMBERS), WIDE_PARTITIONS);
  const begun = performance.now();
  const share = Math.floor(WIDE_PARTITIONS / members.length);
  await newcomer.beat();
  while (newcomer.partitions < share) await Promise.all(members.map((member) => member.beat()));
  const tookMs = performance.now() - begun;
  for (const member of members) member.close();
  return tookMs;
}

const rows: readonly (readonly [string, (figures: Figures) => string])[] = [
  [`all of ${groupCount * membersPerGroup} members join, s`, ({ joinSeconds }) => joinSeconds.toFixed(1)],
  ['heartbeats answered', ({ beats }) => String(beats)],
  ['heartbeats failed', ({ failures }) => String(failures)],
  ['heartbeat p50, ms', ({ p50Ms }) => p50Ms.toFixed(2)],
  ['heartbeat p99, ms', ({ p99Ms }) => p99Ms.toFixed(2)],
  ['heartbeat max, ms', ({ maxMs }) => maxMs.toFixed(1)],
  ['broker cpu, ms a heartbeat', ({ cpuMsPerBeat }) => cpuMsPerBeat.toFixed(3)],
  ['broker cpu, cores', ({ cpuShare }) => cpuShare.toFixed(2)],
  ['resident, MiB', ({ residentMiB: mib }) => mib.toFixed(0)],
  [`one more joins ${WIDE_MEMBERS}, ms to settle`, ({ rebalanceMs }) => rebalanceMs.toFixed(0)],
];

const figures = new Map<BrokerKind, Figures>();
for (const kind of kinds) figures.set(kind, await measure(kind));
console.log(`| ${groupCount} groups of ${membersPerGroup} | ${kinds.join(' | ')} |`);
console.log(`| --- |${kinds.map(() => ' --: |').join('')}`);
for (const [name, shown] of rows) {
  const cells = kinds.map((kind) => {
    const of = figures.get(kind);
    return of === undefined ? '' : shown(of);
  });
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}
