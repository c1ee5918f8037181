import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { randomUuid, SeededRandom, systemRandom } from '../src/base/index.ts';
import {
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
  CreateTopicsRequest,
  CreateTopicsResponse,
  DeleteRecordsRequest,
  DeleteRecordsResponse,
  DeleteTopicsRequest,
  DeleteTopicsResponse,
  FetchRequest,
  FetchResponse,
  ProduceRequest,
  ProduceResponse,
} from '../src/wire/messages/index.ts';
import { buildBatch, COMPRESSION_TYPES, prepareCompression, type CompressionType } from '../src/wire/records/index.ts';
import { WireClient } from '../sim/wire-client.ts';

const Produce = { request: ProduceRequest, response: ProduceResponse };
const Fetch = { request: FetchRequest, response: FetchResponse };
const GroupHeartbeat = { request: ConsumerGroupHeartbeatRequest, response: ConsumerGroupHeartbeatResponse };
const CreateTopics = { request: CreateTopicsRequest, response: CreateTopicsResponse };
const DeleteTopics = { request: DeleteTopicsRequest, response: DeleteTopicsResponse };
const DeleteRecords = { request: DeleteRecordsRequest, response: DeleteRecordsResponse };

const PARTITIONS = 4;
const PLAIN_TOPIC = 'soak-none';
const JOIN_EPOCH = 0;
const LEAVE_EPOCH = -1;

/** Configs that bring retention, compaction and expiry about in seconds. */
export const churning: Readonly<Record<string, string>> = {
  'log.retention.check.interval.ms': '2000',
  'log.cleaner.backoff.ms': '1000',
  'log.segment.delete.delay.ms': '1000',
  'log.flush.offset.checkpoint.interval.ms': '5000',
  'offsets.topic.segment.bytes': '1048576',
  'offsets.topic.num.partitions': '4',
  'producer.id.expiration.ms': '30000',
  'producer.id.expiration.check.interval.ms': '5000',
  'metadata.log.max.record.bytes.between.snapshots': '1048576',
};

/** Load and churn of all kinds at once, at a steady rate. What fails is counted by kind, and does not end it. */
export class SoakLoad {
  /** ms, of appends of one record with acks=all; taken by whoever looks. */
  latencies: number[] = [];
  readonly failures = new Map<string, number>();
  readonly done = new Map<string, number>();
  readonly #port: number;
  readonly #random = new SeededRandom(1);
  readonly #kafka: kafkajs.Kafka;
  readonly #loops: Promise<void>[] = [];
  readonly #clients = new Map<string, WireClient>();
  #isOver = false;

  constructor(port: number) {
    this.#port = port;
    const brokers = [`127.0.0.1:${port}`];
    this.#kafka = new kafkajs.Kafka({ brokers, clientId: 'soak', logLevel: kafkajs.logLevel.NOTHING });
  }

  async start(): Promise<void> {
    await Promise.all(COMPRESSION_TYPES.map((type) => prepareCompression(type)));
    for (const type of COMPRESSION_TYPES) {
      await this.#createTopic(`soak-${type}`, PARTITIONS, {
        'retention.bytes': '4194304',
        'segment.bytes': '1048576',
      });
      this.#produce(type);
      this.#consume(type);
    }
    await this.#createTopic('table', 1, {
      'cleanup.policy': 'compact',
      'segment.bytes': '1048576',
      'min.cleanable.dirty.ratio': '0.01',
      'delete.retention.ms': '1000',
    });
    await this.#createTopic('probe', 1, { 'retention.bytes': '1048576', 'segment.bytes': '1048576' });
    this.#fillTable();
    this.#probe();
    this.#topics();
    this.#connections();
    this.#group('steady', 60_000);
    this.#group('coming and going', 7_000);
    for (let i = 0; i < 3; i++) this.#consumerProtocol(i, 5_000 * (i + 1));
    this.#idempotentProducers();
    this.#transactions();
    this.#admin();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.race([Promise.all(this.#loops), sleep(15_000)]);
    for (const client of this.#clients.values()) client.close();
  }

  /** Does something now and then, never twice at once. */
  #every(ms: number, what: string, work: () => Promise<void>): void {
    const loop = async (): Promise<void> => {
      while (!this.#isOver) {
        const startedMs = performance.now();
        try {
          await work();
          this.done.set(what, (this.done.get(what) ?? 0) + 1);
        } catch {
          if (!this.#isOver) this.failures.set(what, (this.failures.get(what) ?? 0) + 1);
        }
        await sleep(Math.max(0, ms - (performance.now() - startedMs)));
      }
    };
    this.#loops.push(loop());
  }

  /** One connection for each name, made anew when it was lost. */
  async #wire(name: string): Promise<WireClient> {
    let client = this.#clients.get(name);
    if (client === undefined) {
      client = await WireClient.connect(this.#port);
      this.#clients.set(name, client);
      void client.closed.then(() => this.#clients.delete(name));
    }
    return client;
  }

  async #createTopic(name: string, numPartitions: number, configs: Readonly<Record<string, string>>): Promise<void> {
    const { topics } = await (
      await this.#wire('topics')
    ).request(CreateTopics, 7, {
      topics: [
        {
          name,
          numPartitions,
          replicationFactor: 1,
          assignments: [],
          configs: Object.entries(configs).map(([config, value]) => ({ name: config, value })),
        },
      ],
      timeoutMs: 10_000,
      validateOnly: false,
    });
    if (topics[0]?.errorCode !== 0) throw new Error(`${name}: ${topics[0]?.errorMessage}`);
  }

  async #send(client: WireClient, topic: string, batches: readonly Buffer[]): Promise<void> {
    const { responses } = await client.request(Produce, 9, {
      transactionalId: null,
      acks: -1,
      timeoutMs: 10_000,
      topicData: [{ name: topic, partitionData: batches.map((records, index) => ({ index, records })) }],
    });
    for (const { errorCode } of responses[0]?.partitionResponses ?? [])
      if (errorCode !== 0) throw new Error(`produce to ${topic}: error ${errorCode}`);
  }

  #batch(records: number, bytes: number, compressionType: CompressionType = 'none', keys = 0): Buffer {
    const timestampMs = Date.now();
    // Half of it can be compressed.
    const value = (): Buffer => Buffer.concat([this.#random.bytes(bytes / 2), Buffer.alloc(bytes / 2, 'x')]);
    return buildBatch({
      baseOffset: 0,
      compressionType,
      records: Array.from({ length: records }, () => ({
        timestampMs,
        key: keys === 0 ? null : Buffer.from(`key ${this.#random.below(keys)}`),
        value: value(),
        headers: [],
      })),
    });
  }

  #produce(type: CompressionType): void {
    const batch = this.#batch(50, 200, type);
    this.#every(100, `produce ${type}`, async () => {
      const batches = Array.from({ length: PARTITIONS }, () => Buffer.from(batch));
      await this.#send(await this.#wire(`produce ${type}`), `soak-${type}`, batches);
    });
  }

  /** Follows the tail of a topic, with long polls. */
  #consume(type: CompressionType): void {
    const offsets = Array.from({ length: PARTITIONS }, () => 0);
    this.#every(0, `fetch ${type}`, async () => {
      const client = await this.#wire(`fetch ${type}`);
      const { responses } = await client.request(Fetch, 12, {
        maxWaitMs: 500,
        minBytes: 1,
        maxBytes: 1 << 20,
        isolationLevel: 0,
        topics: [
          {
            topic: `soak-${type}`,
            partitions: offsets.map((fetchOffset, partition) => ({
              partition,
              fetchOffset,
              partitionMaxBytes: 1 << 18,
            })),
          },
        ],
        forgottenTopicsData: [],
      });
      for (const { partitionIndex, highWatermark, errorCode } of responses[0]?.partitions ?? [])
        offsets[partitionIndex] = errorCode === 0 ? highWatermark : (offsets[partitionIndex] ?? 0);
      await sleep(50);
    });
  }

  #fillTable(): void {
    this.#every(100, 'keyed records', async () =>
      this.#send(await this.#wire('table'), 'table', [this.#batch(50, 500, 'none', 500)]),
    );
  }

  #probe(): void {
    const batch = this.#batch(1, 100);
    this.#every(25, 'single records', async () => {
      const client = await this.#wire('probe');
      const startedMs = performance.now();
      await this.#send(client, 'probe', [Buffer.from(batch)]);
      this.latencies.push(performance.now() - startedMs);
    });
  }

  /** Ten topics at any time, each of which lives for 20 s. */
  #topics(): void {
    const living: string[] = [];
    let made = 0;
    this.#every(2_000, 'topics made and deleted', async () => {
      const name = `churn-${made++}`;
      await this.#createTopic(name, PARTITIONS, {});
      living.push(name);
      const client = await this.#wire('topics');
      await this.#send(
        client,
        name,
        Array.from({ length: PARTITIONS }, () => this.#batch(20, 100)),
      );
      await client.request(DeleteRecords, 2, {
        topics: [{ name, partitions: [{ partitionIndex: 0, offset: 10 }] }],
        timeoutMs: 10_000,
      });
      if (living.length <= 10) return;
      await client.request(DeleteTopics, 6, {
        topics: [{ name: living.shift(), topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }],
        topicNames: [],
        timeoutMs: 10_000,
      });
    });
  }

  /** Clients that come and drop, at any point of a request. */
  #connections(): void {
    this.#every(50, 'connections opened and dropped', async () => {
      const socket = connect({ host: '127.0.0.1', port: this.#port });
      socket.on('error', () => {});
      const frame = Buffer.from('0000000f001200000000000100056461726564', 'hex');
      socket.write(frame.subarray(0, this.#random.below(frame.length + 1)));
      socket.resume();
      setTimeout(() => (this.#random.below(2) === 0 ? socket.destroy() : socket.end()), this.#random.below(2_000));
    });
  }

  /** A member that reads, commits and leaves after so many ms; a new group each time, which is deleted, for the short ones. */
  #group(name: string, stayMs: number): void {
    let joined = 0;
    this.#every(0, `members ${name}`, async () => {
      const groupId = `soak ${name} ${joined++ % 5}`;
      const consumer = this.#kafka.consumer({ groupId, retry: { retries: 3 } });
      await consumer.connect();
      await consumer.subscribe({ topics: [PLAIN_TOPIC, 'soak-gzip'] });
      await consumer.run({ autoCommitInterval: 500, eachBatch: async () => {} });
      for (let waited = 0; waited < stayMs && !this.#isOver; waited += 500) await sleep(500);
      await consumer.disconnect();
      if (stayMs > 30_000) return;
      const admin = this.#kafka.admin();
      await admin.connect();
      await admin.deleteGroups([groupId]).finally(() => admin.disconnect());
    });
  }

  /** A member of the consumer protocol (KIP-848) beside others: takes what it is given, and leaves after so many ms. */
  #consumerProtocol(number: number, stayMs: number): void {
    this.#every(0, 'members of the consumer protocol', async () => {
      const client = await this.#wire(`consumer protocol ${number}`);
      const memberId = randomUuid(systemRandom);
      const common = { groupId: 'soak consumer protocol', memberId, rebalanceTimeoutMs: 10_000 };
      const subscribedTopicNames = [PLAIN_TOPIC, 'soak-gzip'];
      let epoch = JOIN_EPOCH;
      let owned: ConsumerGroupHeartbeatRequest['topicPartitions'] = [];
      for (let waited = 0; waited < stayMs && !this.#isOver; waited += 500) {
        const heartbeat = { ...common, memberEpoch: epoch, subscribedTopicNames, topicPartitions: owned };
        const answer: ConsumerGroupHeartbeatResponse = await client.request(GroupHeartbeat, 1, heartbeat);
        const { errorCode, memberEpoch, assignment } = answer;
        if (errorCode !== 0) throw new Error(`heartbeat: error ${errorCode}`);
        epoch = memberEpoch;
        owned = assignment?.topicPartitions ?? owned;
        await sleep(500);
      }
      await client.request(GroupHeartbeat, 1, { ...common, memberEpoch: LEAVE_EPOCH });
    });
  }

  /** Transactions with offsets, one in four of them taken back, by producers that come and go under three ids. */
  #transactions(): void {
    let producers = 0;
    this.#every(1_000, 'transactional producers', async () => {
      const transactionalId = `soak ${producers++ % 3}`;
      const producer = this.#kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1 });
      await producer.connect();
      for (let i = 0; i < 4; i++) {
        const transaction = await producer.transaction();
        const messages = Array.from({ length: 10 }, (_, n) => ({ key: `${n}`, value: 'x'.repeat(200) }));
        await transaction.send({ topic: PLAIN_TOPIC, messages });
        const partitions = [{ partition: 0, offset: String(this.#random.below(1_000)) }];
        await transaction.sendOffsets({
          consumerGroupId: 'soak transactions',
          topics: [{ topic: PLAIN_TOPIC, partitions }],
        });
        await (i === 3 ? transaction.abort() : transaction.commit());
      }
      await producer.disconnect();
    });
  }

  #idempotentProducers(): void {
    this.#every(1_000, 'idempotent producers', async () => {
      const producer = this.#kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
      await producer.connect();
      for (let i = 0; i < 10; i++) {
        const messages = Array.from({ length: 20 }, (_, n) => ({ key: `${n}`, value: 'x'.repeat(200) }));
        await producer.send({ topic: PLAIN_TOPIC, messages, compression: i % 2 });
      }
      await producer.disconnect();
    });
  }

  #admin(): void {
    this.#every(2_000, 'admin calls', async () => {
      const admin = this.#kafka.admin();
      await admin.connect();
      try {
        const { groups } = await admin.listGroups();
        await admin.describeGroups(groups.map(({ groupId }) => groupId));
        await admin.fetchTopicMetadata({ topics: [PLAIN_TOPIC, 'table'] });
        await admin.fetchTopicOffsets(PLAIN_TOPIC);
        await admin.fetchTopicOffsetsByTimestamp(PLAIN_TOPIC, Date.now() - 10_000);
        const type = kafkajs.ConfigResourceTypes.TOPIC;
        await admin.describeConfigs({ includeSynonyms: true, resources: [{ type, name: 'table' }] });
        const configEntries = [
          { name: 'retention.bytes', value: '4194304' },
          { name: 'segment.bytes', value: '1048576' },
          { name: 'retention.ms', value: String(600_000 + this.#random.below(1_000)) },
        ];
        await admin.alterConfigs({ validateOnly: false, resources: [{ type, name: PLAIN_TOPIC, configEntries }] });
      } finally {
        await admin.disconnect();
      }
    });
  }
}
