/**
 * Metadata logs across implementations: Apache Kafka's dump tool reads the log and the snapshots that Ottla wrote, Apache
 * Kafka starts on that folder and goes on writing, and Ottla reads what Apache Kafka wrote.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ConfigResourceType, type MetadataImage } from '../../src/metadata/index.ts';
import { answersApiVersions, reference } from '../brokers.ts';
import { endsWithUs } from '../children.ts';
import { Tally } from '../tally.ts';
import { CLUSTER_ID, DIRECTORY_ID, openOttla, writeOttlaLog } from './ottla-log.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'ottla-compat-'));
const data = join(folder, 'data');
const logFolder = join(data, '__cluster_metadata-0');

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(`expected: ${what}`);
}

async function tool(...args: string[]): Promise<string> {
  const { stdout } = await run(reference, ['tool', ...args], { maxBuffer: 1 << 26 });
  return stdout;
}

function metadataFiles(): string[] {
  const names = readdirSync(logFolder).filter((name) => /\.(log|checkpoint)$/.test(name));
  return [...names.map((name) => join(logFolder, name)), join(data, 'bootstrap.checkpoint')];
}

async function dump(): Promise<string> {
  const files = metadataFiles().join(',');
  return tool('org.apache.kafka.tools.DumpLogSegments', '--cluster-metadata-decoder', '--files', files);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function startKafka(port: number): Promise<ChildProcess> {
  const child = endsWithUs(
    spawn(reference, ['start', String(port), folder, 'metadata.log.max.record.bytes.between.snapshots=1000'], {
      stdio: 'ignore',
    }),
  );
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    if (child.exitCode !== null) throw new Error(`Apache Kafka ended with ${child.exitCode}`);
    if (await answersApiVersions(port)) return child;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  child.kill('SIGKILL');
  throw new Error('Apache Kafka did not come up');
}

async function stopKafka(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

const tally = new Tally('metadata');
try {
  mkdirSync(data);
  const written: MetadataImage = await writeOttlaLog(data);
  const names = [...written.topics].map(({ name }) => name);

  await tally.check('the dump tool reads our log and snapshots', async () => {
    const text = await dump();
    check(metadataFiles().length >= 3, 'a log, a snapshot and a bootstrap snapshot were written');
    check(!text.includes('isvalid: false') && !/exception|could not|cannot/i.test(text), 'no complaint');
    for (const { name, id } of written.topics)
      check(text.includes(`{"name":"${name}","topicId":"${id}"}`), `${name} is in the dump`);
    check(text.includes('SnapshotFooter') && text.includes('LeaderChange'), 'control records are understood');
    check(text.includes('"type":"PRODUCER_IDS_RECORD"'), 'the block of producer ids is in the dump');
  });

  const meta = `node.id=1\ndirectory.id=${DIRECTORY_ID}\nversion=1\ncluster.id=${CLUSTER_ID}\n`;
  writeFileSync(join(data, 'meta.properties'), meta);
  const port = await freePort();
  const bootstrap = ['--bootstrap-server', `127.0.0.1:${port}`];
  const topicCommand = 'org.apache.kafka.tools.TopicCommand';
  let kafka: ChildProcess | undefined;
  const started = await tally.check(
    'Apache Kafka starts on our folder',
    async () => {
      kafka = await startKafka(port);
    },
    70_000,
  );
  if (started && kafka !== undefined) {
    await tally.check('Apache Kafka has our topics, with ids, partitions and configs', async () => {
      const text = await tool(topicCommand, ...bootstrap, '--describe');
      for (const { name, id, partitions } of written.topics)
        check(
          new RegExp(`Topic: ${name}\\s+TopicId: ${id}\\s+PartitionCount: ${partitions.length}`).test(text),
          `${name} has ${partitions.length} partitions in:\n${text}`,
        );
      check(/Topic: orders\s.*retention\.ms=60000/s.test(text), `orders has its configs in:\n${text}`);
      check(!text.includes('gone'), 'the deleted topic is gone');
    });
    await tally.check('Apache Kafka goes on with the reassignment that was under way, and takes it back', async () => {
      const reassign = ['org.apache.kafka.tools.reassign.ReassignPartitionsCommand', ...bootstrap];
      const list = await tool(...reassign, '--list');
      check(/moving-0: replicas: 2,1\. adding: 2\./.test(list), `moving-0 is the only one in:\n${list}`);
      check(!list.includes('moving-1'), `moving-1 is back already in:\n${list}`);
      const file = join(folder, 'back.json');
      const partitions = [{ topic: 'moving', partition: 0, replicas: [2, 1] }];
      writeFileSync(file, JSON.stringify({ version: 1, partitions }));
      await tool(...reassign, '--cancel', '--preserve-throttles', '--reassignment-json-file', file);
      const rest = await tool(...reassign, '--list');
      check(rest.includes('No partition reassignments found'), `nothing moves any more in:\n${rest}`);
    });
    await tool(
      topicCommand,
      ...bootstrap,
      '--create',
      '--topic',
      'from-kafka',
      '--partitions',
      '2',
      '--config',
      'cleanup.policy=compact',
    );
    await stopKafka(kafka);

    await tally.check('Ottla reads what Apache Kafka wrote', async () => {
      const cluster = await openOttla(data);
      const image = cluster.image();
      await cluster.close();
      for (const name of names)
        check(image.topics.byName(name)?.id === written.topics.byName(name)?.id, `${name} is there`);
      const topic = image.topics.byName('from-kafka');
      check(
        topic?.partitions.length === 2 && topic.partitions.every(({ leader }) => leader === 1),
        'from-kafka is led',
      );
      const moved = image.topics.partition('moving', 0);
      check(String(moved?.replicas) === '1' && moved?.addingReplicas.length === 0, 'moving-0 is where it was');
      check([...image.brokers.keys()].join() === '1,2', 'broker 3 is forgotten');
      check(image.configs.of(ConfigResourceType.topic, 'from-kafka').get('cleanup.policy') === 'compact', 'its config');
      check(image.configs.of(ConfigResourceType.topic, 'orders').get('retention.ms') === '60000', 'the old config');
      check(image.producerIds.next >= written.producerIds.next, 'no producer id is given twice');
      check(
        image.others.some(({ type }) => type === 'RegisterControllerRecord'),
        'what we do not act on is kept',
      );
    });
    await tally.check('the dump tool reads the log that both wrote', async () => {
      const text = await dump();
      check(!text.includes('isvalid: false') && !/exception|could not|cannot/i.test(text), 'no complaint');
    });
  }
} finally {
  tally.close();
  rmSync(folder, { recursive: true, force: true });
}
