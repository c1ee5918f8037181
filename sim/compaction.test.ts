/** Compaction and retention in a broker that serves, with a clock that is told. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { MemoryFileSystem, silentLogger, SimulatedClock, systemRandom } from '../src/base/index.ts';
import { startBroker, type Broker } from '../src/broker.ts';
import { settle } from '../src/settings.ts';
import {
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
  OffsetCommitRequest,
  OffsetCommitResponse,
  OffsetFetchRequest,
  OffsetFetchResponse,
} from '../src/wire/messages/index.ts';
import { recordsOf, scanBatches } from '../src/wire/records/index.ts';
import { batchOf, createTopic, fetchFrom, produceTo } from './broker.ts';
import { WireClient } from './wire-client.ts';

const MINUTE_MS = 60_000;
const AlterConfigs = { request: IncrementalAlterConfigsRequest, response: IncrementalAlterConfigsResponse };
const OffsetCommit = { request: OffsetCommitRequest, response: OffsetCommitResponse };
const OffsetFetch = { request: OffsetFetchRequest, response: OffsetFetchResponse };

let clock: SimulatedClock;
let fs: MemoryFileSystem;
let broker: Broker;
let wire: WireClient;

async function start(): Promise<void> {
  const given = {
    listeners: 'PLAINTEXT://127.0.0.1:0',
    'log.dirs': '/memory',
    'offsets.topic.num.partitions': '1',
    'log.cleaner.min.cleanable.ratio': '0.01',
    'log.cleaner.backoff.ms': '15000',
    'log.retention.check.interval.ms': String(5 * MINUTE_MS),
    'log.roll.ms': String(MINUTE_MS),
    'connections.max.idle.ms': String(48 * 60 * MINUTE_MS),
  };
  const { config, listeners } = settle(new Map(Object.entries(given)), { wildcardHost: 'localhost' });
  broker = await startBroker(config, listeners, { fs, clock, random: systemRandom, logger: silentLogger });
  wire = await WireClient.connect(broker.addresses[0]?.port ?? 0);
}

beforeEach(async () => {
  clock = new SimulatedClock(undefined, setImmediate);
  fs = new MemoryFileSystem({ clock });
  await start();
});
afterEach(async () => {
  wire.close();
  await broker.close();
});

const send = async (topic: string, key: string, value: string): Promise<void> => {
  const records = [{ timestampMs: clock.now(), key: Buffer.from(key), value: Buffer.from(value) }];
  const { errorCode } = await produceTo(wire, topic, batchOf([], { records }));
  expect(errorCode).toBe(0);
};

async function values(topic: string): Promise<string[]> {
  const { records } = await fetchFrom(wire, topic, 0);
  const { batches } = scanBatches(records ?? Buffer.alloc(0));
  return batches.flatMap((batch) => recordsOf(batch, { maxBytes: 1 << 20 }).map(({ value }) => String(value)));
}

/** Looks again until it holds: the cleaner goes on in turns of the event loop that nobody counts. */
async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 500) throw new Error('it did not come to hold');
    await sleep(2);
  }
}

/** Twenty times the same key, and a segment after them. */
async function rewrite(topic: string): Promise<void> {
  for (let i = 0; i < 20; i++) await send(topic, 'k', `value ${i}`);
  clock.advance(2 * MINUTE_MS);
  await send(topic, 'active', 'segment');
}

test('a compacted topic keeps the newest value of each key, while it is written and read', async () => {
  await createTopic(wire, 'table', 1, { 'cleanup.policy': 'compact' });
  await rewrite('table');
  expect(await values('table')).toHaveLength(21);
  clock.advance(15_000);
  await until(async () => (await values('table')).length === 2);
  expect(await values('table')).toEqual(['value 19', 'segment']);
});

test('cleanup.policy and min.cleanable.dirty.ratio act from when they are changed', async () => {
  await createTopic(wire, 'table', 1);
  const alter = async (name: string, value: string): Promise<void> => {
    const configs = [{ name, configOperation: 0, value }];
    await wire.request(AlterConfigs, 1, {
      resources: [{ resourceType: 2, resourceName: 'table', configs }],
      validateOnly: false,
    });
  };
  await alter('min.cleanable.dirty.ratio', '1');
  await alter('cleanup.policy', 'compact');
  await rewrite('table');
  clock.advance(15_000);
  await sleep(20);
  expect(await values('table')).toHaveLength(21);
  await alter('min.cleanable.dirty.ratio', '0.1');
  clock.advance(15_000);
  await until(async () => (await values('table')).length === 2);
});

test('the offsets that groups commit are compacted, and found again after a restart', async () => {
  const commit = async (committedOffset: number): Promise<void> => {
    const partitions = [{ partitionIndex: 0, committedOffset, committedMetadata: '' }];
    await wire.request(OffsetCommit, 8, { groupId: 'billing', memberId: '', topics: [{ name: 'table', partitions }] });
  };
  await createTopic(wire, 'table', 1);
  for (let offset = 0; offset < 50; offset++) await commit(offset);
  clock.advance(2 * MINUTE_MS);
  await commit(50);
  const size = (): number => fs.info('/memory/__consumer_offsets-0/00000000000000000000.log')?.size ?? 0;
  const before = size();
  clock.advance(15_000);
  await until(() => size() < before / 10);

  wire.close();
  await broker.close();
  await start();
  const topics = [{ name: 'table', partitionIndexes: [0] }];
  const { groups } = await wire.request(OffsetFetch, 8, { groups: [{ groupId: 'billing', topics }] });
  expect(groups[0]?.topics[0]?.partitions[0]?.committedOffset).toBe(50);
});

test('retention.ms is looked after every log.retention.check.interval.ms, and clients see where the log starts now', async () => {
  await createTopic(wire, 'events', 1, { 'retention.ms': String(3 * MINUTE_MS) });
  await send('events', 'k', 'old');
  clock.advance(2 * MINUTE_MS);
  await send('events', 'k', 'young');
  clock.advance(2 * MINUTE_MS);
  expect(await values('events')).toEqual(['old', 'young']);
  clock.advance(MINUTE_MS + 30_000);
  await until(async () => (await fetchFrom(wire, 'events', 0)).errorCode === 1);
  expect((await fetchFrom(wire, 'events', 1)).logStartOffset).toBe(1);
});

test('retention.ms and retention.bytes of -1 keep everything', async () => {
  await createTopic(wire, 'events', 1, { 'retention.ms': '-1', 'retention.bytes': '-1' });
  await send('events', 'k', 'a');
  clock.advance(2 * MINUTE_MS);
  await send('events', 'k', 'b');
  clock.advance(24 * 60 * MINUTE_MS);
  expect(await values('events')).toEqual(['a', 'b']);
});
