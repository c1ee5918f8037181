import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Admin } from 'kafkajs';
import type { Verbs } from './client.ts';

/** What a behaviour finds around it: names of its own, and topics made by the suite rather than by the client under test. */
export interface Stage {
  /** A name no other behaviour uses, for topics and groups. */
  name(label: string): string;
  /** Creates a topic and returns its name. */
  topic(partitions?: number, configs?: Readonly<Record<string, string>>): Promise<string>;
}

/** An admin of the suite's own, and where it is connected to. */
export interface Settler {
  readonly admin: Admin;
  readonly address: string;
}

export function connectAdmin(address: string): Admin {
  return new kafkajs.Kafka({ brokers: [address], clientId: 'stage', logLevel: kafkajs.logLevel.NOTHING }).admin();
}

/** `settles` says whether a new topic must be waited for, as with `settling`. */
export function stageFor(client: string, settler: Settler, settles: boolean): Stage {
  let named = 0;
  const name = (label: string): string => `${client}-${label}-${named++}`;
  return {
    name,
    async topic(partitions = 1, configs = {}) {
      const topic = name('topic');
      const configEntries = Object.entries(configs).map(([key, value]) => ({ name: key, value }));
      await settler.admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: partitions, configEntries }] });
      if (settles) await untilPartitions(settler, topic, partitions);
      return topic;
    },
  };
}

/**
 * Apache Kafka answers a change of topics when the controller has it, and its broker hears of it some time later. These
 * verbs wait for that, so that a behaviour may count on a change at once, as it may with Ottla without waiting.
 */
export function settling(verbs: Partial<Verbs>, settler: Settler): Partial<Verbs> {
  const { createTopic, deleteTopic, createPartitions, setConfig, unsetConfig } = verbs;
  return {
    ...verbs,
    ...(createTopic && {
      async createTopic(args) {
        await createTopic(args);
        if (args.validateOnly !== true) await untilPartitions(settler, args.topic, args.partitions ?? 1);
      },
    }),
    ...(deleteTopic && {
      async deleteTopic(args) {
        await deleteTopic(args);
        await untilPartitions(settler, args.topic, 0);
      },
    }),
    ...(createPartitions && {
      async createPartitions(args) {
        await createPartitions(args);
        await untilPartitions(settler, args.topic, args.count);
      },
    }),
    ...(setConfig && {
      async setConfig(args) {
        await setConfig(args);
        await until(async () => (await configOf(settler.admin, args)) === args.value);
      },
    }),
    ...(unsetConfig && {
      async unsetConfig(args) {
        await unsetConfig(args);
        await until(async () => (await configOf(settler.admin, args)) === undefined);
      },
    }),
  };
}

async function untilPartitions({ admin, address }: Settler, topic: string, count: number): Promise<void> {
  await until(async () => {
    const { topics } = await admin.fetchTopicMetadata();
    const partitions = topics.flatMap((each) => (each.name === topic ? each.partitions : []));
    return partitions.filter(({ leader }) => leader >= 0).length === count;
  });
  if (count > 0) await until(() => tellsOffsets(address, topic, count));
}

/**
 * Metadata may name a leader that does not lead yet; it does once it tells its offsets. Asked by an admin of its own,
 * because kafkajs asks for such a topic ever after, and fails in everything once the topic is deleted.
 */
async function tellsOffsets(address: string, topic: string, count: number): Promise<boolean> {
  const admin = connectAdmin(address);
  try {
    await admin.connect();
    return (await admin.fetchTopicOffsets(topic)).length === count;
  } catch {
    return false;
  } finally {
    await admin.disconnect();
  }
}

/** The value that the topic itself was given; undefined where it has the default. */
async function configOf(admin: Admin, config: { topic: string; name: string }): Promise<string | undefined> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: config.topic }],
  });
  const entry = resources[0]?.configEntries.find(({ configName }) => configName === config.name);
  return entry === undefined || entry.isDefault ? undefined : entry.configValue;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('the broker has not heard of the change within 20 s');
    await sleep(20);
  }
}
