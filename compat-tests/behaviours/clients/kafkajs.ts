import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, {
  type ConfigResourceTypes as ConfigResourceType,
  type Consumer,
  type DescribeConfigResponse,
  type IHeaders,
  type KafkaMessage,
  type Producer,
} from 'kafkajs';
import {
  KafkaFailure,
  type Client,
  type ConfigValue,
  type ConsumedRecord,
  type Header,
  type Verbs,
} from '../client.ts';
import { SteadyProducer } from './steady-producer.ts';

const require = createRequire(import.meta.url);
const { AssignerProtocol, CompressionTypes, ConfigResourceTypes, Kafka, Partitioners, logLevel } = kafkajs;

interface Member {
  readonly consumer: Consumer;
  readonly received: ConsumedRecord[];
  readonly topic: string;
  assignment: number[];
}

/** kafkajs as it comes: gzip is the one compression it ships. */
export async function kafkajsClient(address: string): Promise<Client> {
  const connecting = (retries: number) =>
    new Kafka({
      clientId: 'behaviours',
      brokers: [address],
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 50, maxRetryTime: 500, retries },
    });
  const kafka = connecting(8);
  // Apache Kafka loads its groups for a while after a restart.
  const patient = connecting(30);
  const admin = kafka.admin();
  await admin.connect();
  const producers = new Map<string, Producer>();
  const steady = new Map<string, SteadyProducer>();
  const members = new Map<string, Member>();
  let readers = 0;

  const producer = async (idempotent: boolean): Promise<Producer> => {
    const kind = idempotent ? 'idempotent' : 'plain';
    const known = producers.get(kind);
    if (known) return known;
    const fresh = kafka.producer({ idempotent, createPartitioner: Partitioners.DefaultPartitioner });
    await fresh.connect();
    producers.set(kind, fresh);
    return fresh;
  };
  const member = (name: string): Member => {
    const found = members.get(name);
    if (!found) throw new Error(`no member ${name}`);
    return found;
  };
  const describe = async (type: ConfigResourceType, name: string): Promise<Record<string, ConfigValue>> =>
    configsOf(await admin.describeConfigs({ includeSynonyms: false, resources: [{ type, name }] }));
  const alter = async (topic: string, configs: Record<string, string>): Promise<void> => {
    const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }));
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }],
    });
  };
  // kafkajs sets all configs of a topic at once, so changing one means naming the others too.
  const ownConfigs = async (topic: string): Promise<Record<string, string>> => {
    const all = Object.entries(await describe(ConfigResourceTypes.TOPIC, topic));
    return Object.fromEntries(
      all.flatMap(([name, { value, isDefault }]) => (isDefault || value === null ? [] : [[name, value]])),
    );
  };
  const ends = async (topic: string): Promise<Map<number, number>> =>
    new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]));
  const committed = async (group: string, topic: string): Promise<Record<number, number>> => {
    const [found] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    const known = (found?.partitions ?? []).filter(({ offset }) => Number(offset) >= 0);
    return Object.fromEntries(known.map(({ partition, offset }) => [partition, Number(offset)]));
  };

  const verbs: Partial<Verbs> = {
    async produce({ topic, records, compression = 'none', acks = -1, idempotent = false }) {
      await (
        await producer(idempotent)
      ).send({
        topic,
        acks,
        compression: compression === 'gzip' ? CompressionTypes.GZIP : CompressionTypes.None,
        messages: records.map(({ key, value, partition, timestampMs, headers }) => ({
          value,
          ...(key === undefined ? {} : { key }),
          ...(partition === undefined ? {} : { partition }),
          ...(timestampMs === undefined ? {} : { timestamp: String(timestampMs) }),
          ...(headers === undefined ? {} : { headers: grouped(headers) }),
        })),
      });
    },

    async consume({ topic, from, partition, count }) {
      const consumer = patient.consumer({ groupId: `reader-${process.pid}-${readers++}`, maxWaitTimeInMs: 200 });
      const records: ConsumedRecord[] = [];
      try {
        await consumer.connect();
        await consumer.subscribe({ topic, fromBeginning: true });
        const starts =
          from === 'earliest'
            ? []
            : 'offset' in from
              ? [{ partition: partition ?? 0, offset: String(from.offset) }]
              : await admin.fetchTopicOffsetsByTimestamp(topic, from.timestampMs);
        await new Promise<void>((resolve, reject) => {
          const lack = (): Error => new Error(`${records.length} of ${count} records after 20 s`);
          const limit = setTimeout(() => reject(lack()), 20_000);
          consumer.on('consumer.crash', ({ payload }) => {
            if (!payload.restart) reject(failure(payload.error));
          });
          const done = (): void => {
            clearTimeout(limit);
            resolve();
          };
          consumer
            .run({
              eachMessage: async ({ partition: at, message }) => {
                if ((partition ?? at) !== at || records.length === count) return;
                if (records.push(consumed(at, message)) === count) done();
              },
            })
            .catch(reject);
          for (const start of starts) consumer.seek({ topic, ...start });
        });
      } finally {
        await consumer.disconnect();
      }
      return records;
    },

    async startProducing({ producer: name, topic }) {
      const fresh = new Kafka({
        brokers: [address],
        logLevel: logLevel.NOTHING,
        requestTimeout: 4_000,
        retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 400 },
      }).producer({ idempotent: true, maxInFlightRequests: 1 });
      await fresh.connect();
      steady.set(
        name,
        new SteadyProducer(async (value) => {
          const send = (): Promise<unknown> => fresh.send({ topic, messages: [{ partition: 0, value }] });
          // What kafkajs throws, and does not try again, where its connection goes while it prepares to use it.
          const isNotSent = (error: Error): boolean => error.message === 'Broker not connected';
          for (let sent = false; !sent;) {
            sent = await send().then(
              () => true,
              (error: Error) => {
                if (!isNotSent(error)) throw error;
                return false;
              },
            );
            if (!sent) await sleep(50);
          }
        }),
      );
      producers.set(name, fresh);
    },
    acknowledged: async ({ producer: name }) => steady.get(name)?.acknowledged ?? NaN,
    stopProducing: async ({ producer: name }) => (await steady.get(name)?.stop()) ?? NaN,

    async createTopic({ topic, partitions, replicationFactor, configs = {}, validateOnly = false }) {
      const created = await admin.createTopics({
        validateOnly,
        waitForLeaders: false,
        topics: [
          {
            topic,
            numPartitions: partitions ?? -1,
            replicationFactor: replicationFactor ?? -1,
            configEntries: Object.entries(configs).map(([name, value]) => ({ name, value })),
          },
        ],
      });
      if (!created) throw new KafkaFailure(36, 'TOPIC_ALREADY_EXISTS, says kafkajs by answering false');
    },
    async deleteTopic({ topic }) {
      await admin.deleteTopics({ topics: [topic] });
    },
    listTopics: () => admin.listTopics(),
    async describeTopic({ topic }) {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      const partitions = (topics[0]?.partitions ?? []).map(({ partitionId, leader, replicas, isr }) => ({
        index: partitionId,
        leader,
        replicas,
        isr,
      }));
      return { partitions: partitions.sort((a, b) => a.index - b.index) };
    },
    async createPartitions({ topic, count }) {
      await admin.createPartitions({ topicPartitions: [{ topic, count }] });
    },
    topicConfigs: ({ topic }) => describe(ConfigResourceTypes.TOPIC, topic),
    brokerConfigs: ({ broker }) => describe(ConfigResourceTypes.BROKER, String(broker)),
    async setConfig({ topic, name, value }) {
      await alter(topic, { ...(await ownConfigs(topic)), [name]: value });
    },
    async unsetConfig({ topic, name }) {
      const { [name]: _, ...others } = await ownConfigs(topic);
      await alter(topic, others);
    },
    async cluster() {
      const { brokers } = await admin.describeCluster();
      return { brokers: brokers.map(({ nodeId, host, port }) => ({ id: nodeId, host, port })) };
    },

    async offsetAt({ topic, partition, at }) {
      if (at === 'max timestamp') throw new Error('kafkajs cannot ask for it');
      if (typeof at === 'object') {
        const found = await admin.fetchTopicOffsetsByTimestamp(topic, at.timestampMs);
        return Number(found.find((each) => each.partition === partition)?.offset ?? -1);
      }
      const found = (await admin.fetchTopicOffsets(topic)).find((each) => each.partition === partition);
      return Number((at === 'earliest' ? found?.low : found?.high) ?? -1);
    },

    async join({ member: name, group, topic, from = 'earliest', commitOnLeave = false, sessionTimeoutMs = 10_000 }) {
      const consumer = kafka.consumer({
        groupId: group,
        sessionTimeout: sessionTimeoutMs,
        heartbeatInterval: 300,
        maxWaitTimeInMs: 200,
        rebalanceTimeout: 10_000,
      });
      const joined: Member = { consumer, topic, received: [], assignment: [] };
      consumer.on('consumer.group_join', ({ payload }) => {
        joined.assignment = [...(payload.memberAssignment[topic] ?? [])].sort((a, b) => a - b);
      });
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: from === 'earliest' });
      await consumer.run({
        autoCommit: commitOnLeave,
        eachMessage: async ({ partition, message }) => {
          joined.received.push(consumed(partition, message));
        },
      });
      members.set(name, joined);
    },
    assignment: async ({ member: name }) => member(name).assignment,
    received: async ({ member: name }) => [...member(name).received],
    pause: async ({ member: name, topic, partitions }) => member(name).consumer.pause([{ topic, partitions }]),
    resume: async ({ member: name, topic, partitions }) => member(name).consumer.resume([{ topic, partitions }]),
    seek: async ({ member: name, topic, partition, offset }) =>
      member(name).consumer.seek({ topic, partition, offset: String(offset) }),
    async commit({ member: name }) {
      const { consumer, received, topic } = member(name);
      const positions = new Map(received.map(({ partition, offset }) => [partition, offset + 1]));
      await consumer.commitOffsets(
        [...positions].map(([partition, offset]) => ({ topic, partition, offset: String(offset) })),
      );
    },
    async leave({ member: name }) {
      await member(name).consumer.disconnect();
      members.delete(name);
    },

    listGroups: async () => (await admin.listGroups()).groups.map(({ groupId }) => groupId),
    async describeGroup({ group }) {
      const [found] = (await admin.describeGroups([group])).groups;
      if (!found) throw new Error('no answer for the group');
      return {
        state: found.state,
        members: found.members.map(({ memberAssignment }) => ({ partitions: assignedPartitions(memberAssignment) })),
      };
    },
    committed: ({ group, topic }) => committed(group, topic),
    async lag({ group, topic }) {
      const [at, end] = await Promise.all([committed(group, topic), ends(topic)]);
      return Object.fromEntries(Object.entries(at).map(([p, offset]) => [p, (end.get(Number(p)) ?? NaN) - offset]));
    },
    async setCommitted({ group, topic, partition, offset }) {
      await admin.setOffsets({ groupId: group, topic, partitions: [{ partition, offset: String(offset) }] });
    },
    async deleteGroup({ group }) {
      await admin.deleteGroups([group]);
    },

    async deleteRecords({ topic, partition, before }) {
      // Asking for offsets makes kafkajs learn of the topic, which deleting alone does not.
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(before) }] });
      return Number((await admin.fetchTopicOffsets(topic)).find((each) => each.partition === partition)?.low);
    },
    async reassign({ topic, partition, replicas }) {
      await admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment: [{ partition, replicas }] }] });
    },
    async reassignments({ topic }) {
      const { topics } = await admin.listPartitionReassignments({});
      const found = topics.filter((each) => each.topic === topic);
      return found.flatMap(({ partitions }) => partitions.map(({ partitionIndex }) => partitionIndex));
    },
  };

  return {
    name: 'kafkajs',
    version: `kafkajs ${(require('kafkajs/package.json') as { version: string }).version}`,
    wording: 'protocol',
    verbs: withFailures(verbs),
    abilities: new Set([
      'gzip',
      'headers',
      'refused names',
      'timestamps',
      'acks',
      'partitions',
      'validate only',
      'log append time',
      'empty values',
    ]),
    async close() {
      await Promise.all([...members.values()].map(({ consumer }) => consumer.disconnect()));
      await Promise.all([...producers.values()].map((each) => each.disconnect()));
      await admin.disconnect();
    },
  };
}

function consumed(partition: number, { offset, timestamp, key, value, headers }: KafkaMessage): ConsumedRecord {
  return {
    partition,
    offset: Number(offset),
    timestampMs: Number(timestamp),
    key: key?.toString() ?? null,
    value: value?.toString() ?? null,
    headers: Object.entries(headers ?? {}).flatMap(([name, values]) =>
      [values ?? []].flat().map((each): Header => [name, each.toString()]),
    ),
  };
}

function grouped(headers: readonly Header[]): IHeaders {
  const names = [...new Set(headers.map(([name]) => name))];
  return Object.fromEntries(
    names.map((name) => [name, headers.flatMap(([each, value]) => (each === name ? [value] : []))]),
  );
}

function configsOf({ resources }: DescribeConfigResponse): Record<string, ConfigValue> {
  const entries = resources.flatMap(({ configEntries }) => configEntries);
  return Object.fromEntries(
    entries.map(({ configName, configValue, isDefault }) => [configName, { value: configValue, isDefault }]),
  );
}

function assignedPartitions(assignment: Buffer): number[] {
  if (assignment.length === 0) return [];
  return Object.values(AssignerProtocol.MemberAssignment.decode(assignment)?.assignment ?? {}).flat();
}

interface KafkaJsError {
  readonly code?: unknown;
  readonly type?: string;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
  readonly partitions?: readonly { readonly error: unknown }[];
  readonly groups?: readonly { readonly error: unknown }[];
}

/** kafkajs wraps the broker's refusal in retries and aggregates: finds the error with the code. */
function failure(error: unknown): Error {
  if (error instanceof KafkaFailure || !(error instanceof Error))
    return error instanceof Error ? error : new Error(String(error));
  const { code, type, cause, errors, partitions, groups } = error as KafkaJsError;
  // `type` is how kafkajs names it to its user.
  if (typeof code === 'number') return new KafkaFailure(code, `${type}: ${error.message}`);
  const inner = errors?.[0] ?? partitions?.[0]?.error ?? groups?.[0]?.error ?? cause;
  const found = inner === undefined ? undefined : failure(inner);
  return found instanceof KafkaFailure ? found : error;
}

function withFailures(verbs: Partial<Verbs>): Partial<Verbs> {
  const wrapped = Object.entries(verbs).map(([name, verb]) => [
    name,
    async (args: never): Promise<unknown> => {
      try {
        return await verb(args);
      } catch (error) {
        throw failure(error);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as Partial<Verbs>;
}
