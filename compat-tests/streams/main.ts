import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import kafkajs, { type Message } from 'kafkajs';
import { Broker } from '../brokers.ts';
import { javaCommand, Program } from '../program.ts';
import { readTopic, type ReadRecord } from '../read-committed.ts';
import { Tally } from '../tally.ts';
import { compiledJava } from '../toolchain.ts';
import { createTopics } from '../topics.ts';
import { expected, input, type Results } from './shop.ts';

type Victim = 'first' | 'second' | 'broker';

const partitionCount = 4;
/** When what is killed, by the share of orders that were seen. */
const kills: readonly (readonly [share: number, what: Victim])[] = [
  [0.2, 'first'],
  [0.4, 'broker'],
  [0.6, 'second'],
  [0.8, 'broker'],
];
const tally = new Tally('streams');

async function produce(address: string, topic: string, messages: Message[]): Promise<void> {
  const producer = new kafkajs.Kafka({ brokers: [address], logLevel: kafkajs.logLevel.NOTHING }).producer();
  await producer.connect();
  for (let from = 0; from < messages.length; from += 2000)
    await producer.send({ topic, messages: messages.slice(from, from + 2000) });
  await producer.disconnect();
}

async function application(broker: Broker, name: string, guarantee: string, seen: () => void): Promise<Program> {
  const classPath = await compiledJava([join(import.meta.dirname, 'Shop.java')]);
  const command = javaCommand(classPath, 'Shop', [broker.address, join(folder, name), guarantee]);
  return new Program(name, command, (line) => {
    if (line.startsWith('seen ')) seen();
  });
}

/** Ends when the sums by customer hold all paid orders, and with them what comes before and beside. */
async function untilDone(broker: Broker, results: Results, limitMs: number): Promise<void> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const [balances, turnover] = [await last(broker, 'balances'), await last(broker, 'turnover')];
    if (countOf(balances) >= countOf(results.balances) && countOf(turnover) >= countOf(results.turnover)) return;
    if (Date.now() > deadline)
      throw new Error(`${countOf(balances)} and ${countOf(turnover)} of ${results.paid.size} are summed up`);
    await sleep(500);
  }
}

const countOf = (sums: ReadonlyMap<string, string>): number =>
  [...sums.values()].reduce((count, each) => count + Number(each.split(' ')[0]), 0);

const last = async (broker: Broker, topic: string): Promise<ReadonlyMap<string, string>> =>
  new Map((await readTopic(broker.address, topic)).map(({ key, value }) => [key, value]));

async function runThroughKills(broker: Broker, guarantee: string, orderCount: number, results: Results): Promise<void> {
  let seen = 0;
  const names = ['first', 'second'];
  const programs = await Promise.all(names.map((name) => application(broker, name, guarantee, () => (seen += 20))));
  for (const program of programs) program.start();
  try {
    for (const [share, what] of guarantee === 'at_least_once' ? [] : kills) {
      const deadline = Date.now() + 90_000;
      while (seen < share * orderCount) {
        if (Date.now() > deadline) throw new Error(`no more than ${seen} of ${orderCount} orders were seen`);
        await sleep(20);
      }
      console.log(`   kill -9 of ${what} with ${seen} of ${orderCount} orders seen`);
      const program = programs.find(({ name }) => name === what);
      await (program ?? broker).kill();
      if (program === undefined) await broker.up();
      else program.start();
    }
    await untilDone(broker, results, 90_000);
    for (const program of programs) await program.stop();
  } catch (error) {
    throw new Error(`${String(error)}: ${programs.map((each) => each.lastOutput.replace(/seen \d+\n/g, '')).join()}`, {
      cause: error,
    });
  } finally {
    for (const program of programs) await program.kill();
  }
}

function eachOnce(records: readonly ReadRecord[], results: ReadonlyMap<string, string>): void {
  const read = new Map<string, string>();
  for (const { key, value } of records) {
    assert.ok(!read.has(key), `${key} came twice`);
    read.set(key, value);
  }
  same(read, results);
}

function same(read: ReadonlyMap<string, string>, results: ReadonlyMap<string, string>): void {
  for (const [key, value] of results) assert.equal(read.get(key), value, key);
  assert.equal(read.size, results.size);
}

async function streams(broker: Broker, guarantee: string, orderCount: number): Promise<void> {
  const inputs = ['customers', 'orders', 'payments'] as const;
  const outputs = ['paid', 'balances', 'turnover'];
  await createTopics(
    broker.address,
    [...inputs, ...outputs].map((topic) => ({ topic, numPartitions: partitionCount })),
  );
  const messages = input(orderCount);
  for (const topic of inputs) await produce(broker.address, topic, messages[topic]);
  const results = expected(orderCount);
  const started = Date.now();
  const how = guarantee === 'at_least_once' ? 'two instances' : 'two instances, killed with the broker on the way,';
  const hasRun = await tally.check(
    `${guarantee}: ${how} get through ${orderCount} orders and their payments`,
    () => runThroughKills(broker, guarantee, orderCount, results),
    600_000,
  );
  console.log(`   ${((Date.now() - started) / 1000).toFixed(1)} s`);
  if (!hasRun) return;
  await tally.check(`${guarantee}: stream-stream join: each paid order once`, async () =>
    eachOnce(await readTopic(broker.address, 'paid'), results.paid),
  );
  await tally.check(`${guarantee}: sums by customer are right`, async () =>
    same(await last(broker, 'balances'), results.balances),
  );
  await tally.check(`${guarantee}: sums by region and minute, after a stream-table join, are right`, async () =>
    same(await last(broker, 'turnover'), results.turnover),
  );
}

const { values: options } = parseArgs({
  options: {
    broker: { type: 'string', default: 'ottla' },
    guarantee: { type: 'string', default: 'exactly_once_v2' },
    long: { type: 'boolean', default: false },
  },
});
const { broker: kind, guarantee } = options;
if ((kind !== 'ottla' && kind !== 'apache') || (guarantee !== 'exactly_once_v2' && guarantee !== 'at_least_once')) {
  console.error('usage: streams/run [--broker ottla|apache] [--guarantee exactly_once_v2|at_least_once] [--long]');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'ottla-streams-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
let broker: Broker | undefined;
try {
  broker = await Broker.start(kind);
  await streams(broker, guarantee, options.long ? 200_000 : 20_000);
} catch (error) {
  tally.fail(`Kafka Streams on ${kind}`, error);
} finally {
  await broker?.dispose();
}
tally.close();
process.exit();
