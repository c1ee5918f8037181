import kafkajs, { type Admin } from 'kafkajs';
import { until, untilPartitions, type Settler } from '../topics.ts';
import type { Client, Verbs } from './client.ts';
import type { Wording } from './wording.ts';

/** What a behaviour finds around it: names of its own, and topics made by the suite rather than by the client under test. */
export interface Stage {
  /** How the client words Kafka's errors, if that is to be checked. */
  readonly wording: Wording | undefined;
  /** A name no other behaviour uses, for topics and groups. */
  name(label: string): string;
  /** Creates a topic and returns its name. */
  topic(partitions?: number, configs?: Readonly<Record<string, string>>): Promise<string>;
}

/** `settles` says whether a new topic must be waited for, as with `settling`. */
export function stageFor(client: Client, settler: Settler, settles: boolean): Stage {
  let named = 0;
  const name = (label: string): string => `${client.name}-${label}-${named++}`;
  return {
    name,
    wording: client.wording,
    async topic(partitions = 1, configs = {}) {
      const topic = name('topic');
      const configEntries = Object.entries(configs).map(([key, value]) => ({ name: key, value }));
      await settler.admin.createTopics({
        waitForLeaders: false,
        topics: [{ topic, numPartitions: partitions, configEntries }],
      });
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

/** The value that the topic itself was given; undefined where it has the default. */
async function configOf(admin: Admin, config: { topic: string; name: string }): Promise<string | undefined> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: config.topic }],
  });
  const entry = resources[0]?.configEntries.find(({ configName }) => configName === config.name);
  return entry === undefined || entry.isDefault ? undefined : entry.configValue;
}
