import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  KafkaFailure,
  type Client,
  type ConfigValue,
  type ConsumedRecord,
  type Header,
  type ProducedRecord,
  type Verbs,
} from '../client.ts';
import { compiledJava } from '../../toolchain.ts';
import { Driver } from './driver.ts';

const tools = {
  topics: 'org.apache.kafka.tools.TopicCommand',
  configs: 'kafka.admin.ConfigCommand',
  groups: 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  offsets: 'org.apache.kafka.tools.GetOffsetShell',
  apiVersions: 'org.apache.kafka.tools.BrokerApiVersionsCommand',
  producer: 'org.apache.kafka.tools.ConsoleProducer',
  consumer: 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  deleteRecords: 'org.apache.kafka.tools.DeleteRecordsCommand',
  logDirs: 'org.apache.kafka.tools.LogDirsCommand',
  reassignPartitions: 'org.apache.kafka.tools.reassign.ReassignPartitionsCommand',
  leaderElection: 'org.apache.kafka.tools.LeaderElectionCommand',
  features: 'org.apache.kafka.tools.FeatureCommand',
  metadataQuorum: 'org.apache.kafka.tools.MetadataQuorumCommand',
  clientMetrics: 'org.apache.kafka.tools.ClientMetricsCommand',
  transactions: 'org.apache.kafka.tools.TransactionsCommand',
} as const;

/** Refusals that the tools work out themselves, before or after asking the broker. */
const ownRefusals: readonly (readonly [words: string, code: number])[] = [
  ['The partitions must be greater than 0', 37],
  ['does not exist as expected', 3],
  ['org.apache.kafka.common.config.ConfigException', 40],
  ['Valid replica already elected', 84],
  ['Unknown broker id', 39],
];

const nothing = '<null>';

interface LogDirs {
  readonly brokers: readonly {
    readonly logDirs: readonly { readonly partitions: readonly { partition: string; size: number }[] }[];
  }[];
}

interface Outcome {
  readonly code: number | null;
  readonly output: string;
  readonly error: number | null;
}

/** Apache Kafka's command-line tools, run by `java/ToolHost.java`; what they print is what is checked. */
export async function apacheToolsClient(address: string): Promise<Client> {
  const source = (name: string): string => join(import.meta.dirname, 'java', name);
  const classPath = await compiledJava([source('ToolHost.java'), source('Lines.java')]);
  const driver = new Driver('java', ['-Xmx512m', '-XX:+UseSerialGC', '-cp', classPath, 'ToolHost']);
  const groups = new Map<string, string>();
  let readers = 0;

  const run = async (tool: keyof typeof tools, args: readonly string[], input = ''): Promise<string> => {
    const asked = { tool: tools[tool], args: ['--bootstrap-server', address, ...args], input };
    const { code, output, error } = (await driver.ask('run', asked)) as Outcome;
    const own = ownRefusals.find(([words]) => output.includes(words))?.[1];
    const refusal = own ?? error;
    if (refusal !== null) throw new KafkaFailure(refusal, output);
    if (code !== 0) throw new Error(`${tool} ended with ${code}: ${output}`);
    return output;
  };
  const configs = async (type: string, name: string): Promise<Record<string, ConfigValue>> => {
    const output = await run('configs', ['--describe', '--all', '--entity-type', type, '--entity-name', name]);
    const lines = [...output.matchAll(/^ {2}(\S+?)=(.*) sensitive=\w+ synonyms=\{(.*)\}$/gm)];
    return Object.fromEntries(
      lines.map(([, config = '', value = '', synonyms = '']) => [
        config,
        { value, isDefault: /^(DEFAULT_CONFIG|$)/.test(synonyms) },
      ]),
    );
  };
  const alterConfig = (topic: string, ...change: string[]): Promise<string> =>
    run('configs', ['--alter', '--entity-type', 'topics', '--entity-name', topic, ...change]);
  const alterUser = (user: string, ...change: string[]): Promise<string> =>
    run('configs', ['--alter', '--entity-type', 'users', '--entity-name', user, ...change]);
  /** What the tool tells of a user: `name=value` pairs. */
  const userConfigs = async (user: string, like: RegExp): Promise<[string, string][]> => {
    const output = await run('configs', ['--describe', '--entity-type', 'users', '--entity-name', user]);
    return [...output.matchAll(like)].map(([, name = '', value = '']) => [name, value]);
  };
  /** Some tools want a file: it is there while they run. */
  const withFile = async (content: unknown, use: (file: string) => Promise<string>): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'ottla-compat-tools-'));
    try {
      const file = join(folder, 'asked.json');
      await writeFile(file, JSON.stringify(content));
      return await use(file);
    } finally {
      await rm(folder, { recursive: true });
    }
  };
  /** Rows of what the group tool says of a group, a row of the wanted width as words. */
  const rows = async (group: string, ...what: string[]): Promise<string[][]> => {
    const output = await run('groups', ['--describe', '--group', group, ...what]);
    return output.split('\n').flatMap((line) => (line.startsWith(`${group} `) ? [line.trim().split(/\s+/)] : []));
  };
  const members = async (group: string): Promise<{ clientId: string; partitions: number[] }[]> =>
    (await rows(group, '--members', '--verbose')).map(([, , , clientId = '', , , assignment = '']) => ({
      clientId,
      partitions: (/:([\d,]+)$/.exec(assignment)?.[1] ?? '').split(',').filter(Boolean).map(Number),
    }));
  const offsets = async (group: string, topic: string, column: number): Promise<Record<number, number>> => {
    const told = (await rows(group, '--offsets')).filter((row) => row[1] === topic && row[column] !== '-');
    return Object.fromEntries(told.map((row): [string, number] => [row[2] ?? '', Number(row[column])]));
  };
  const groupOf = (member: string): string => groups.get(member) ?? '';

  const verbs: Partial<Verbs> = {
    async produce({ topic, records, compression = 'none', acks = -1 }) {
      const withHeaders = records.some(({ headers }) => headers !== undefined);
      const reader = ['parse.key=true', `null.marker=${nothing}`, `parse.headers=${withHeaders}`];
      await run(
        'producer',
        [
          ...[
            '--topic',
            topic,
            '--compression-codec',
            compression,
            '--request-required-acks',
            String(acks),
            '--timeout',
            '5',
          ],
          ...['--command-property', 'max.request.size=4000000'],
          // Its own defaults give up, silently, on a broker that is only slow.
          ...['--request-timeout-ms', '10000', '--message-send-max-retries', '10'],
          ...reader.flatMap((property) => ['--reader-property', property]),
          // Only then does the tool fail when a record is refused.
          ...(records.length === 1 ? ['--sync'] : []),
        ],
        records.map((record) => line(record, withHeaders)).join(''),
      );
    },
    async consume({ topic, from, partition, count }) {
      const where = partition === undefined ? [] : ['--partition', String(partition)];
      const start = async (): Promise<string[]> => {
        if (from === 'earliest')
          return partition === undefined ? ['--from-beginning'] : ['--offset', 'earliest', ...where];
        if ('offset' in from) return ['--offset', String(from.offset), ...where];
        const group = `reader-at-time-${readers++}`;
        const time = new Date(from.timestampMs).toISOString().replace('Z', '');
        await run('groups', [
          '--reset-offsets',
          '--group',
          group,
          '--topic',
          topic,
          '--to-datetime',
          time,
          '--execute',
        ]);
        return ['--group', group];
      };
      const output = await run('consumer', [
        ...['--topic', topic, '--max-messages', String(count), '--timeout-ms', '20000', ...printEverything],
        ...(await start()),
      ]);
      const records = consumed(output);
      if (records.length !== count) throw new Error(`${records.length} of ${count} records after 20 s`);
      return records;
    },

    async createTopic({ topic, partitions, replicationFactor, configs: wanted = {} }) {
      await run('topics', [
        ...['--create', '--topic', topic],
        ...(partitions === undefined ? [] : ['--partitions', String(partitions)]),
        ...(replicationFactor === undefined ? [] : ['--replication-factor', String(replicationFactor)]),
        ...Object.entries(wanted).flatMap(([name, value]) => ['--config', `${name}=${value}`]),
      ]);
    },
    async deleteTopic({ topic }) {
      await run('topics', ['--delete', '--topic', topic]);
    },
    listTopics: async () => (await run('topics', ['--list'])).trim().split('\n'),
    async describeTopic({ topic }) {
      const output = await run('topics', ['--describe', '--topic', topic]);
      const numbers = (text = ''): number[] => text.split(',').map(Number);
      const lines = output.matchAll(/Partition: (\d+)\tLeader: (\d+)\tReplicas: ([\d,]+)\tIsr: ([\d,]+)/g);
      const partitions = [...lines].map(([, index, leader, replicas, isr]) => ({
        index: Number(index),
        leader: Number(leader),
        replicas: numbers(replicas),
        isr: numbers(isr),
      }));
      return { partitions };
    },
    async topicId({ topic }) {
      return /TopicId: (\S+)/.exec(await run('topics', ['--describe', '--topic', topic]))?.[1] ?? '';
    },
    async createPartitions({ topic, count }) {
      await run('topics', ['--alter', '--topic', topic, '--partitions', String(count)]);
    },
    topicConfigs: ({ topic }) => configs('topics', topic),
    brokerConfigs: ({ broker }) => configs('brokers', String(broker)),
    async setConfig({ topic, name, value }) {
      await alterConfig(topic, '--add-config', `${name}=${value}`);
    },
    async unsetConfig({ topic, name }) {
      await alterConfig(topic, '--delete-config', name);
    },
    async cluster() {
      const found = (await run('apiVersions', [])).matchAll(/^(\S+):(\d+) \(id: (\d+) /gm);
      return { brokers: [...found].map(([, host = '', port, id]) => ({ id: Number(id), host, port: Number(port) })) };
    },
    async apiVersions() {
      const found = (await run('apiVersions', [])).matchAll(/^\t(\w+)\(\d+\): (\d+)(?: to (\d+))? /gm);
      const versions = [...found].map(
        ([, api = '', min, max = min]) => [api, { min: Number(min), max: Number(max) }] as const,
      );
      return Object.fromEntries(versions);
    },
    async offsetAt({ topic, partition, at }) {
      const time = typeof at === 'object' ? String(at.timestampMs) : at.replace(' ', '-');
      const output = await run('offsets', ['--topic-partitions', `${topic}:${partition}`, '--time', time]);
      return Number(/:\d+:(-?\d+)$/m.exec(output)?.[1] ?? -1);
    },

    async join({ member, group, topic, from = 'earliest', commitOnLeave = false }) {
      const properties = [
        `client.id=${member}`,
        `auto.offset.reset=${from}`,
        `enable.auto.commit=${commitOnLeave}`,
        'heartbeat.interval.ms=300',
      ];
      const args = ['--bootstrap-server', address, '--topic', topic, '--group', group, ...printEverything];
      groups.set(member, group);
      await driver.ask('start', {
        name: member,
        tool: tools.consumer,
        args: [...args, ...properties.flatMap((property) => ['--command-property', property])],
      });
    },
    async assignment({ member }) {
      // Before its first member the group is not there to be described.
      const found = await members(groupOf(member)).catch((error: unknown) => {
        if (error instanceof KafkaFailure && error.code === 69) return [];
        throw error;
      });
      return found.find(({ clientId }) => clientId === member)?.partitions ?? [];
    },
    received: async ({ member }) => consumed(((await driver.ask('output', { name: member })) as Outcome).output),
    async leave({ member }) {
      await driver.ask('stop', { name: member });
      groups.delete(member);
    },

    listGroups: async () => (await run('groups', ['--list'])).trim().split('\n'),
    async describeGroup({ group }) {
      const [row = []] = await rows(group, '--state');
      return { state: row.at(-2) ?? '', members: (await members(group)).map(({ partitions }) => ({ partitions })) };
    },
    committed: ({ group, topic }) => offsets(group, topic, 3),
    lag: ({ group, topic }) => offsets(group, topic, 5),
    async setCommitted({ group, topic, partition, offset }) {
      const where = ['--group', group, '--topic', `${topic}:${partition}`];
      await run('groups', ['--reset-offsets', ...where, '--to-offset', String(offset), '--execute']);
    },
    async deleteCommitted({ group, topic, partition }) {
      await run('groups', ['--delete-offsets', '--group', group, '--topic', `${topic}:${partition}`]);
    },
    async deleteGroup({ group }) {
      await run('groups', ['--delete', '--group', group]);
    },

    async deleteRecords({ topic, partition, before }) {
      const asked = { version: 1, partitions: [{ topic, partition, offset: before }] };
      const output = await withFile(asked, (file) => run('deleteRecords', ['--offset-json-file', file]));
      return Number(/low_watermark: (\d+)/.exec(output)?.[1]);
    },
    async logDirs({ topic }) {
      const output = await run('logDirs', ['--describe', '--topic-list', topic]);
      const told = JSON.parse(/^\{.*\}$/m.exec(output)?.[0] ?? '') as LogDirs;
      const partitions = told.brokers.flatMap(({ logDirs }) => logDirs.flatMap((each) => each.partitions));
      return Object.fromEntries(
        partitions.map(({ partition, size }) => [partition.slice(partition.lastIndexOf('-') + 1), size]),
      );
    },
    async electLeader({ topic, partition }) {
      const where = ['--topic', topic, '--partition', String(partition)];
      await run('leaderElection', ['--election-type', 'preferred', ...where]);
    },
    async reassign({ topic, partition, replicas }) {
      const asked = { version: 1, partitions: [{ topic, partition, replicas }] };
      await withFile(asked, (file) => run('reassignPartitions', ['--execute', '--reassignment-json-file', file]));
    },
    async reassignments({ topic }) {
      const found = (await run('reassignPartitions', ['--list'])).matchAll(/^(\S+)-(\d+): /gm);
      return [...found].flatMap(([, name, partition]) => (name === topic ? [Number(partition)] : []));
    },
    async activeProducers({ topic, partition }) {
      const where = ['--topic', topic, '--partition', String(partition)];
      const output = await run('transactions', ['describe-producers', ...where]);
      return [...output.matchAll(/^\d+\s+(\d+)\s+-?\d+\s+(\d+)\s/gm)].map(([, epoch, lastSequence]) => ({
        epoch: Number(epoch),
        lastSequence: Number(lastSequence),
      }));
    },
    async setQuota({ user, name, value }) {
      await alterUser(user, ...(value === null ? ['--delete-config', name] : ['--add-config', `${name}=${value}`]));
    },
    async quotas({ user }) {
      const found = await userConfigs(user, /(\w+_byte_rate|request_percentage)=([\d.E]+)/g);
      return Object.fromEntries(found.map(([name, value]): [string, number] => [name, Number(value)]).sort());
    },
    async setScram({ user, iterations }) {
      const credentials = `SCRAM-SHA-256=[iterations=${iterations},password=secret]`;
      await alterUser(
        user,
        ...(iterations === null ? ['--delete-config', 'SCRAM-SHA-256'] : ['--add-config', credentials]),
      );
    },
    async scram({ user }) {
      const found = await userConfigs(user, /(SCRAM-SHA-\d+)=iterations=(\d+)/g);
      return Object.fromEntries(found.map(([name, value]) => [name, Number(value)]));
    },
    async features() {
      const found = (await run('features', ['describe'])).matchAll(/^Feature: (\S+) .*FinalizedVersionLevel: (\S+) /gm);
      return Object.fromEntries([...found].map(([, name = '', level]) => [name, metadataLevel(level)]));
    },
    async quorum() {
      const output = await run('metadataQuorum', ['describe', '--status']);
      const voters = /^CurrentVoters:\s+(.*)$/m.exec(output)?.[1] ?? '';
      return {
        leader: Number(/^LeaderId:\s+(\d+)$/m.exec(output)?.[1]),
        voters: [...voters.matchAll(/"id": (\d+)/g)].map(([, id]) => Number(id)),
      };
    },
    async setClientMetrics({ subscription, configs: wanted }) {
      const { 'interval.ms': interval = '', metrics = '' } = wanted;
      await run('clientMetrics', ['--alter', '--name', subscription, '--interval', interval, '--metrics', metrics]);
    },
    async clientMetrics({ subscription }) {
      const output = await run('clientMetrics', ['--describe', '--name', subscription]);
      const pairs = [...output.matchAll(/^ {2}(\S+?)=(.*)$/gm)];
      return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value]));
    },
    listClientMetrics: async () => (await run('clientMetrics', ['--list'])).trim().split('\n'),
  };

  return {
    name: 'apache-tools',
    version: "Apache Kafka's tools 4.3.0",
    verbs,
    abilities: new Set([
      'gzip',
      'snappy',
      'framed snappy',
      'lz4',
      'zstd',
      'headers',
      'refused names',
      'acks',
      'max timestamp',
      'topic id',
      'empty values',
    ]),
    async close() {
      await Promise.all([...groups.keys()].map((name) => driver.ask('stop', { name })));
      await driver.close();
    },
  };
}

const printEverything = [
  ...['timestamp', 'partition', 'offset', 'headers', 'key', 'value'].map((what) => `print.${what}=true`),
  `null.literal=${nothing}`,
].flatMap((property) => ['--formatter-property', property]);

/** The tool writes the level of metadata.version as `4.3-IV0`, those of others as a number. */
function metadataLevel(level = ''): number {
  return Number.parseFloat(level);
}

function line({ key, value, headers = [] }: ProducedRecord, withHeaders: boolean): string {
  const fields = [key ?? nothing, value ?? nothing];
  const header = headers.map(([name, text]) => `${name}:${text}`).join(',');
  return `${(withHeaders ? [header, ...fields] : fields).join('\t')}\n`;
}

function consumed(output: string): ConsumedRecord[] {
  const lines = output.matchAll(
    /^(?:CreateTime|LogAppendTime):(\d+)\tPartition:(\d+)\tOffset:(\d+)\t(.*?)\t(.*?)\t(.*)$/gm,
  );
  const orNull = (text = ''): string | null => (text === nothing ? null : text);
  return [...lines].map(([, timestamp, partition, offset, headers = '', key, value]) => ({
    partition: Number(partition),
    offset: Number(offset),
    timestampMs: Number(timestamp),
    key: orNull(key),
    value: orNull(value),
    headers: headers === 'NO_HEADERS' ? [] : headers.split(',').map((each): Header => split(each)),
  }));
}

function split(header: string): Header {
  const colon = header.indexOf(':');
  return [header.slice(0, colon), header.slice(colon + 1)];
}
