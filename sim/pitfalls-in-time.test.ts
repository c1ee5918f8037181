/** The pitfalls that take minutes or days to show, with a clock that is told. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { MemoryFileSystem, silentLogger, SimulatedClock, systemRandom } from '../src/base/index.ts';
import { startBroker, type Broker } from '../src/broker.ts';
import { settle } from '../src/settings.ts';
import { OffsetCommitRequest, OffsetCommitResponse } from '../src/wire/messages/index.ts';
import { idempotent } from './pitfalls/batches.ts';
import { Stage } from './pitfalls/index.ts';
import { OffsetFetch } from './pitfalls/stage.ts';
import { TransactionalClient } from './transactional-client.ts';

const MINUTE_MS = 60_000;
const OffsetCommit = { request: OffsetCommitRequest, response: OffsetCommitResponse };

let clock: SimulatedClock;
let broker: Broker;
let stage: Stage;
beforeEach(async () => {
  clock = new SimulatedClock(undefined, setImmediate);
  const given = {
    listeners: 'PLAINTEXT://127.0.0.1:0',
    'log.dirs': '/memory',
    'producer.id.expiration.ms': String(10 * MINUTE_MS),
    'transactional.id.expiration.ms': String(20 * MINUTE_MS),
    'offsets.retention.minutes': '10',
    'max.incremental.fetch.session.cache.slots': '1',
  };
  const { config, listeners } = settle(new Map(Object.entries(given)), { wildcardHost: 'localhost' });
  const world = { fs: new MemoryFileSystem(), clock, random: systemRandom, logger: silentLogger };
  broker = await startBroker(config, listeners, world);
  stage = new Stage(broker.addresses[0]?.port ?? 0);
});
afterEach(async () => {
  stage.closeAll();
  await broker.close();
});

test('C-24 a producer that has not written for producer.id.expiration.ms is forgotten, and may begin at any sequence', async () => {
  const topic = await stage.topic();
  const writes = (sequence: number): Buffer => idempotent(77, sequence, 0, clock.now());
  await stage.append(topic, writes(0), writes(1));
  clock.advance(8 * MINUTE_MS);
  expect((await stage.produce(topic, writes(9))).errorCode).toBe(45);
  clock.advance(30 * MINUTE_MS);
  expect(await stage.produce(topic, writes(9))).toMatchObject({ errorCode: 0, baseOffset: 2 });
});

test('C-24 a transactional id that nobody has used for transactional.id.expiration.ms is forgotten', async () => {
  const begin = async (): Promise<TransactionalClient> => new TransactionalClient(await stage.connect(), 'app');
  const producer = await begin();
  expect(await producer.init()).toBe(0);
  clock.advance(8 * MINUTE_MS);
  const next = await begin();
  expect(await next.init()).toBe(0);
  expect([next.producerId, next.producerEpoch]).toEqual([producer.producerId, producer.producerEpoch + 1]);
  clock.advance(90 * MINUTE_MS);
  const last = await begin();
  expect(await last.init()).toBe(0);
  expect(last.producerId).not.toBe(producer.producerId);
  expect(last.producerEpoch).toBe(0);
});

test('C-38 offsets of an empty group are kept for offsets.retention.minutes', async () => {
  const topic = await stage.topic();
  const groupId = 'batch-job';
  await stage.ask(OffsetCommit, 9, {
    groupId,
    memberId: '',
    topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, committedOffset: 3, committedMetadata: '' }] }],
  });
  const committed = async (): Promise<number | undefined> => {
    const topics = [{ name: topic.name, partitionIndexes: [0] }];
    const { groups } = await stage.ask(OffsetFetch, 8, { groups: [{ groupId, topics }] });
    return groups[0]?.topics[0]?.partitions[0]?.committedOffset;
  };
  clock.advance(8 * MINUTE_MS);
  expect(await committed()).toBe(3);
  clock.advance(25 * MINUTE_MS);
  await stage.until('they are gone', async () => (await committed()) === -1);
});

test('C-31 a fetch session makes room for another only when it has not been used for two minutes', async () => {
  const topic = await stage.topic();
  const begin = async (): Promise<number> =>
    (await stage.fetchAnswer(topic, 0, { session: { id: 0, epoch: 0 } })).sessionId;
  const first = await begin();
  expect(first).toBeGreaterThan(0);
  expect(await begin()).toBe(0);
  clock.advance(3 * MINUTE_MS);
  expect(await begin()).toBeGreaterThan(0);
  const answer = await stage.fetchAnswer(topic, 0, { session: { id: first, epoch: 1, nothingNew: true } });
  expect(answer.errorCode).toBe(70);
});
