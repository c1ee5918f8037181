import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Broker } from '../brokers.ts';
import { ConnectWorker } from '../connect-worker.ts';
import { readTopic } from '../read-committed.ts';
import { Tally } from '../tally.ts';
import { connectAdmin, createTopics } from '../topics.ts';

const lineCount = 20_000;
const laterLines = 2000;
const batch = 100;
/** When what is killed, by the share of lines that were written to the source's file. */
const kills: readonly (readonly [share: number, what: 'first' | 'second' | 'both' | 'broker'])[] = [
  [0.2, 'first'],
  [0.45, 'broker'],
  [0.6, 'second'],
  [0.8, 'both'],
];
const tally = new Tally('connect');
const line = (n: number): string => `line ${n} ${'x'.repeat(n % 50)}`;
const lines = (from: number, count: number): string[] => Array.from({ length: count }, (_, i) => line(from + i));

async function until(what: string, holds: () => Promise<boolean> | boolean, limitMs: number): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${limitMs} ms; ${await complaints()}`);
    await sleep(200);
  }
}

/** Why tasks have failed, and else what the workers said last. */
async function complaints(): Promise<string> {
  const connectors = ['file-source', 'file-sink'];
  const tasks = await Promise.all(workers.flatMap((each) => connectors.map((name) => each.tasks(name))));
  const traces = new Set(tasks.flat().flatMap(({ state, trace }) => (state === 'FAILED' ? [trace ?? 'FAILED'] : [])));
  return traces.size > 0 ? [...traces].join('\n') : workers.map((each) => each.lastOutput.slice(-1500)).join();
}

async function killAndStart(broker: Broker, what: string): Promise<void> {
  const victims = what === 'both' ? workers : workers.filter((_, i) => what === ['first', 'second'][i]);
  for (const victim of victims) await victim.kill();
  if (what === 'broker') {
    await broker.kill();
    await broker.up();
  }
  for (const victim of victims) victim.up();
}

/** The file grows while a source reads it, and workers and broker are killed. */
async function feedThroughKills(broker: Broker, source: string): Promise<void> {
  const waiting = [...kills];
  let before = 0;
  for (let n = 0; n < lineCount; n += batch) {
    appendFileSync(source, `${lines(n, batch).join('\n')}\n`);
    await sleep(60);
    const [share, what] = waiting[0] ?? [1, 'broker'];
    if (n < share * lineCount) continue;
    waiting.shift();
    // It has come over the kill before this one.
    const reached = async (): Promise<number> => (await readTopic(broker.address, 'lines')).length;
    await until('more lines in the topic', async () => (await reached()) > before, 60_000);
    before = await reached();
    console.log(`   kill -9 of ${what} with ${before} of ${n + batch} lines in the topic`);
    await killAndStart(broker, what);
  }
}

async function sinkHasCommitted(address: string): Promise<boolean> {
  const last = (await readTopic(address, 'lines')).at(-1)?.offset ?? Infinity;
  const admin = connectAdmin(address);
  await admin.connect();
  const [answer] = await admin.fetchOffsets({ groupId: 'connect-file-sink', topics: ['lines'] });
  await admin.disconnect();
  return Number(answer?.partitions[0]?.offset ?? -1) > last;
}

function sameLines(got: readonly string[], expected: readonly string[]): void {
  const at = expected.findIndex((each, i) => each !== got[i]);
  assert.equal(at, -1, `${got.length} lines for ${expected.length}, the first difference at ${at}: ${got[at]}`);
  assert.equal(got.length, expected.length);
}

async function connect(broker: Broker, folder: string): Promise<void> {
  const [source, target] = [join(folder, 'source.txt'), join(folder, 'target.txt')];
  writeFileSync(source, '');
  await createTopics(broker.address, [{ topic: 'lines', numPartitions: 1 }]);
  const converter = 'org.apache.kafka.connect.storage.StringConverter';
  for (const name of ['first', 'second'])
    workers.push(await ConnectWorker.start(name, { address: broker.address, folder, converter }));
  const [first] = workers as [ConnectWorker, ConnectWorker];
  await tally.check(
    'two workers form a cluster and run a file source, exactly once',
    async () => {
      const config = { file: source, topic: 'lines', 'tasks.max': '1', 'batch.size': '100' };
      const required = { 'exactly.once.support': 'required', 'transaction.boundary': 'poll' };
      await first.connector('file-source', { 'connector.class': 'FileStreamSource', ...config, ...required });
      await until('the task', async () => (await first.tasks('file-source'))[0]?.state === 'RUNNING', 60_000);
    },
    150_000,
  );
  await tally.check(
    'each line of its file is in the topic once, in order, through kill -9 of workers and broker',
    async () => {
      await feedThroughKills(broker, source);
      const read = (): Promise<{ value: string }[]> => readTopic(broker.address, 'lines');
      await until('all lines in the topic', async () => (await read()).length >= lineCount, 90_000);
      sameLines(
        (await read()).map(({ value }) => value),
        lines(0, lineCount),
      );
    },
    240_000,
  );
  await tally.check(
    'a file sink writes them, and goes on where it was after kill -9 of both workers: the file equals the source',
    async () => {
      const config = { file: target, topics: 'lines', 'tasks.max': '1' };
      await first.connector('file-sink', { 'connector.class': 'FileStreamSink', ...config });
      const written = (): string[] => (existsSync(target) ? readFileSync(target, 'utf8').split('\n').slice(0, -1) : []);
      await until('all lines in the file', () => written().length >= lineCount, 60_000);
      await until('its offsets', () => sinkHasCommitted(broker.address), 30_000);
      await killAndStart(broker, 'both');
      appendFileSync(source, `${lines(lineCount, laterLines).join('\n')}\n`);
      await until('later lines in the file', () => written().length >= lineCount + laterLines, 90_000);
      sameLines(written(), lines(0, lineCount + laterLines));
      assert.equal(readFileSync(target, 'utf8'), readFileSync(source, 'utf8'));
    },
    200_000,
  );
}

const { values: options } = parseArgs({ options: { broker: { type: 'string', default: 'ottla' } } });
if (options.broker !== 'ottla' && options.broker !== 'apache') {
  console.error('usage: connect/run [--broker ottla|apache]');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'ottla-connect-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const workers: ConnectWorker[] = [];
let broker: Broker | undefined;
try {
  broker = await Broker.start(options.broker);
  await connect(broker, folder);
} catch (error) {
  tally.fail(`Kafka Connect on ${options.broker}`, error);
} finally {
  for (const worker of workers) await worker.kill();
  await broker?.dispose();
}
tally.close();
process.exit();
