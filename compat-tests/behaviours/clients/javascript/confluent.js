// The verbs of client.ts with @confluentinc/kafka-javascript: the program's side of driver.ts.
import { installed, serve, within20s } from './lines.js';
import { SteadyProducer } from '../steady-producer.ts';

const [, , folder, address] = process.argv;
const { default: confluent } = await installed(folder, '@confluentinc/kafka-javascript');
const { KafkaJS, RdKafka } = confluent;

const quiet = { 'topic.metadata.refresh.interval.ms': 1000 };
const kafkaJS = { brokers: [address], logLevel: KafkaJS.logLevel.NOTHING };
const kafka = new KafkaJS.Kafka({ kafkaJS });
const admin = kafka.admin(quiet);
await admin.connect();
const partitionAdmin = RdKafka.AdminClient.create({ 'bootstrap.servers': address });
const steady = new Map();
const members = new Map();
let readers = 0;

/** A call that wants a callback, as a promise. */
const answer = (ask) =>
  new Promise((resolve, reject) => ask((error, result) => (error ? reject(error) : resolve(result))));

const consumed = (partition, { offset, timestamp, key, value, headers }) => ({
  partition,
  offset: Number(offset),
  timestampMs: Number(timestamp),
  key: key?.toString() ?? null,
  value: value?.toString() ?? null,
  headers: [headers ?? []]
    .flat()
    .flatMap(Object.entries)
    .flatMap(([name, values]) => [values].flat().map((each) => [name, each.toString()])),
});

const grouped = (headers) =>
  Object.fromEntries(
    headers.map(([name]) => [name, headers.flatMap(([each, value]) => (each === name ? [value] : []))]),
  );

async function describe(topic) {
  const [found] = await admin.fetchTopicMetadata({ topics: [topic] });
  return found;
}

async function ends(topic) {
  return new Map(
    (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => [partition, [Number(low), Number(high)]]),
  );
}

async function committed(group, topic) {
  const [found] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
  const known = (found?.partitions ?? []).filter(({ offset }) => Number(offset) >= 0);
  return Object.fromEntries(known.map(({ partition, offset }) => [partition, Number(offset)]));
}

/** A consumer of the lower interface, connected: for reading outside a lasting group, and for metadata. */
async function withReader(configs, use) {
  const reader = new RdKafka.KafkaConsumer(
    {
      'bootstrap.servers': address,
      'group.id': `reader-${process.pid}-${readers++}`,
      'enable.auto.commit': false,
      log_level: 0,
    },
    configs,
  );
  await answer((told) => reader.connect({}, told));
  try {
    return await use(reader);
  } finally {
    await answer((told) => reader.disconnect(told));
  }
}

const member = (name) => members.get(name);

const verbs = {
  async produce({ topic, records, compression = 'none', acks = -1, idempotent = false }) {
    // One for each call: a producer that lives on asks for the topics it knows, and so makes deleted ones anew.
    const producer = kafka.producer({
      kafkaJS: { acks, compression, idempotent },
      'linger.ms': 5,
      'message.max.bytes': 4_000_000,
      partitioner: 'murmur2_random',
    });
    await producer.connect();
    try {
      await producer.send({
        topic,
        messages: records.map(({ key, value, partition, timestampMs, headers }) => ({
          value,
          ...(key === undefined ? {} : { key }),
          ...(partition === undefined ? {} : { partition }),
          ...(timestampMs === undefined ? {} : { timestamp: String(timestampMs) }),
          ...(headers === undefined ? {} : { headers: grouped(headers) }),
        })),
      });
    } finally {
      await producer.disconnect();
    }
  },
  consume: ({ topic, from, partition, count, outOfRange }) =>
    withReader({ 'auto.offset.reset': outOfRange === 'fail' ? 'error' : 'earliest' }, async (reader) => {
      const { topics } = await answer((told) => reader.getMetadata({ topic, timeout: 10_000 }, told));
      const wanted = topics
        .find(({ name }) => name === topic)
        .partitions.map(({ id }) => ({ topic, partition: id }))
        .filter((each) => (partition ?? each.partition) === each.partition);
      if (from.timestampMs === undefined) {
        const offset = from === 'earliest' ? 0 : from.offset;
        reader.assign(wanted.map((each) => ({ ...each, offset })));
      } else {
        const times = wanted.map((each) => ({ ...each, offset: from.timestampMs }));
        reader.assign(await answer((told) => reader.offsetsForTimes(times, 10_000, told)));
      }
      reader.setDefaultConsumeTimeout(200);
      const records = [];
      return within20s(
        () => `${records.length} of ${count} records`,
        async () => {
          const messages = await answer((told) => reader.consume(count - records.length, told));
          records.push(...messages.map((message) => consumed(message.partition, message)));
          return records.length >= count ? records : undefined;
        },
      );
    }),
  async startProducing({ producer: name, topic }) {
    const producer = kafka.producer({
      kafkaJS: { idempotent: true },
      'socket.timeout.ms': 4_000,
      'request.timeout.ms': 4_000,
    });
    await producer.connect();
    const send = (value) => producer.send({ topic, messages: [{ partition: 0, value }] });
    steady.set(name, { producer, steady: new SteadyProducer(send) });
  },
  acknowledged: async ({ producer }) => steady.get(producer).steady.acknowledged,
  async stopProducing({ producer: name }) {
    const { producer, steady: each } = steady.get(name);
    const count = await each.stop();
    await producer.disconnect();
    return count;
  },

  async createTopic({ topic, partitions = -1, replicationFactor = -1, configs = {} }) {
    const created = await admin.createTopics({
      topics: [
        {
          topic,
          numPartitions: partitions,
          replicationFactor,
          configEntries: Object.entries(configs).map(([name, value]) => ({ name, value })),
        },
      ],
    });
    if (!created)
      throw Object.assign(new Error('TOPIC_ALREADY_EXISTS, says the client by answering false'), { code: 36 });
  },
  deleteTopic: ({ topic }) => admin.deleteTopics({ topics: [topic] }),
  listTopics: () => admin.listTopics(),
  async describeTopic({ topic }) {
    const { partitions } = await describe(topic);
    return {
      partitions: partitions.map(({ partitionId, leader, replicas, isr }) => ({
        index: partitionId,
        leader,
        replicas,
        isr,
      })),
    };
  },
  topicId: async ({ topic }) => {
    const { mostSignificantBits, leastSignificantBits } = (await describe(topic)).topicId;
    return `${mostSignificantBits} ${leastSignificantBits}`;
  },
  createPartitions: ({ topic, count }) => answer((told) => partitionAdmin.createPartitions(topic, count, told)),
  cluster: () =>
    withReader({}, async (reader) => ({
      brokers: (await answer((told) => reader.getMetadata({ timeout: 10_000 }, told))).brokers,
    })),
  async offsetAt({ topic, partition, at }) {
    if (typeof at === 'string') return (await ends(topic)).get(partition)[at === 'earliest' ? 0 : 1];
    const found = await admin.fetchTopicOffsetsByTimestamp(topic, at.timestampMs);
    return Number(found.find((each) => each.partition === partition)?.offset ?? -1);
  },

  async join({
    member: name,
    group,
    topic,
    from = 'earliest',
    assignor = 'range',
    instanceId,
    commitOnLeave = false,
    sessionTimeoutMs = 10_000,
  }) {
    const joined = { topic, received: [], revoked: new Set(), leaving: false };
    const consumer = kafka.consumer({
      ...quiet,
      kafkaJS: {
        groupId: group,
        fromBeginning: from === 'earliest',
        autoCommit: commitOnLeave,
        sessionTimeout: sessionTimeoutMs,
        heartbeatInterval: 300,
      },
      'partition.assignment.strategy': assignor,
      ...(instanceId === undefined ? {} : { 'group.instance.id': instanceId }),
      rebalance_cb(error, partitions) {
        if (error.code !== KafkaJS.ErrorCodes.ERR__REVOKE_PARTITIONS || joined.leaving) return;
        for (const { partition } of partitions) joined.revoked.add(partition);
      },
    });
    joined.consumer = consumer;
    await consumer.connect();
    await consumer.subscribe({ topics: [topic] });
    await consumer.run({
      eachMessage: async ({ partition, message }) => void joined.received.push(consumed(partition, message)),
    });
    members.set(name, joined);
  },
  assignment: async ({ member: name }) =>
    member(name)
      .consumer.assignment()
      .map(({ partition }) => partition)
      .sort((a, b) => a - b),
  revoked: async ({ member: name }) => [...member(name).revoked].sort((a, b) => a - b),
  received: async ({ member: name }) => member(name).received,
  pause: async ({ member: name, topic, partitions }) => void member(name).consumer.pause([{ topic, partitions }]),
  resume: async ({ member: name, topic, partitions }) => void member(name).consumer.resume([{ topic, partitions }]),
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
    member(name).leaving = true;
    await member(name).consumer.disconnect();
    members.delete(name);
  },

  listGroups: async () => (await admin.listGroups()).groups.map(({ groupId }) => groupId),
  async describeGroup({ group }) {
    const [{ state, members: found }] = (await admin.describeGroups([group])).groups;
    const [name] = Object.entries(KafkaJS.ConsumerGroupStates).find(([, each]) => each === state);
    return {
      state: name.toLowerCase().replace(/(?:^|_)(.)/g, (_, letter) => letter.toUpperCase()),
      members: found.map(({ assignment }) => ({
        partitions: assignment.topicPartitions.map(({ partition }) => partition).sort((a, b) => a - b),
      })),
    };
  },
  committed: ({ group, topic }) => committed(group, topic),
  async lag({ group, topic }) {
    const [at, end] = await Promise.all([committed(group, topic), ends(topic)]);
    return Object.fromEntries(Object.entries(at).map(([p, offset]) => [p, end.get(Number(p))[1] - offset]));
  },
  async deleteGroup({ group }) {
    await admin.deleteGroups([group]);
  },
  async deleteRecords({ topic, partition, before }) {
    const [found] = await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(before) }] });
    return found.lowWatermark;
  },
};

/** Where many were asked for, the error of the one lies within. Its name is the one users compare codes with. */
function fault(error) {
  const inner = [error.errors, error.groups, error.partitions].flatMap((each) => each ?? [])[0];
  if (inner !== undefined) return fault(inner.error ?? inner);
  const [name] = Object.entries(KafkaJS.ErrorCodes).find(([, code]) => code === error.code) ?? [error.name];
  return { code: error.code ?? null, message: `${name}: ${error.message}` };
}

await serve(verbs, fault, async () => {
  for (const { steady: each } of steady.values()) each.stopping = true;
  await Promise.allSettled([...members.values()].map(({ consumer }) => consumer.disconnect()));
  await admin.disconnect();
});
