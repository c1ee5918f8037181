// The verbs of client.ts with @platformatic/kafka: the program's side of driver.ts.
import { SteadyProducer } from '../steady-producer.ts';
import { installed, serve, within20s } from './lines.js';

const [, , folder, address] = process.argv;
const { Admin, Consumer, Producer, compatibilityPartitioner } = await installed(folder, '@platformatic/kafka');

const options = {
  clientId: 'behaviours',
  bootstrapBrokers: [address],
  retries: 20,
  retryDelay: 100,
  autocreateTopics: true,
};
// For what lives through a restart of the broker: the client gives up after so many tries.
const patient = { ...options, retries: 1_000 };
const admin = new Admin(options);
const producing = { ...options, partitioner: compatibilityPartitioner };
const producers = { plain: new Producer(producing), idempotent: new Producer({ ...producing, idempotent: true }) };
const steady = new Map();
const members = new Map();
let readers = 0;

const buffer = (text) => (typeof text === 'string' ? Buffer.from(text) : undefined);
const text = (bytes) => bytes?.toString() ?? null;

const consumed = ({ partition, offset, timestamp, key, value, headers }) => ({
  partition,
  offset: Number(offset),
  timestampMs: Number(timestamp),
  key: text(key),
  value: text(value),
  headers: [...headers].map(([name, content]) => [text(name), text(content)]),
});

const metadata = (topics) => admin.metadata({ topics, forceUpdate: true, autocreateTopics: false });
const partitionsOf = async (topic) => (await metadata([topic])).topics.get(topic).partitions.map((_, index) => index);

async function offsetAt(topic, partition, timestamp) {
  const [found] = await admin.listOffsets({
    topics: [{ name: topic, partitions: [{ partitionIndex: partition, timestamp }] }],
  });
  return found.partitions[0].offset;
}

async function committed(group, topic) {
  const [found] = await admin.listConsumerGroupOffsets({ groups: [group] });
  const partitions = found.topics.filter(({ name }) => name === topic).flatMap((each) => each.partitions);
  return Object.fromEntries(
    partitions.map(({ partitionIndex, committedOffset }) => [partitionIndex, Number(committedOffset)]),
  );
}

async function configs(resourceType, resourceName) {
  const [found] = await admin.describeConfigs({ resources: [{ resourceType, resourceName }] });
  return Object.fromEntries(
    // A config source of 5 is the default.
    found.configs.map(({ name, value, configSource }) => [name, { value, isDefault: configSource === 5 }]),
  );
}

const alterConfig = (topic, config) =>
  admin.incrementalAlterConfigs({ resources: [{ resourceType: 2, resourceName: topic, configs: [config] }] });

const member = (name) => members.get(name);

const verbs = {
  async produce({ topic, records, compression = 'none', acks = -1, idempotent = false }) {
    await producers[idempotent ? 'idempotent' : 'plain'].send({
      acks,
      compression,
      messages: records.map(({ key, value, partition, timestampMs, headers = [] }) => ({
        topic,
        key: buffer(key),
        value: buffer(value),
        headers: new Map(headers.map(([name, content]) => [buffer(name), buffer(content)])),
        ...(partition === undefined ? {} : { partition }),
        ...(timestampMs === undefined ? {} : { timestamp: BigInt(timestampMs) }),
      })),
    });
  },
  async consume({ topic, from, partition, count, outOfRange }) {
    const groupId = `reader-${process.pid}-${readers++}`;
    const consumer = new Consumer({ ...options, groupId, maxWaitTime: 200, autocommit: false });
    try {
      const wanted = (await partitionsOf(topic)).filter((each) => (partition ?? each) === each);
      const startOf = async (each) => {
        if (from === 'earliest') return offsetAt(topic, each, -2n);
        if (from.offset !== undefined) return BigInt(from.offset);
        const found = await offsetAt(topic, each, BigInt(from.timestampMs));
        return found >= 0n ? found : offsetAt(topic, each, -1n);
      };
      const offsets = await Promise.all(
        wanted.map(async (each) => ({ topic, partition: each, offset: await startOf(each) })),
      );
      const fallbackMode = outOfRange ?? 'earliest';
      const stream = await consumer.consume({ topics: [topic], mode: 'manual', offsets, fallbackMode });
      const records = [];
      let fault;
      stream.on('error', (error) => (fault = error));
      stream.on('data', (message) => {
        if ((partition ?? message.partition) === message.partition && records.length < count)
          records.push(consumed(message));
      });
      await within20s(
        () => `${records.length} of ${count} records`,
        () => {
          if (fault) throw fault;
          return records.length === count ? true : undefined;
        },
      );
      return records;
    } finally {
      await consumer.close(true);
    }
  },
  async startProducing({ producer, topic }) {
    const fresh = new Producer({ ...patient, idempotent: true, timeout: 4_000 });
    const send = (value) => fresh.send({ messages: [{ topic, partition: 0, value: buffer(value) }] });
    steady.set(producer, { steady: new SteadyProducer(send), close: () => fresh.close(true) });
  },
  acknowledged: async ({ producer }) => steady.get(producer).steady.acknowledged,
  async stopProducing({ producer }) {
    const count = await steady.get(producer).steady.stop();
    await steady.get(producer).close();
    return count;
  },

  async createTopic({ topic, partitions, replicationFactor, configs: wanted = {} }) {
    await admin.createTopics({
      topics: [topic],
      ...(partitions === undefined ? {} : { partitions }),
      ...(replicationFactor === undefined ? {} : { replicas: replicationFactor }),
      configs: Object.entries(wanted).map(([name, value]) => ({ name, value })),
    });
  },
  deleteTopic: ({ topic }) => admin.deleteTopics({ topics: [topic] }),
  listTopics: () => admin.listTopics(),
  async describeTopic({ topic }) {
    const { partitions } = (await metadata([topic])).topics.get(topic);
    return { partitions: partitions.map(({ leader, replicas, isr }, index) => ({ index, leader, replicas, isr })) };
  },
  topicId: async ({ topic }) => (await metadata([topic])).topics.get(topic).id,
  createPartitions: ({ topic, count }) => admin.createPartitions({ topics: [{ name: topic, count }] }),
  topicConfigs: ({ topic }) => configs(2, topic),
  brokerConfigs: ({ broker }) => configs(4, String(broker)),
  setConfig: ({ topic, name, value }) => alterConfig(topic, { name, configOperation: 0, value }),
  unsetConfig: ({ topic, name }) => alterConfig(topic, { name, configOperation: 1, value: null }),
  async cluster() {
    const { brokers } = await metadata([]);
    return { brokers: [...brokers].map(([id, { host, port }]) => ({ id, host, port })) };
  },
  async apiVersions() {
    const apis = await admin.listApis();
    return Object.fromEntries(
      apis.map(({ name, minVersion, maxVersion }) => [name, { min: minVersion, max: maxVersion }]),
    );
  },
  offsetAt: async ({ topic, partition, at }) =>
    Number(await offsetAt(topic, partition, at === 'earliest' ? -2n : at === 'latest' ? -1n : BigInt(at.timestampMs))),

  async join({
    member: name,
    group,
    topic,
    from = 'earliest',
    instanceId,
    commitOnLeave = false,
    sessionTimeoutMs = 10_000,
  }) {
    const consumer = new Consumer({
      ...patient,
      groupId: group,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: sessionTimeoutMs,
      heartbeatInterval: 300,
      maxWaitTime: 200,
      autocommit: false,
      ...(instanceId === undefined ? {} : { groupInstanceId: instanceId }),
    });
    const joined = { consumer, topic, commitOnLeave, received: [], fault: null };
    members.set(name, joined);
    const failed = (error) => (joined.fault ??= describe(error));
    consumer.on('consumer:heartbeat:error', ({ error }) => {
      if (error.findBy?.('apiId', 'FENCED_INSTANCE_ID')) failed(error);
    });
    consumer.on('error', failed);
    joined.stream = await consumer.consume({ topics: [topic], mode: 'committed', fallbackMode: from });
    joined.stream.on('error', failed);
    joined.stream.on('data', (message) => joined.received.push(consumed(message)));
  },
  async assignment({ member: name }) {
    const { consumer, topic } = member(name);
    return (consumer.assignments ?? [])
      .flatMap((each) => (each.topic === topic ? each.partitions : []))
      .sort((a, b) => a - b);
  },
  async received({ member: name }) {
    const { received, fault } = member(name);
    if (fault) throw new Error(`reading has ended: ${fault.message}`);
    return received;
  },
  async commit({ member: name }) {
    const { consumer, topic, received } = member(name);
    const positions = new Map(received.map(({ partition, offset }) => [partition, BigInt(offset + 1)]));
    const offsets = [...positions].map(([partition, offset]) => ({ topic, partition, offset, leaderEpoch: -1 }));
    await consumer.commit({ offsets });
  },
  async leave({ member: name }) {
    if (member(name).commitOnLeave) await verbs.commit({ member: name });
    await member(name).consumer.close(true);
    members.delete(name);
  },
  fault: async ({ member: name }) => member(name).fault,

  listGroups: async () => [...(await admin.listGroups()).keys()],
  async describeGroup({ group }) {
    const found = (await admin.describeGroups({ groups: [group] })).get(group);
    const words = found.state.toLowerCase().split('_');
    return {
      state: words.map((word) => word[0].toUpperCase() + word.slice(1)).join(''),
      members: [...found.members.values()].map(({ assignments }) => ({
        partitions: [...(assignments?.values() ?? [])].flatMap(({ partitions }) => partitions).sort((a, b) => a - b),
      })),
    };
  },
  committed: ({ group, topic }) => committed(group, topic),
  async lag({ group, topic }) {
    const lags = Object.entries(await committed(group, topic)).map(async ([partition, offset]) => [
      partition,
      Number(await offsetAt(topic, Number(partition), -1n)) - offset,
    ]);
    return Object.fromEntries(await Promise.all(lags));
  },
  setCommitted: ({ group, topic, partition, offset }) =>
    admin.alterConsumerGroupOffsets({
      groupId: group,
      topics: [{ name: topic, partitionOffsets: [{ partition, offset: BigInt(offset) }] }],
    }),
  async deleteCommitted({ group, topic, partition }) {
    await admin.deleteConsumerGroupOffsets({
      groupId: group,
      topics: [{ name: topic, partitionIndexes: [partition] }],
    });
  },
  deleteGroup: ({ group }) => admin.deleteGroups({ groups: [group] }),
  removeMember: ({ group, id }) =>
    admin.removeMembersFromConsumerGroup({ groupId: group, members: [{ memberId: id }] }),

  async deleteRecords({ topic, partition, before }) {
    const [found] = await admin.deleteRecords({
      topics: [{ name: topic, partitions: [{ partition, offset: BigInt(before) }] }],
    });
    return Number(found.partitions[0].lowWatermark);
  },
  async logDirs({ topic }) {
    const brokers = await admin.describeLogDirs({ topics: [{ name: topic, partitions: await partitionsOf(topic) }] });
    const partitions = brokers
      .flatMap(({ results }) => results)
      .flatMap(({ topics }) => topics.filter(({ name }) => name === topic))
      .flatMap((each) => each.partitions);
    return Object.fromEntries(
      partitions.map(({ partitionIndex, partitionSize }) => [partitionIndex, Number(partitionSize)]),
    );
  },
  async setQuota({ user, name, value }) {
    const op = value === null ? { key: name, remove: true } : { key: name, value, remove: false };
    await admin.alterClientQuotas({ entries: [{ entities: [{ entityType: 'user', entityName: user }], ops: [op] }] });
  },
  async quotas({ user }) {
    const entries = await admin.describeClientQuotas({
      components: [{ entityType: 'user', matchType: 0, match: user }],
      strict: true,
    });
    return Object.fromEntries(entries.flatMap(({ values }) => values.map(({ key, value }) => [key, value])));
  },
};

/** The broker's error lies somewhere within the client's; its id is how the client names it. */
function describe(error) {
  const protocol = protocolError(error);
  if (protocol) return { code: protocol.apiCode, message: `${protocol.apiId}: ${protocol.message}` };
  // What the broker says of a topic it does not know, the client says without the code.
  if (/^Unknown topic /.test(error.message))
    return { code: 3, message: `UNKNOWN_TOPIC_OR_PARTITION: ${error.message}` };
  return { code: null, message: String(error.stack ?? error) };
}

function protocolError(error) {
  const found = [error, ...innerErrors(error)].filter(({ apiCode }) => apiCode !== undefined);
  // A refused batch is told with the errors of its records, whose code is always -1.
  return found.find(({ apiCode }) => apiCode !== -1) ?? found[0];
}

function innerErrors(error) {
  const inner = [...(error.errors ?? []), ...(error.cause ? [error.cause] : [])];
  return inner.flatMap((each) => [each, ...innerErrors(each)]);
}

await serve(verbs, describe, async () => {
  for (const { steady: each } of steady.values()) each.stopping = true;
  await Promise.allSettled([...members.values()].map(({ consumer }) => consumer.close(true)));
});
