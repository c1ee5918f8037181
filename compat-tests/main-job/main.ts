import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import kafkajs from 'kafkajs';
import { Broker, type BrokerKind } from '../brokers.ts';
import { endsWithUs } from '../children.ts';
import { Tally } from '../tally.ts';
import { compiledJava, kcat } from '../toolchain.ts';
import { createTopics } from '../topics.ts';
import { feeds, type Event, type Topic } from './events.ts';

/** Events of one partition, in the order in which they came out. */
type Partitions = Map<number, Event[]>;

const partitionCount = 6;
const killAt = [0.2, 0.45, 0.7];
const tally = new Tally('main-job');

/** The Java client produces everything while the broker is killed and started again. Returns what it counted. */
async function produceThroughKills(
  broker: Broker,
  folder: string,
  events: Record<Topic, Event[]>,
): Promise<{ acknowledged: number; refused: number }> {
  const classPath = await compiledJava([join(import.meta.dirname, 'ProduceEvents.java')]);
  const files = Object.entries(feeds).flatMap(([topic, { compression }]) => {
    const file = join(folder, topic);
    const lines = events[topic as Topic].map(({ key, value }) => `${key}\t${value}\n`);
    writeFileSync(file, lines.join(''), 'latin1');
    return [topic, compression, file];
  });
  const total = Object.values(events).flat().length;
  const producer = endsWithUs(
    spawn('java', ['-Xmx512m', '-XX:+UseSerialGC', '-cp', classPath, 'ProduceEvents', broker.address, ...files]),
  );
  let acknowledged = 0;
  let done: { acknowledged: number; refused: number } | undefined;
  let complaints = '';
  producer.stderr.on('data', (chunk: Buffer) => (complaints = (complaints + chunk.toString()).slice(-2000)));
  createInterface({ input: producer.stdout }).on('line', (line) => {
    const [what, count, refused] = line.split(' ');
    if (what === 'done') done = { acknowledged: Number(count), refused: Number(refused) };
    else acknowledged = Number(count);
  });
  const ended = new Promise<void>((resolve) => producer.once('close', () => resolve()));

  for (const share of killAt) {
    while (acknowledged < share * total && isAlive(producer)) await sleep(5);
    assert.ok(isAlive(producer), `the producer ended before the kill at ${share}: ${complaints}`);
    await broker.kill();
    console.log(`   kill -9 with ${acknowledged} of ${total} acknowledged`);
    await sleep(200);
    await broker.up();
  }
  await ended;
  if (done === undefined) throw new Error(`the producer failed: ${complaints}`);
  return done;
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

async function readWithKafkajs(address: string, topic: Topic, count: number): Promise<Partitions> {
  const kafka = new kafkajs.Kafka({ brokers: [address], logLevel: kafkajs.logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: 'main-job' });
  const partitions: Partitions = new Map();
  let read = 0;
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachBatch: async ({ batch }) => {
      for (const { key, value } of batch.messages) {
        add(partitions, batch.partition, {
          key: key?.toString('latin1') ?? '',
          value: value?.toString('latin1') ?? '',
        });
        read++;
      }
    },
  });
  const deadline = Date.now() + 90_000;
  while (read < count && Date.now() < deadline) await sleep(50);
  // Anything twice would come now.
  await sleep(500);
  await consumer.disconnect();
  return partitions;
}

async function readWithKcat(address: string, topic: Topic): Promise<Partitions> {
  const partitions: Partitions = new Map();
  const args = ['-b', address, '-C', '-q', '-e', '-t', topic, '-o', 'beginning', '-f', '%p\t%k\t%s\n'];
  const child = endsWithUs(spawn(await kcat(), args, { stdio: ['ignore', 'pipe', 'inherit'], timeout: 90_000 }));
  child.stdout.setEncoding('latin1');
  for await (const line of createInterface({ input: child.stdout })) {
    const [partition = '', key = '', ...rest] = line.split('\t');
    add(partitions, Number(partition), { key, value: rest.join('\t') });
  }
  return partitions;
}

function add(partitions: Partitions, partition: number, event: Event): void {
  const known = partitions.get(partition);
  if (known) known.push(event);
  else partitions.set(partition, [event]);
}

/** Each partition must hold exactly the events of its keys, in the order in which they went in. */
function compare(sent: readonly Event[], read: Partitions): string {
  const home = new Map<string, number>();
  for (const [partition, events] of read) {
    for (const { key } of events) {
      assert.equal(home.get(key) ?? partition, partition, `key ${key} is in two partitions`);
      home.set(key, partition);
    }
  }
  const expected: Partitions = new Map();
  for (const event of sent) add(expected, home.get(event.key) ?? -1, event);
  const lost = expected.get(-1);
  assert.equal(lost, undefined, `${lost?.length} events of keys that never came out`);
  for (const [partition, events] of expected) {
    const came = read.get(partition) ?? [];
    const at = events.findIndex(({ key, value }, i) => key !== came[i]?.key || value !== came[i]?.value);
    assert.equal(
      at,
      -1,
      `partition ${partition}: ${came.length} of ${events.length} events, the first difference at ${at}`,
    );
    assert.equal(came.length, events.length, `partition ${partition} holds more than what went in`);
  }
  return digest(read);
}

function digest(partitions: Partitions): string {
  const hash = createHash('sha256');
  for (const partition of [...partitions.keys()].sort()) {
    for (const { key, value } of partitions.get(partition) ?? [])
      hash.update(`${partition}\t${key}\t${value}\n`, 'latin1');
  }
  return hash.digest('hex');
}

async function mainJob(broker: Broker, folder: string): Promise<void> {
  const events: Record<Topic, Event[]> = { flights: feeds.flights.load(), places: feeds.places.load() };
  const total = events.flights.length + events.places.length;
  console.log(`   ${events.flights.length} flights, ${events.places.length} places, ${total} events in all`);
  await tally.check('at least 200,000 real events', () => assert.ok(total >= 200_000));
  await createTopics(
    broker.address,
    Object.keys(feeds).map((topic) => ({ topic, numPartitions: partitionCount })),
  );
  await tally.check(
    'the Java client produces all of them through kill -9 and restart',
    async () => {
      assert.deepEqual(await produceThroughKills(broker, folder, events), { acknowledged: total, refused: 0 });
    },
    240_000,
  );
  await tally.check('the broker stops and starts again', () => broker.restart());
  await tally.check(
    'kafkajs reads the flights byte for byte, each partition in order, nothing twice',
    async () => {
      console.log(
        `   flights sha256 ${compare(events.flights, await readWithKafkajs(broker.address, 'flights', events.flights.length))}`,
      );
    },
    120_000,
  );
  await tally.check(
    'kcat reads the places byte for byte, each partition in order, nothing twice',
    async () => {
      console.log(`   places sha256 ${compare(events.places, await readWithKcat(broker.address, 'places'))}`);
    },
    120_000,
  );
}

const { values } = parseArgs({ options: { broker: { type: 'string', default: 'ottla' } } });
if (values.broker !== 'ottla' && values.broker !== 'apache') {
  console.error('usage: main-job/run [--broker ottla|apache]');
  process.exit(2);
}
const kind: BrokerKind = values.broker;
const folder = mkdtempSync(join(tmpdir(), 'ottla-main-job-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
let broker: Broker | undefined;
try {
  broker = await Broker.start(kind);
  await mainJob(broker, folder);
} catch (error) {
  tally.fail(`the main job on ${kind}`, error);
} finally {
  await broker?.dispose();
}
tally.close();
process.exit();
