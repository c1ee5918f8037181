import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import kafkajs from 'kafkajs';
import { Broker, type BrokerKind } from '../brokers.ts';
import { javaCommand, Program } from '../program.ts';
import { readTopic } from '../read-committed.ts';
import { Tally } from '../tally.ts';
import { kafkaClassPath } from '../toolchain.ts';
import { connectAdmin, createTopics } from '../topics.ts';

type Alias = 'left' | 'right';

const partitionCount = 3;
const recordsEachTime = 3000;
const consumed = 1000;
const topicConfigs = { 'retention.ms': '7200000', 'cleanup.policy': 'compact,delete', 'max.message.bytes': '900000' };
const tally = new Tally('mirror-maker');

const topicOf = (alias: Alias): string => `orders-of-${alias}`;
const groupOf = (alias: Alias): string => `readers-of-${alias}`;
const other = (alias: Alias): Alias => (alias === 'left' ? 'right' : 'left');
const aliases: readonly Alias[] = ['left', 'right'];

const client = (address: string): kafkajs.Kafka =>
  new kafkajs.Kafka({ brokers: [address], logLevel: kafkajs.logLevel.NOTHING });

async function produce(broker: Broker, alias: Alias, from: number): Promise<void> {
  const producer = client(broker.address).producer();
  await producer.connect();
  const messages = Array.from({ length: recordsEachTime }, (_, i) => ({ key: `k${from + i}`, value: `${from + i}` }));
  await producer.send({ topic: topicOf(alias), messages });
  await producer.disconnect();
}

/** A group reads some of the topic, commits and leaves. */
async function consume(broker: Broker, groupId: string, topic: string, count: number): Promise<void> {
  const consumer = client(broker.address).consumer({ groupId });
  let read = 0;
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommitThreshold: 1,
    eachMessage: async () => {
      if (read++ >= count) throw new Error('that is enough');
    },
  });
  await until('the group has read', () => read >= count, 30_000);
  await consumer.disconnect();
}

async function offsets(broker: Broker, groupId: string, topic: string): Promise<number[]> {
  const admin = connectAdmin(broker.address);
  await admin.connect();
  const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] });
  await admin.disconnect();
  const partitions = [...(answer?.partitions ?? [])].sort((a, b) => a.partition - b.partition);
  return partitions.map(({ offset }) => Number(offset));
}

/** The group has read one partition to its end. */
async function readToEnd(broker: Broker, groupId: string, topic: string, partition: number): Promise<void> {
  const admin = connectAdmin(broker.address);
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  const offset = ends.find((each) => each.partition === partition)?.offset ?? '';
  await admin.setOffsets({ groupId, topic, partitions: [{ partition, offset }] });
  await admin.disconnect();
}

async function configs(broker: Broker, topic: string): Promise<Record<string, string>> {
  const admin = connectAdmin(broker.address);
  await admin.connect();
  try {
    const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: Object.keys(topicConfigs) };
    const { resources } = await admin.describeConfigs({ resources: [resource], includeSynonyms: false });
    return Object.fromEntries((resources[0]?.configEntries ?? []).map((each) => [each.configName, each.configValue]));
  } finally {
    await admin.disconnect();
  }
}

async function setConfigs(broker: Broker, topic: string, wanted: Readonly<Record<string, string>>): Promise<void> {
  const admin = connectAdmin(broker.address);
  await admin.connect();
  const configEntries = Object.entries(wanted).map(([name, value]) => ({ name, value }));
  const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries };
  await admin.alterConfigs({ validateOnly: false, resources: [resource] });
  await admin.disconnect();
}

async function until(what: string, holds: () => Promise<boolean> | boolean, limitMs: number): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${limitMs} ms`);
    await sleep(300);
  }
}

/** MirrorMaker in its own mode, with all its intervals short. What it logs is heard. */
async function mirrorMaker(
  left: Broker,
  right: Broker,
  syncsAcls: boolean,
  heard: (line: string) => void,
): Promise<Program> {
  const file = join(folder, `mirror-maker-${syncsAcls}.properties`);
  const internal = ['config', 'offset', 'status'].map((what) => `${what}.storage.replication.factor=1`);
  const lines = [
    'clusters=left,right',
    `left.bootstrap.servers=${left.address}`,
    `right.bootstrap.servers=${right.address}`,
    ...['left->right', 'right->left'].flatMap((way) => [
      `${way}.enabled=true`,
      `${way}.topics=orders-of-.*`,
      `${way}.groups=readers-of-.*`,
    ]),
    ...['', 'checkpoints.topic.', 'heartbeats.topic.', 'offset-syncs.topic.'].map(
      (what) => `${what}replication.factor=1`,
    ),
    ...internal,
    `sync.topic.acls.enabled=${syncsAcls}`,
    'sync.topic.acls.interval.seconds=1',
    'sync.topic.configs.interval.seconds=1',
    'refresh.topics.interval.seconds=1',
    'refresh.groups.interval.seconds=1',
    'emit.checkpoints.interval.seconds=1',
    'emit.heartbeats.interval.seconds=1',
    'sync.group.offsets.enabled=true',
    'sync.group.offsets.interval.seconds=1',
    'offset.lag.max=0',
    ...aliases.flatMap((alias) => [
      `${alias}.exactly.once.source.support=enabled`,
      `${alias}.offset.flush.interval.ms=1000`,
      `${alias}.session.timeout.ms=6000`,
      `${alias}.heartbeat.interval.ms=500`,
      `${alias}.scheduled.rebalance.max.delay.ms=0`,
    ]),
    'reconnect.backoff.max.ms=200',
    'dedicated.mode.enable.internal.rest=true',
    'listeners=http://127.0.0.1:0',
  ];
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  const main = 'org.apache.kafka.connect.mirror.MirrorMaker';
  const program = new Program('mirror-maker', javaCommand(await kafkaClassPath(), main, [file], 'INFO'), heard);
  program.start();
  return program;
}

async function mirrored(brokers: Record<Alias, Broker>, count: number, limitMs: number): Promise<void> {
  for (const alias of aliases) {
    const [from, to] = [brokers[alias], brokers[other(alias)]];
    const copy = `${alias}.${topicOf(alias)}`;
    let read: string[] = [];
    await until(
      `${count} records of ${alias}`,
      async () => (read = (await readTopic(to.address, copy)).map(placed)).length >= count,
      limitMs,
    );
    const originals = (await readTopic(from.address, topicOf(alias))).map(placed);
    assert.deepEqual(read.sort(), originals.sort());
  }
}

const placed = ({ partition, key, value }: { partition: number; key: string; value: string }): string =>
  `${partition} ${key} ${value}`;

async function mirror(brokers: Record<Alias, Broker>): Promise<void> {
  for (const alias of aliases) {
    const { address } = brokers[alias];
    const configEntries = Object.entries(topicConfigs).map(([name, value]) => ({ name, value }));
    await createTopics(address, [{ topic: topicOf(alias), numPartitions: partitionCount, configEntries }]);
    await produce(brokers[alias], alias, 0);
    await consume(brokers[alias], groupOf(alias), topicOf(alias), consumed);
  }
  const log: string[] = [];
  const start = (syncsAcls: boolean): Promise<Program> =>
    mirrorMaker(brokers.left, brokers.right, syncsAcls, (line) => log.push(line));
  let program = await start(false);
  const told = (error: unknown): Error => {
    const errors = log.filter((line) => /ERROR|WARN/.test(line)).slice(-8);
    return new Error(`${String(error)}: ${errors.join(' | ').slice(0, 3000)}`, { cause: error });
  };
  const check = (what: string, work: () => Promise<void> | void): Promise<boolean> =>
    tally.check(
      what,
      async () => {
        try {
          await work();
        } catch (error) {
          throw told(error);
        }
      },
      200_000,
    );
  try {
    await check('records are mirrored both ways, partition by partition', () =>
      mirrored(brokers, recordsEachTime, 120_000),
    );
    await check('so are topic configs, and changes of them', async () => {
      for (const retention of [topicConfigs['retention.ms'], '3600000']) {
        const wanted = { ...topicConfigs, 'retention.ms': retention };
        for (const alias of aliases) {
          await setConfigs(brokers[alias], topicOf(alias), wanted);
          const copy = `${alias}.${topicOf(alias)}`;
          const same = async (): Promise<boolean> =>
            isDeepStrictEqual(await configs(brokers[other(alias)], copy), wanted);
          await until(`configs of ${alias}`, same, 30_000);
        }
      }
    });
    await check('offsets of groups are translated and committed at the other side', async () => {
      for (const alias of aliases) {
        const [from, to] = [brokers[alias], brokers[other(alias)]];
        // MirrorMaker translates no offset from before its checkpoint task began to follow, and which those are is a race.
        await readToEnd(from, groupOf(alias), topicOf(alias), 0);
        const origin = await offsets(from, groupOf(alias), topicOf(alias));
        let synced: number[] = [];
        const copy = `${alias}.${topicOf(alias)}`;
        await until(
          `offsets of ${alias}: ${origin.join()}`,
          async () => (synced = await offsets(to, groupOf(alias), copy)).some((offset) => offset > 0),
          60_000,
        );
        // MirrorMaker never translates too far: at worst a record is read again, none is left out. Markers take offsets too.
        const records = await readTopic(to.address, copy);
        const passed = origin.map((_, i) =>
          records.filter(({ partition, offset }) => partition === i && offset < (synced[i] ?? -1)),
        );
        const counts = passed.map(({ length }) => length);
        assert.ok(
          counts.every((count, i) => count <= Math.max(0, origin[i] ?? 0)),
          `${origin.join()} became ${counts.join()}`,
        );
        await consume(to, groupOf(alias), copy, recordsEachTime - counts.reduce((all, each) => all + each, 0));
      }
    });
    const aclWords = (): boolean => log.some((line) => /No ACL authorizer is configured/.test(line));
    await check('with ACL sync off it does not ask for ACLs', () => assert.ok(!aclWords()));
    await check(
      'it goes on after kill -9 of itself and of a broker: nothing is lost, nothing comes twice',
      async () => {
        await program.kill();
        for (const alias of aliases) await produce(brokers[alias], alias, recordsEachTime);
        program = await start(true);
        await mirrored(brokers, 2 * recordsEachTime, 90_000);
        await brokers.left.kill();
        await brokers.left.up();
        for (const alias of aliases) await produce(brokers[alias], alias, 2 * recordsEachTime);
        await mirrored(brokers, 3 * recordsEachTime, 90_000);
      },
    );
    await check('with ACL sync on it logs that there is no authorizer, and goes on', () =>
      until('its word', aclWords, 20_000),
    );
  } finally {
    await program.kill();
  }
}

const { values: options } = parseArgs({ options: { pair: { type: 'string', default: 'ottla,apache' } } });
const kinds = options.pair.split(',');
if (kinds.length !== 2 || kinds.some((kind) => kind !== 'ottla' && kind !== 'apache')) {
  console.error('usage: mirror-maker/run [--pair ottla,apache|apache,apache]');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'ottla-mirror-maker-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
let brokers: Broker[] = [];
try {
  brokers = await Promise.all(kinds.map((kind) => Broker.start(kind as BrokerKind)));
  const [left, right] = brokers as [Broker, Broker];
  await mirror({ left, right });
} catch (error) {
  tally.fail(`MirrorMaker between ${options.pair}`, error);
} finally {
  await Promise.all(brokers.map((broker) => broker.dispose()));
}
tally.close();
process.exit();
