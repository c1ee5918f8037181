/** A broker whose power fails: what was acknowledged until then, and what the next broker makes of the disk. */
import assert from 'node:assert/strict';
import {
  MemoryFileSystem,
  SeededRandom,
  silentLogger,
  SimulatedClock,
  type FileOperation,
  type Logger,
} from '../src/base/index.ts';
import { startBroker, type Broker } from '../src/broker.ts';
import { settle } from '../src/settings.ts';
import {
  DeleteRecordsRequest,
  DeleteRecordsResponse,
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
  ListOffsetsRequest,
  ListOffsetsResponse,
  OffsetCommitRequest,
  OffsetCommitResponse,
  OffsetFetchRequest,
  OffsetFetchResponse,
} from '../src/wire/messages/index.ts';
import { buildBatch, recordsOf, scanBatches } from '../src/wire/records/index.ts';
import { createTopic, deleteTopic, fetchFrom, produceTo } from './broker.ts';
import { WireClient } from './wire-client.ts';

const AlterConfigs = { request: IncrementalAlterConfigsRequest, response: IncrementalAlterConfigsResponse };
const DeleteRecords = { request: DeleteRecordsRequest, response: DeleteRecordsResponse };
const ListOffsets = { request: ListOffsetsRequest, response: ListOffsetsResponse };
const OffsetCommit = { request: OffsetCommitRequest, response: OffsetCommitResponse };
const OffsetFetch = { request: OffsetFetchRequest, response: OffsetFetchResponse };

const CONFIG = {
  listeners: 'PLAINTEXT://127.0.0.1:0',
  'log.dirs': '/disk/data',
  'offsets.topic.num.partitions': '1',
  'transaction.state.log.num.partitions': '1',
  'log.flush.interval.messages': '1',
  'log.cleaner.dedupe.buffer.size': '2097152',
  'log.cleaner.backoff.ms': '1000',
  'log.retention.check.interval.ms': '30000',
};
const SEGMENT_MS = 1000;
const PRODUCER_ID = 7_000;

/** Operations after which the disk is another. */
const CHANGES: ReadonlySet<FileOperation> = new Set([
  'create',
  'write',
  'truncate',
  'sync',
  'rename',
  'remove',
  'make directory',
  'sync directory',
]);

/** A value of which some may have been acknowledged: the truth is `acknowledged` or later, up to `sent`. */
interface Progress {
  acknowledged: number;
  sent: number;
}

interface TopicState {
  /** Undefined until its creation was acknowledged. */
  id: string | undefined;
  deletion: 'none' | 'sent' | 'acknowledged';
  /** By offset; batches of two. */
  readonly values: string[];
  /** Offsets below it were acknowledged. */
  acknowledgedEnd: number;
  readonly start: Progress;
  readonly retentionMs: Progress;
}

/** All that clients of a broker know. */
export interface Knowledge {
  readonly topics: Map<string, TopicState>;
  readonly committed: Progress;
}

/** The disk as some loss of power leaves it. */
export interface Wreck {
  readonly name: string;
  readonly fs: MemoryFileSystem;
  readonly now: number;
  readonly known: Knowledge;
}

const topicState = (): TopicState => ({
  id: undefined,
  deletion: 'none',
  values: [],
  acknowledgedEnd: 0,
  start: { acknowledged: 0, sent: 0 },
  retentionMs: { acknowledged: 0, sent: 0 },
});

const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

/** A broker on such a disk, and one client. */
export class Life {
  readonly fs: MemoryFileSystem;
  readonly clock: SimulatedClock;
  readonly known: Knowledge;
  readonly #broker: Broker;
  readonly wire: WireClient;

  private constructor(fs: MemoryFileSystem, clock: SimulatedClock, known: Knowledge, broker: Broker, wire: WireClient) {
    this.fs = fs;
    this.clock = clock;
    this.known = known;
    this.#broker = broker;
    this.wire = wire;
  }

  static async begin(fs: MemoryFileSystem, clock: SimulatedClock, known: Knowledge, logger: Logger): Promise<Life> {
    const { config, listeners } = settle(new Map(Object.entries(CONFIG)), { wildcardHost: 'localhost' });
    const broker = await startBroker(config, listeners, { fs, clock, random: new SeededRandom(1), logger });
    return new Life(fs, clock, known, broker, await WireClient.connect(broker.addresses[0]?.port ?? 0));
  }

  async end(): Promise<void> {
    this.wire.close();
    await this.#broker.close();
  }

  topic(name: string): TopicState {
    let state = this.known.topics.get(name);
    if (state === undefined) this.known.topics.set(name, (state = topicState()));
    return state;
  }

  static knowledge(): Knowledge {
    return { topics: new Map(), committed: { acknowledged: -1, sent: -1 } };
  }

  async create(name: string, configs: Record<string, string> = {}): Promise<void> {
    const state = topicState();
    this.known.topics.set(name, state);
    state.id = await createTopic(this.wire, name, 1, { 'segment.ms': String(SEGMENT_MS), ...configs });
  }

  async delete(name: string): Promise<void> {
    this.topic(name).deletion = 'sent';
    await deleteTopic(this.wire, name);
    this.topic(name).deletion = 'acknowledged';
  }

  /** One batch of two records, numbered on, from an idempotent producer. */
  batch(name: string, number: number): { readonly batch: Buffer; readonly values: readonly string[] } {
    const values = [0, 1].map((i) => `${name}.${number + i}.${'x'.repeat((number * 37) % 400)}`);
    const records = values.map((value, i) => ({
      timestampMs: this.clock.now(),
      key: Buffer.from(`key-${(number + i) % 5}`),
      value: Buffer.from(value),
    }));
    const batch = buildBatch({
      baseOffset: 0,
      records,
      producerId: PRODUCER_ID,
      producerEpoch: 0,
      baseSequence: number,
    });
    return { batch, values };
  }

  /** Sends so many batches without waiting in between. */
  async produce(name: string, count: number): Promise<void> {
    const state = this.topic(name);
    const answers = Array.from({ length: count }, () => {
      const number = state.values.length;
      const { batch, values } = this.batch(name, number);
      state.values.push(...values);
      return produceTo(this.wire, name, batch).then(({ errorCode, baseOffset }) => {
        assert.deepEqual({ errorCode, baseOffset }, { errorCode: 0, baseOffset: number });
        state.acknowledgedEnd = number + values.length;
      });
    });
    await Promise.all(answers);
  }

  async roll(...names: readonly string[]): Promise<void> {
    this.clock.advance(SEGMENT_MS + 1);
    for (const name of names) await this.produce(name, 1);
  }

  async commit(offset: number): Promise<void> {
    this.known.committed.sent = offset;
    const partitions = [{ partitionIndex: 0, committedOffset: offset, committedMetadata: '' }];
    const { topics } = await this.wire.request(OffsetCommit, 9, {
      groupId: 'readers',
      memberId: '',
      topics: [{ name: 'safe', partitions }],
    });
    assert.equal(topics[0]?.partitions[0]?.errorCode, 0);
    this.known.committed.acknowledged = offset;
  }

  async committed(): Promise<number> {
    const topics = [{ name: 'safe', partitionIndexes: [0] }];
    const { groups } = await this.wire.request(OffsetFetch, 8, { groups: [{ groupId: 'readers', topics }] });
    return groups[0]?.topics[0]?.partitions[0]?.committedOffset ?? NaN;
  }

  async setRetention(name: string, hours: number): Promise<void> {
    const { retentionMs } = this.topic(name);
    retentionMs.sent = hours;
    const configs = [{ name: 'retention.ms', configOperation: 0, value: String(hours * 3_600_000) }];
    const resources = [{ resourceType: 2, resourceName: name, configs }];
    const { responses } = await this.wire.request(AlterConfigs, 1, { resources, validateOnly: false });
    assert.equal(responses[0]?.errorCode, 0);
    retentionMs.acknowledged = hours;
  }

  retention(name: string): number {
    const value = this.#broker.image().configs.of(2, name).get('retention.ms');
    return Number(value ?? 0) / 3_600_000;
  }

  topicId(name: string): string | undefined {
    return this.#broker.image().topics.byName(name)?.id;
  }

  async deleteRecords(name: string, offset: number): Promise<void> {
    const { start } = this.topic(name);
    start.sent = offset;
    const { topics } = await this.wire.request(DeleteRecords, 2, {
      topics: [{ name, partitions: [{ partitionIndex: 0, offset }] }],
      timeoutMs: 1000,
    });
    assert.equal(topics[0]?.partitions[0]?.errorCode, 0);
    start.acknowledged = offset;
  }

  /** Lets time pass with everything that falls due in it. */
  async wait(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 500) {
      this.clock.advance(500);
      for (let i = 0; i < 4; i++) await turn();
    }
  }

  /** Everything that a consumer is given. */
  async consume(name: string) {
    const partitions = [{ partitionIndex: 0, timestamp: -2 }];
    const { topics } = await this.wire.request(ListOffsets, 7, {
      replicaId: -1,
      isolationLevel: 0,
      topics: [{ name, partitions }],
    });
    let start = topics[0]?.partitions[0]?.offset ?? NaN;
    let { highWatermark: end } = await fetchFrom(this.wire, name, start);
    const values = new Map<number, string>();
    for (let from = start; from < end;) {
      const { errorCode, records, ...answer } = await fetchFrom(this.wire, name, from);
      assert.equal(errorCode, 0, `reading ${name} from ${from}`);
      ({ logStartOffset: start, highWatermark: end } = answer);
      const { batches } = scanBatches(records ?? Buffer.alloc(0));
      const first = from;
      for (const batch of batches) {
        assert.ok(batch.isValid(), `a batch of ${name} at ${batch.baseOffset} is not what was written`);
        for (const { offset, value } of recordsOf(batch, { maxBytes: 2 ** 20 })) {
          assert.ok(!values.has(offset), `${name} has ${offset} twice`);
          if (offset >= start) values.set(offset, String(value));
        }
        from = batch.nextOffset;
      }
      if (from === first) break;
    }
    return { start, end, values };
  }
}

/** Everything that changes files: topics, records, offsets, configs, deletions, rolls, compaction, checkpoints. */
async function scenario(life: Life): Promise<void> {
  await life.create('safe');
  await life.create('quick', { 'flush.messages': String(2n ** 63n - 1n) });
  await life.create('keyed', { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0.01' });
  await life.create('brief');
  await life.produce('safe', 3);
  await life.produce('quick', 3);
  await life.produce('keyed', 4);
  await life.produce('brief', 2);
  await life.commit(1);
  await life.setRetention('safe', 1000);
  await life.roll('safe', 'quick', 'keyed');
  await life.produce('keyed', 4);
  await life.produce('quick', 2);
  await life.deleteRecords('safe', 3);
  await life.commit(4);
  await life.roll('safe', 'quick', 'keyed');
  await life.delete('brief');
  await life.wait(3000);
  await life.produce('safe', 4);
  await life.produce('quick', 4);
  await life.wait(61_000);
  await life.roll('safe', 'quick', 'keyed');
  await life.deleteRecords('safe', 9);
  await life.produce('quick', 3);
  await life.create('brief');
  await life.produce('brief', 1);
  await life.setRetention('safe', 2000);
  await life.wait(31_000);
  await life.commit(8);
  await life.produce('keyed', 3);
  await life.roll('quick', 'keyed');
  await life.wait(3000);
  await life.produce('safe', 2);
  await life.produce('quick', 2);
}

/** Watches a disk, and keeps what is left of it when the power fails before some of its operations. */
function wreck(
  life: { fs: MemoryFileSystem; clock: SimulatedClock },
  known: Knowledge,
  options: WreckOptions,
): Wreck[] {
  const { name, isCut, seed } = options;
  const wrecks: Wreck[] = [];
  let count = 0;
  life.fs.fault = (operation, path) => {
    if (!CHANGES.has(operation)) return;
    const step = count++;
    if (!isCut(step)) return;
    wrecks.push({
      name: `${name}, before step ${step}: ${operation} ${path}`,
      fs: life.fs.afterPowerLoss(new SeededRandom(seed + step)),
      now: life.clock.now(),
      known: structuredClone(known),
    });
  };
  return wrecks;
}

interface WreckOptions {
  readonly name: string;
  readonly seed: number;
  readonly isCut: (step: number) => boolean;
}

/** Goes through the scenario, losing power before the steps that `isCut` picks. */
export async function wrecksOfScenario(options: WreckOptions): Promise<{ wrecks: Wreck[]; renamed: Set<string> }> {
  const clock = new SimulatedClock(undefined, setImmediate);
  const fs = new MemoryFileSystem({ clock, simulateCrashes: true });
  fs.makeDirectory('/disk');
  fs.syncDirectory('/');
  const known = Life.knowledge();
  const wrecks = wreck({ fs, clock }, known, options);
  const hook = fs.fault;
  const renamed = new Set<string>();
  fs.fault = (operation, path) => {
    hook?.(operation, path);
    if (operation === 'rename') renamed.add(path);
  };
  const life = await Life.begin(fs, clock, known, silentLogger);
  await scenario(life);
  await life.end();
  return { wrecks, renamed };
}

/** Starts a broker on what is left, and holds it to what its clients know. Returns what a second loss of power leaves. */
export async function outlive({ fs, now, known }: Wreck, again: WreckOptions, logger: Logger): Promise<Wreck[]> {
  const clock = new SimulatedClock(now, setImmediate);
  const recoveryPoint = recoveryPointOf(fs, 'quick');
  const expected = structuredClone(known);
  const wrecks = wreck({ fs, clock }, expected, again);
  const life = await Life.begin(fs, clock, known, logger);
  fs.fault = undefined;
  try {
    for (const [name, state] of known.topics) await checkTopic(life, name, state, recoveryPoint);
    const committed = await life.committed();
    assert.ok(isWithin(committed, known.committed), `offset ${committed} is committed, not ${text(known.committed)}`);
  } finally {
    await life.end();
  }
  return wrecks;
}

async function checkTopic(life: Life, name: string, state: TopicState, recoveryPoint: number): Promise<void> {
  const id = life.topicId(name);
  if (id === undefined) {
    assert.ok(state.deletion !== 'none' || state.id === undefined, `${name} is gone`);
    return;
  }
  assert.ok(state.deletion !== 'acknowledged' || state.id !== id, `${name} was deleted`);
  const { start, end, values } = await life.consume(name);
  for (const [offset, value] of values) assert.equal(value, state.values[offset], `${name} at ${offset}`);
  assert.ok(isWithin(start, state.start) || end === start, `${name} starts at ${start}, not ${text(state.start)}`);
  const least = name === 'quick' ? recoveryPoint : state.acknowledgedEnd;
  assert.ok(end >= least && end <= state.values.length, `${name} ends at ${end}, not ${least} or later`);
  assert.equal(end % 2, 0, `${name} ends within a batch`);
  if (name === 'keyed') {
    const latest = new Map<string, number>();
    for (let offset = 0; offset < end; offset++) latest.set(`key-${offset % 5}`, offset);
    for (const [key, offset] of latest) assert.ok(values.has(offset), `the last of ${key} at ${offset} is gone`);
  } else {
    for (let offset = start; offset < end; offset++) assert.ok(values.has(offset), `${name} has no ${offset}`);
  }
  const hours = life.retention(name);
  assert.ok(isWithin(hours, state.retentionMs), `retention of ${name} is ${hours}, not ${text(state.retentionMs)}`);
  await checkProducer(life, name, start, end);
}

/** The producer goes on where the log ends, and what it sends twice is known, while any of it is there. */
async function checkProducer(life: Life, name: string, start: number, end: number): Promise<void> {
  for (const number of [end, end]) {
    const { errorCode, baseOffset } = await produceTo(life.wire, name, life.batch(name, number).batch);
    assert.deepEqual({ errorCode, baseOffset }, { errorCode: 0, baseOffset: number }, `producing to ${name}`);
  }
  if (end === start) return;
  const { errorCode, baseOffset } = await produceTo(life.wire, name, life.batch(name, end - 2).batch);
  assert.deepEqual({ errorCode, baseOffset }, { errorCode: 0, baseOffset: end - 2 }, `producing to ${name} again`);
}

function recoveryPointOf(fs: MemoryFileSystem, topic: string): number {
  const path = '/disk/data/recovery-point-offset-checkpoint';
  if (fs.info(path) === undefined) return 0;
  return Number(new RegExp(`^${topic} 0 (\\d+)\\s*$`, 'm').exec(fs.readFile(path).toString())?.[1] ?? 0);
}

function isWithin(value: number, { acknowledged, sent }: Progress): boolean {
  return value >= acknowledged && value <= sent;
}

function text({ acknowledged, sent }: Progress): string {
  return acknowledged === sent ? String(sent) : `${acknowledged} to ${sent}`;
}
