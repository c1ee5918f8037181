/** When files are synced, and when it is written down how far: the flush configs of topics and broker, with a clock that is told. */
import { afterEach, expect, test } from '@jest/globals';
import { MemoryFileSystem, silentLogger, SimulatedClock, systemRandom } from '../src/base/index.ts';
import { startBroker, type Broker } from '../src/broker.ts';
import { settle } from '../src/settings.ts';
import { batchOf, createTopic, produceTo } from './broker.ts';
import { WireClient } from './wire-client.ts';

const machines: Machine[] = [];
afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.stop();
});

/** A broker in memory that notes which files are synced or replaced. */
class Machine {
  readonly clock: SimulatedClock;
  readonly fs: MemoryFileSystem;
  readonly #broker: Broker;
  readonly wire: WireClient;
  readonly #done: string[] = [];

  private constructor(clock: SimulatedClock, fs: MemoryFileSystem, broker: Broker, wire: WireClient) {
    this.clock = clock;
    this.fs = fs;
    this.#broker = broker;
    this.wire = wire;
    fs.fault = (operation, path) => {
      if (operation === 'sync' || operation === 'rename') this.#done.push(path);
    };
    machines.push(this);
  }

  static async start(config: Readonly<Record<string, string>>): Promise<Machine> {
    const given = {
      listeners: 'PLAINTEXT://127.0.0.1:0',
      'log.dirs': '/data',
      'offsets.topic.num.partitions': '1',
      ...config,
    };
    const settled = settle(new Map(Object.entries(given)), { wildcardHost: 'localhost' });
    const clock = new SimulatedClock(undefined, setImmediate);
    const fs = new MemoryFileSystem({ clock });
    const world = { fs, clock, random: systemRandom, logger: silentLogger };
    const broker = await startBroker(settled.config, settled.listeners, world);
    return new Machine(clock, fs, broker, await WireClient.connect(broker.addresses[0]?.port ?? 0));
  }

  async stop(): Promise<void> {
    this.wire.close();
    await this.#broker.close();
  }

  async produce(topic: string): Promise<void> {
    expect(await produceTo(this.wire, topic, batchOf(['x']))).toMatchObject({ errorCode: 0 });
  }

  /** How often a file was synced, or replaced, since the last time. */
  async done(file: string, afterMs = 0): Promise<number> {
    this.clock.advance(afterMs);
    for (let i = 0; i < 5; i++) await new Promise((turn) => setImmediate(turn));
    return this.#done.splice(0).filter((path) => path.startsWith(`/data/${file}`)).length;
  }
}

const RECOVERY_POINTS = 'recovery-point-offset-checkpoint.tmp';
const log = (topic: string): string => `${topic}-0/00000000000000000000.log`;

test.each([
  ['flush.messages of a topic', {}, { 'flush.messages': '3' }],
  ['log.flush.interval.messages', { 'log.flush.interval.messages': '3' }, {}],
])('%s: so many records, then they are synced before the answer', async (_name, config, topic) => {
  const machine = await Machine.start(config);
  await createTopic(machine.wire, 'orders', 1, topic);
  for (const expected of [0, 0, 1, 0, 0, 1]) {
    await machine.produce('orders');
    expect(await machine.done(log('orders'))).toBe(expected);
  }
});

test.each([
  ['flush.ms of a topic', {}, { 'flush.ms': '1000' }],
  ['log.flush.interval.ms', { 'log.flush.interval.ms': '1000' }, {}],
])('%s is looked at every log.flush.scheduler.interval.ms', async (_name, config, topic) => {
  const machine = await Machine.start({ ...config, 'log.flush.scheduler.interval.ms': '400' });
  await createTopic(machine.wire, 'orders', 1, topic);
  await machine.produce('orders');
  expect(await machine.done(log('orders'), 900)).toBe(0);
  expect(await machine.done(log('orders'), 400)).toBe(1);
  expect(await machine.done(log('orders'), 5000)).toBe(0);
  await machine.produce('orders');
  expect(await machine.done(log('orders'), 400)).toBe(1);
});

test('without log.flush.interval.ms its part is that of log.flush.scheduler.interval.ms', async () => {
  const machine = await Machine.start({ 'log.flush.scheduler.interval.ms': '1000' });
  await createTopic(machine.wire, 'orders');
  await machine.produce('orders');
  expect(await machine.done(log('orders'), 900)).toBe(0);
  expect(await machine.done(log('orders'), 200)).toBe(1);
});

test('by default no record is synced, however long it waits', async () => {
  const machine = await Machine.start({});
  await createTopic(machine.wire, 'orders');
  await machine.produce('orders');
  expect(await machine.done(log('orders'), 200_000)).toBe(0);
});

test('log.flush.offset.checkpoint.interval.ms: so often recovery points are written down, if they have moved', async () => {
  const machine = await Machine.start({ 'log.flush.offset.checkpoint.interval.ms': '5000' });
  await createTopic(machine.wire, 'orders', 1, { 'flush.messages': '1' });
  await machine.done('', 5000);
  await machine.produce('orders');
  expect(await machine.done(RECOVERY_POINTS, 4000)).toBe(0);
  // Synced, then renamed.
  expect(await machine.done(RECOVERY_POINTS, 1000)).toBe(2);
  expect(await machine.done(RECOVERY_POINTS, 60_000)).toBe(0);
});
