import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import kafkajs from 'kafkajs';
import { Broker } from '../brokers.ts';
import { Program } from '../program.ts';
import { readTopic } from '../read-committed.ts';
import { Tally } from '../tally.ts';
import { connectAdmin, createTopics } from '../topics.ts';
import { processors, type Processor } from './processors.ts';

const partitionCount = 4;
const recordsPerTransaction = 8;
const abortedOutputs = 5;
/** When what is killed, by the share of inputs that are done. */
const kills: readonly (readonly [share: number, what: 'first' | 'second' | 'broker'])[] = [
  [0.15, 'first'],
  [0.35, 'broker'],
  [0.55, 'second'],
  [0.75, 'broker'],
  [0.85, 'first'],
];
const tally = new Tally('exactly-once');

async function produceInputs(address: string, topic: string, count: number): Promise<void> {
  const producer = new kafkajs.Kafka({ brokers: [address], logLevel: kafkajs.logLevel.NOTHING }).producer();
  await producer.connect();
  for (let from = 0; from < count; from += 2000) {
    const numbers = Array.from({ length: Math.min(2000, count - from) }, (_, i) => from + i);
    const messages = numbers.map((n) => ({ key: `${n % 97}`, value: `${n}`, partition: n % partitionCount }));
    await producer.send({ topic, messages });
  }
  await producer.disconnect();
}

/** Outputs that were given up for certain; whether a kill hits an open transaction is chance. */
async function abortOutputs(address: string, topic: string): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: [address], logLevel: kafkajs.logLevel.NOTHING });
  const producer = kafka.producer({ transactionalId: `${topic}-given-up`, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const transaction = await producer.transaction();
  const messages = Array.from({ length: abortedOutputs }, () => ({ value: 'processed -1' }));
  await transaction.send({ topic, messages });
  await transaction.abort();
  await producer.disconnect();
}

/** How many inputs the group has committed. Nothing while the broker or the coordinator is away. */
async function committed(address: string, groupId: string, topic: string): Promise<number | undefined> {
  const admin = connectAdmin(address);
  try {
    await admin.connect();
    const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] });
    return answer?.partitions.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
  } catch {
    return undefined;
  } finally {
    await admin.disconnect();
  }
}

/** Two processors share the inputs, and are killed with the broker in between. Returns the number of transactions. */
async function processThroughKills(
  broker: Broker,
  processor: Processor,
  names: Names,
  inputs: number,
): Promise<number> {
  let transactions = 0;
  let wasBrokerKilled = false;
  const programs = await Promise.all(
    ['first', 'second'].map(async (which) => {
      const { input, output, group } = names;
      const id = `${group}-${which}`;
      const args = [broker.address, input, output, group, id, `${recordsPerTransaction}`];
      return new Program(which, await processor.command(args), (line) => {
        if (line.startsWith('committed ')) transactions++;
      });
    }),
  );
  for (const program of programs) program.start();
  try {
    const waiting = [...kills];
    const deadline = Date.now() + (options.long ? 1_800_000 : 400_000);
    for (let done = 0; done < inputs;) {
      if (Date.now() > deadline) throw new Error(`${done} of ${inputs} done: ${told(programs)}`);
      await sleep(100);
      done = (await committed(broker.address, names.group, names.input)) ?? done;
      const next = waiting[0];
      if (next !== undefined && done >= next[0] * inputs) {
        waiting.shift();
        console.log(`   kill -9 of ${next[1]} with ${done} of ${inputs} done in ${transactions} transactions`);
        const program = programs.find(({ name }) => name === next[1]);
        await (program ?? broker).kill();
        if (program === undefined) {
          wasBrokerKilled = true;
          await broker.up();
        } else program.start();
      }
      for (const program of programs) {
        if (program.isRunning) continue;
        // A transaction may be out of time when the broker is back. Before that nothing may fence a client.
        if (!wasBrokerKilled) throw new Error(`${program.name} gave up: ${program.lastOutput.slice(-500)}`);
        console.log(`   ${program.name} gave up, and is started again`);
        program.start();
      }
    }
  } finally {
    for (const program of programs) await program.kill();
  }
  return transactions;
}

const told = (programs: readonly Program[]): string =>
  programs.map(({ name, lastOutput }) => `${name}: ${lastOutput.replace(/^committed \d+\n/gm, '').slice(-400)}`).join();

interface Names {
  readonly input: string;
  readonly output: string;
  readonly group: string;
}

async function exactlyOnce(broker: Broker, client: string, processor: Processor): Promise<void> {
  const names: Names = { input: `${client}-input`, output: `${client}-output`, group: `${client}-processors` };
  const inputs = processor.inputs * (options.long ? 10 : 1);
  const topics = [names.input, names.output].map((topic) => ({ topic, numPartitions: partitionCount }));
  await createTopics(broker.address, topics);
  await produceInputs(broker.address, names.input, inputs);
  await abortOutputs(broker.address, names.output);
  const started = Date.now();
  const hasRun = await tally.check(
    `${processor.name}: two processors get through ${inputs} inputs, killed with the broker on the way`,
    async () => {
      const transactions = await processThroughKills(broker, processor, names, inputs);
      console.log(`   ${transactions} transactions in ${((Date.now() - started) / 1000).toFixed(1)} s`);
      assert.ok(transactions >= inputs / recordsPerTransaction / 2, `no more than ${transactions} transactions`);
    },
    2_000_000,
  );
  if (!hasRun) return;
  await tally.check(`${processor.name}: every input is in the output once, read committed`, async () => {
    const outputs = await readTopic(broker.address, names.output);
    const numbers = outputs.map(({ value }) => Number(value.replace(/^processed /, ''))).sort((a, b) => a - b);
    const expected = Array.from({ length: inputs }, (_, n) => n);
    const wrong = expected.find((n) => numbers[n] !== n);
    assert.equal(wrong, undefined, `${outputs.length} outputs; the first that is lost or twice is near ${wrong}`);
    assert.equal(outputs.length, inputs);
  });
  await tally.check(`${processor.name}: who reads uncommitted reads what was aborted, too`, async () => {
    const outputs = await readTopic(broker.address, names.output, 'read_uncommitted');
    console.log(`   ${outputs.length} outputs of ${inputs} inputs`);
    assert.ok(outputs.length >= inputs + abortedOutputs);
  });
}

const { values: options } = parseArgs({
  options: {
    broker: { type: 'string', default: 'ottla' },
    client: { type: 'string' },
    long: { type: 'boolean', default: false },
  },
});
const chosen = Object.entries(processors).filter(([name]) => options.client === undefined || options.client === name);
if ((options.broker !== 'ottla' && options.broker !== 'apache') || chosen.length === 0) {
  console.error(
    `usage: exactly-once/run [--broker ottla|apache] [--client ${Object.keys(processors).join('|')}] [--long]`,
  );
  process.exit(2);
}
let broker: Broker | undefined;
try {
  broker = await Broker.start(options.broker);
  for (const [client, processor] of chosen) await exactlyOnce(broker, client, processor);
} catch (error) {
  tally.fail(`exactly once on ${options.broker}`, error);
} finally {
  await broker?.dispose();
}
tally.close();
process.exit();
