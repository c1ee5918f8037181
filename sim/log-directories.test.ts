/** A broker on several disks, of which one fails. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileError, MemoryFileSystem, RecordingLogger, systemClock, systemRandom } from '../src/base/index.ts';
import { startBroker, type Broker } from '../src/broker.ts';
import { settle } from '../src/settings.ts';
import {
  AlterReplicaLogDirsRequest,
  AlterReplicaLogDirsResponse,
  DeleteRecordsRequest,
  DeleteRecordsResponse,
  DescribeLogDirsRequest,
  DescribeLogDirsResponse,
  DescribeProducersRequest,
  DescribeProducersResponse,
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
  ListOffsetsRequest,
  ListOffsetsResponse,
} from '../src/wire/messages/index.ts';
import { batchOf, createTopic, deleteTopic, Fetch, fetchFrom, Metadata, produceTo } from './broker.ts';
import { WireClient } from './wire-client.ts';

const AlterReplicaLogDirs = { request: AlterReplicaLogDirsRequest, response: AlterReplicaLogDirsResponse };
const DeleteRecords = { request: DeleteRecordsRequest, response: DeleteRecordsResponse };
const DescribeLogDirs = { request: DescribeLogDirsRequest, response: DescribeLogDirsResponse };
const DescribeProducers = { request: DescribeProducersRequest, response: DescribeProducersResponse };
const IncrementalAlterConfigs = { request: IncrementalAlterConfigsRequest, response: IncrementalAlterConfigsResponse };
const ListOffsets = { request: ListOffsetsRequest, response: ListOffsetsResponse };

const NONE = 0;
const UNKNOWN_TOPIC_OR_PARTITION = 3;
const LEADER_NOT_AVAILABLE = 5;
const NOT_LEADER_OR_FOLLOWER = 6;
const REPLICA_NOT_AVAILABLE = 9;
const INVALID_REPLICATION_FACTOR = 38;
const INVALID_REPLICA_ASSIGNMENT = 39;
const KAFKA_STORAGE_ERROR = 56;
const LOG_DIR_NOT_FOUND = 57;

const started: Machine[] = [];
afterEach(async () => {
  for (const machine of started.splice(0)) await machine.stop();
});

/** Three disks, /a with the metadata. */
class Machine {
  readonly fs = new MemoryFileSystem();
  readonly logger = new RecordingLogger();
  broker: Broker | undefined;
  #wire: WireClient | undefined;

  async start(config: Readonly<Record<string, string>> = {}): Promise<this> {
    if (!started.includes(this)) started.push(this);
    const given = { listeners: 'PLAINTEXT://127.0.0.1:0', 'log.dirs': '/a,/b,/c', ...config };
    const settled = settle(new Map(Object.entries(given)), { wildcardHost: 'localhost' });
    const world = { fs: this.fs, clock: systemClock, random: systemRandom, logger: this.logger };
    this.broker = await startBroker(settled.config, settled.listeners, world);
    this.#wire = await WireClient.connect(this.broker.addresses[0]?.port ?? 0);
    return this;
  }

  async stop(): Promise<void> {
    this.#wire?.close();
    await this.broker?.close();
    this.broker = this.#wire = undefined;
  }

  get wire(): WireClient {
    if (this.#wire === undefined) throw new Error('the broker is down');
    return this.#wire;
  }

  failDisk(path: string, only?: string): void {
    this.fs.fault = (operation, file) => {
      if (file.startsWith(`${path}/`) && (only === undefined || operation === only))
        throw new FileError('EIO', operation, file);
    };
  }

  mendDisks(): void {
    this.fs.fault = undefined;
  }

  async directories(topic: string) {
    const { results } = await this.wire.request(DescribeLogDirs, 5, { topics: null });
    return results.map(({ logDir, errorCode, isCordoned, topics }) => ({
      logDir,
      errorCode,
      isCordoned,
      partitions: topics.filter(({ name }) => name === topic).flatMap(({ partitions }) => partitions),
    }));
  }

  /** Partitions of a topic by directory. */
  async places(topic: string): Promise<Record<string, number[]>> {
    const directories = await this.directories(topic);
    return Object.fromEntries(
      directories.map(({ logDir, partitions }) => [
        logDir,
        partitions.map(({ partitionIndex, isFutureKey }) => (isFutureKey ? NaN : partitionIndex)).sort(),
      ]),
    );
  }

  async metadata(topic: string) {
    const { topics } = await this.wire.request(Metadata, 9, { topics: [{ name: topic }] });
    return (topics[0]?.partitions ?? []).sort((a, b) => a.partitionIndex - b.partitionIndex);
  }

  async move(topic: string, partition: number, path: string): Promise<number | undefined> {
    const dirs = [{ path, topics: [{ name: topic, partitions: [partition] }] }];
    const { results } = await this.wire.request(AlterReplicaLogDirs, 2, { dirs });
    return results[0]?.partitions[0]?.errorCode;
  }

  async produce(topic: string, partition: number, value: string): Promise<number> {
    return (await produceTo(this.wire, topic, batchOf([value]), { partition })).errorCode;
  }

  async earliest(topic: string, partitionIndex: number): Promise<number | undefined> {
    const { topics } = await this.wire.request(ListOffsets, 7, {
      replicaId: -1,
      isolationLevel: 0,
      topics: [{ name: topic, partitions: [{ partitionIndex, timestamp: -2 }] }],
    });
    const answer = topics[0]?.partitions[0];
    return answer?.errorCode === NONE ? answer.offset : undefined;
  }

  async deleteRecords(topic: string, partitionIndex: number, offset: number) {
    const topics = [{ name: topic, partitions: [{ partitionIndex, offset }] }];
    return (await this.wire.request(DeleteRecords, 2, { topics, timeoutMs: 1000 })).topics[0]?.partitions[0];
  }

  async setConfig(name: string, value: string): Promise<void> {
    const resources = [{ resourceType: 4, resourceName: '1', configs: [{ name, configOperation: 0, value }] }];
    const { responses } = await this.wire.request(IncrementalAlterConfigs, 1, { resources, validateOnly: false });
    expect(responses[0]?.errorCode).toBe(NONE);
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 500) throw new Error('it did not happen');
    await sleep(5);
  }
}

async function values(machine: Machine, topic: string, partition: number): Promise<string[]> {
  const { responses } = await machine.wire.request(Fetch, 12, {
    maxWaitMs: 0,
    minBytes: 0,
    topics: [{ topic, partitions: [{ partition, fetchOffset: 0, partitionMaxBytes: 1 << 20 }] }],
    forgottenTopicsData: [],
  });
  const { recordsOf, batchesOf } = await import('../src/wire/records/index.ts');
  const records = responses[0]?.partitions[0]?.records ?? Buffer.alloc(0);
  return [...batchesOf(records)].flatMap((batch) =>
    recordsOf(batch, { maxBytes: 1 << 20 }).map(({ value }) => String(value)),
  );
}

describe('a broker on several disks', () => {
  test('spreads partitions, tells the controller where they are, and finds them again', async () => {
    const machine = await new Machine().start();
    const id = await createTopic(machine.wire, 'orders', 6);
    const places = await machine.places('orders');
    expect(Object.keys(places)).toEqual(['/a', '/b', '/c']);
    expect(Object.values(places).map(({ length }) => length)).toEqual([2, 2, 2]);
    const assigned = (): (string | undefined)[] =>
      machine.broker
        ?.image()
        .topics.byId(id)
        ?.partitions.map(({ directories }) => directories[0]) ?? [];
    await until(async () => new Set(assigned()).size === 3);
    const [registered] = [...(machine.broker?.image().brokers.values() ?? [])];
    expect(new Set(assigned())).toEqual(new Set(registered?.directories));
    await machine.produce('orders', 5, 'x');
    await machine.stop();
    await machine.start();
    expect(await machine.places('orders')).toEqual(places);
    expect(await values(machine, 'orders', 5)).toEqual(['x']);
  });

  test('keeps the metadata where metadata.log.dir says', async () => {
    const machine = await new Machine().start({ 'metadata.log.dir': '/c' });
    expect(machine.fs.list('/c')).toContain('__cluster_metadata-0');
    expect(machine.fs.list('/a')).not.toContain('__cluster_metadata-0');
  });

  test('takes no new partitions where directories are cordoned, and none at all when all are', async () => {
    const machine = await new Machine().start();
    await machine.setConfig('cordoned.log.dirs', '/b');
    await until(async () => (await machine.directories('orders')).some(({ isCordoned }) => isCordoned));
    await createTopic(machine.wire, 'orders', 4);
    expect((await machine.places('orders'))['/b']).toEqual([]);
    expect(await machine.move('orders', 0, '/b')).toBe(INVALID_REPLICA_ASSIGNMENT);
    await machine.setConfig('cordoned.log.dirs', '*');
    await until(async () => (await machine.directories('orders')).every(({ isCordoned }) => isCordoned));
    await until(async () => {
      const [registered] = [...(machine.broker?.image().brokers.values() ?? [])];
      return registered?.cordonedDirectories.length === 3;
    });
    await expect(createTopic(machine.wire, 'more')).rejects.toThrow(`error ${INVALID_REPLICATION_FACTOR}`);
  });
});

describe('a disk that fails', () => {
  async function withLostDisk(): Promise<{ machine: Machine; lost: number; fine: number }> {
    const machine = await new Machine().start();
    await createTopic(machine.wire, 'orders', 6);
    for (let partition = 0; partition < 6; partition++)
      await machine.produce('orders', partition, `first ${partition}`);
    const places = await machine.places('orders');
    const [lost, fine] = [places['/b']?.[0] ?? -1, places['/a']?.[0] ?? -1];
    machine.failDisk('/b');
    expect(await machine.produce('orders', lost, 'too late')).toBe(KAFKA_STORAGE_ERROR);
    await until(async () => (await machine.metadata('orders'))[lost]?.leaderId === -1);
    return { machine, lost, fine };
  }

  test('answers KAFKA_STORAGE_ERROR for its partitions, which have no leader; others go on', async () => {
    const { machine, lost, fine } = await withLostDisk();
    const { wire } = machine;
    expect(await machine.produce('orders', fine, 'second')).toBe(NONE);
    expect(await values(machine, 'orders', fine)).toEqual([`first ${fine}`, 'second']);
    expect(await machine.produce('orders', lost, 'second')).toBe(KAFKA_STORAGE_ERROR);
    const { responses } = await wire.request(Fetch, 12, {
      maxWaitMs: 0,
      minBytes: 0,
      topics: [{ topic: 'orders', partitions: [{ partition: lost, fetchOffset: 0, partitionMaxBytes: 1000 }] }],
      forgottenTopicsData: [],
    });
    expect(responses[0]?.partitions[0]?.errorCode).toBe(KAFKA_STORAGE_ERROR);
    expect(await machine.earliest('orders', lost)).toBeUndefined();
    expect(await machine.deleteRecords('orders', lost, 0)).toMatchObject({ errorCode: KAFKA_STORAGE_ERROR });
    const producers = await wire.request(DescribeProducers, 0, {
      topics: [{ name: 'orders', partitionIndexes: [lost] }],
    });
    expect(producers.topics[0]?.partitions[0]?.errorCode).toBe(KAFKA_STORAGE_ERROR);
    expect((await machine.metadata('orders'))[lost]).toMatchObject({
      errorCode: LEADER_NOT_AVAILABLE,
      leaderId: -1,
      isrNodes: [],
      offlineReplicas: [1],
    });
    expect((await machine.directories('orders')).map(({ errorCode }) => errorCode)).toEqual([
      NONE,
      KAFKA_STORAGE_ERROR,
      NONE,
    ]);
    expect(await machine.move('orders', lost, '/a')).toBe(KAFKA_STORAGE_ERROR);
    expect(await machine.move('orders', fine, '/b')).toBe(KAFKA_STORAGE_ERROR);
    expect(await machine.move('orders', fine, '/c')).toBe(KAFKA_STORAGE_ERROR);
  });

  test('gets no new partitions, and a topic on it can be deleted', async () => {
    const { machine } = await withLostDisk();
    await createTopic(machine.wire, 'more', 4);
    expect((await machine.metadata('more')).map(({ leaderId }) => leaderId)).toEqual([1, 1, 1, 1]);
    expect((await machine.places('more'))['/b']).toEqual([]);
    await deleteTopic(machine.wire, 'orders');
    expect(await machine.produce('orders', 0, 'x')).toBe(UNKNOWN_TOPIC_OR_PARTITION);
  });

  test('is left out at the next start as long as it is broken, and gives all back that was acknowledged', async () => {
    const { machine, lost, fine } = await withLostDisk();
    await machine.stop();
    await machine.start();
    expect(machine.logger.lines.some(({ message }) => message === 'a log directory is left out')).toBe(true);
    expect(await machine.produce('orders', lost, 'second')).toBe(NOT_LEADER_OR_FOLLOWER);
    expect(await machine.produce('orders', fine, 'second')).toBe(NONE);
    expect((await machine.metadata('orders'))[lost]).toMatchObject({ leaderId: -1, offlineReplicas: [1] });
    expect(await machine.move('orders', lost, '/a')).toBe(REPLICA_NOT_AVAILABLE);
    await machine.stop();
    machine.mendDisks();
    await machine.start();
    expect(await machine.produce('orders', lost, 'third')).toBe(NONE);
    expect(await values(machine, 'orders', lost)).toEqual([`first ${lost}`, 'third']);
  });

  test('full, it refuses as a broken one does, and a waiting reader is told', async () => {
    const machine = await new Machine().start();
    await createTopic(machine.wire, 'orders', 3);
    const lost = (await machine.places('orders'))['/b']?.[0] ?? -1;
    const reader = await WireClient.connect(machine.broker?.addresses[0]?.port ?? 0);
    const waiting = reader.request(Fetch, 12, {
      maxWaitMs: 60_000,
      minBytes: 1,
      topics: [{ topic: 'orders', partitions: [{ partition: lost, fetchOffset: 0, partitionMaxBytes: 1000 }] }],
      forgottenTopicsData: [],
    });
    await machine.metadata('orders');
    machine.fs.fault = (operation, file) => {
      if (operation === 'write' && file.startsWith('/b/')) throw new FileError('ENOSPC', operation, file);
    };
    expect(await machine.produce('orders', lost, 'x')).toBe(KAFKA_STORAGE_ERROR);
    expect((await waiting).responses[0]?.partitions[0]?.errorCode).toBe(KAFKA_STORAGE_ERROR);
    reader.close();
  });

  test('is the end of the broker when the metadata lies on it', async () => {
    const machine = await new Machine().start();
    await createTopic(machine.wire, 'orders', 3);
    const lost = (await machine.places('orders'))['/a']?.[0] ?? -1;
    machine.failDisk('/a');
    await machine.produce('orders', lost, 'x');
    expect(await machine.broker?.failed).toBeInstanceOf(FileError);
  });
});

describe('moving a replica to another directory', () => {
  async function withOrders(): Promise<{ machine: Machine; from: string; to: string }> {
    const machine = await new Machine().start();
    await createTopic(machine.wire, 'orders', 1);
    for (const value of ['a', 'b', 'c']) await machine.produce('orders', 0, value);
    const places = await machine.places('orders');
    const from = Object.keys(places).find((path) => places[path]?.length === 1) ?? '';
    const to = ['/b', '/c'].find((path) => path !== from) ?? '';
    return { machine, from, to };
  }

  const arrived = async (machine: Machine, to: string): Promise<boolean> => {
    const places = await machine.places('orders');
    return Object.entries(places).every(([path, partitions]) => partitions.length === (path === to ? 1 : 0));
  };

  test('takes all records along, and clients notice nothing', async () => {
    const { machine, from, to } = await withOrders();
    expect(await machine.move('orders', 0, to)).toBe(NONE);
    let sent = 0;
    await until(async () => {
      expect(await machine.produce('orders', 0, `on the way ${sent++}`)).toBe(NONE);
      return arrived(machine, to);
    });
    expect(await machine.produce('orders', 0, 'after')).toBe(NONE);
    const onTheWay = Array.from({ length: sent }, (_, i) => `on the way ${i}`);
    const all = ['a', 'b', 'c', ...onTheWay, 'after'];
    expect(await values(machine, 'orders', 0)).toEqual(all);
    expect(machine.fs.list(from).filter((name) => /^orders-0/.test(name) && !name.endsWith('-delete'))).toEqual([]);
    const id = machine.fs.readFile(`${to}/meta.properties`).toString();
    const assigned = machine.broker?.image().topics.byName('orders')?.partitions[0]?.directories[0];
    expect(id).toContain(`directory.id=${assigned}`);
    await machine.stop();
    await machine.start();
    expect(await values(machine, 'orders', 0)).toEqual(all);
    expect(await arrived(machine, to)).toBe(true);
  });

  test('takes along what was deleted, and who has produced', async () => {
    const { machine, to } = await withOrders();
    // Producers that have been silent for long are forgotten.
    const records = ['d', 'e'].map((value) => ({ timestampMs: Date.now(), key: null, value: Buffer.from(value) }));
    const idempotent = { producerId: 7, producerEpoch: 1, baseSequence: 0, records };
    await produceTo(machine.wire, 'orders', batchOf([], idempotent));
    await machine.deleteRecords('orders', 0, 4);
    expect(await machine.move('orders', 0, to)).toBe(NONE);
    await until(() => arrived(machine, to));
    expect(await machine.earliest('orders', 0)).toBe(4);
    const again = await produceTo(machine.wire, 'orders', batchOf([], idempotent));
    expect(again).toMatchObject({ errorCode: NONE, baseOffset: 3 });
    const next = await produceTo(machine.wire, 'orders', batchOf([], { ...idempotent, baseSequence: 2 }));
    expect(next).toMatchObject({ errorCode: NONE, baseOffset: 5 });
  });

  test('of an internal topic leaves its coordinator where it is', async () => {
    const { machine, to } = await withOrders();
    const places = await machine.places('__consumer_offsets');
    const partition = places[to === '/b' ? '/c' : '/b']?.[0] ?? 0;
    expect(await machine.move('__consumer_offsets', partition, to)).toBe(NONE);
    await until(async () => (await machine.places('__consumer_offsets'))[to]?.includes(partition) === true);
    expect((await machine.metadata('__consumer_offsets'))[partition]?.leaderId).toBe(1);
  });

  test('goes no faster than it may, can be called off, and goes on after a restart', async () => {
    const { machine, from, to } = await withOrders();
    await machine.stop();
    await machine.start({ 'replica.alter.log.dirs.io.max.bytes.per.second': '1' });
    expect(await machine.move('orders', 0, to)).toBe(NONE);
    await until(async () => (await machine.places('orders'))[to]?.length === 1);
    const [onItsWay] = (await machine.directories('orders')).find(({ logDir }) => logDir === to)?.partitions ?? [];
    expect(onItsWay).toMatchObject({ partitionIndex: 0, isFutureKey: true });
    expect(machine.fs.list(to).filter((name) => /^orders-0\.[0-9a-f]{32}-future$/.test(name))).toHaveLength(1);
    expect(await machine.move('orders', 0, from)).toBe(NONE);
    expect((await machine.places('orders'))[to]).toEqual([]);
    expect(await machine.move('orders', 0, to)).toBe(NONE);
    await machine.stop();
    await machine.start();
    await until(() => arrived(machine, to));
    expect(await values(machine, 'orders', 0)).toEqual(['a', 'b', 'c']);
  });

  test('into a directory whose disk fails leaves it where it was', async () => {
    const { machine, from, to } = await withOrders();
    await machine.stop();
    await machine.start({ 'replica.alter.log.dirs.io.max.bytes.per.second': '1' });
    machine.failDisk(to, 'write');
    expect([NONE, KAFKA_STORAGE_ERROR]).toContain(await machine.move('orders', 0, to));
    await until(async () => (await machine.directories('orders')).some(({ errorCode }) => errorCode !== NONE));
    expect((await machine.places('orders'))[from]).toEqual([0]);
    expect(await machine.produce('orders', 0, 'd')).toBe(NONE);
    expect(await values(machine, 'orders', 0)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('is refused with what is wrong', async () => {
    const { machine, from } = await withOrders();
    expect(await machine.move('orders', 0, '/nowhere')).toBe(LOG_DIR_NOT_FOUND);
    expect(await machine.move('orders', 0, 'b')).toBe(LOG_DIR_NOT_FOUND);
    expect(await machine.move('orders', 0, from)).toBe(NONE);
    expect(await machine.move('orders', 7, '/b')).toBe(UNKNOWN_TOPIC_OR_PARTITION);
    expect(await machine.move('none', 0, '/b')).toBe(UNKNOWN_TOPIC_OR_PARTITION);
    expect(await machine.move('x'.repeat(240), 0, '/b')).toBe(17);
  });
});

describe('DeleteRecords', () => {
  test('moves the log start, which stays there after a crash', async () => {
    const machine = await new Machine().start();
    await createTopic(machine.wire, 'orders', 3);
    const path = Object.entries(await machine.places('orders')).find(([, partitions]) => partitions.includes(0))?.[0];
    for (const value of ['a', 'b', 'c']) await machine.produce('orders', 0, value);
    expect(await machine.deleteRecords('orders', 0, 2)).toEqual({
      partitionIndex: 0,
      lowWatermark: 2,
      errorCode: NONE,
    });
    expect(machine.fs.readFile(`${path}/log-start-offset-checkpoint`).toString()).toMatch(/^0\n1\norders 0 2\s*$/);
    expect(await machine.earliest('orders', 0)).toBe(2);
    expect(await fetchFrom(machine.wire, 'orders', 1)).toMatchObject({ errorCode: 1 });
    expect(await fetchFrom(machine.wire, 'orders', 2)).toMatchObject({ errorCode: NONE, logStartOffset: 2 });
    expect(await machine.deleteRecords('orders', 0, 1)).toMatchObject({ lowWatermark: 2, errorCode: NONE });
    expect(await machine.deleteRecords('orders', 0, -1)).toMatchObject({ lowWatermark: 3, errorCode: NONE });
    expect(await machine.deleteRecords('orders', 0, 4)).toMatchObject({ lowWatermark: -1, errorCode: 1 });
    expect(await machine.deleteRecords('orders', 0, -2)).toMatchObject({ lowWatermark: -1, errorCode: 1 });
  });

  test('is against the policy of a topic that is only compacted, and not for internal topics', async () => {
    const machine = await new Machine().start();
    await createTopic(machine.wire, 'latest', 1, { 'cleanup.policy': 'compact' });
    await createTopic(machine.wire, 'both', 1, { 'cleanup.policy': 'compact,delete' });
    expect(await machine.deleteRecords('latest', 0, 0)).toMatchObject({ lowWatermark: -1, errorCode: 44 });
    expect(await machine.deleteRecords('both', 0, 0)).toMatchObject({ lowWatermark: 0, errorCode: NONE });
    expect(await machine.deleteRecords('__consumer_offsets', 0, 0)).toMatchObject({ errorCode: 17 });
    expect(await machine.deleteRecords('none', 0, 0)).toMatchObject({ errorCode: UNKNOWN_TOPIC_OR_PARTITION });
  });
});

test('DescribeProducers tells what a partition remembers', async () => {
  const machine = await new Machine().start();
  await createTopic(machine.wire, 'orders', 1);
  await produceTo(machine.wire, 'orders', batchOf(['a', 'b'], { producerId: 7, producerEpoch: 1, baseSequence: 0 }));
  const { topics } = await machine.wire.request(DescribeProducers, 0, {
    topics: [{ name: 'orders', partitionIndexes: [0, 9] }],
  });
  expect(topics[0]?.partitions).toEqual([
    {
      partitionIndex: 0,
      errorCode: NONE,
      errorMessage: null,
      activeProducers: [
        {
          producerId: 7,
          producerEpoch: 1,
          lastSequence: 1,
          lastTimestamp: 1001,
          coordinatorEpoch: -1,
          currentTxnStartOffset: -1,
        },
      ],
    },
    { partitionIndex: 9, errorCode: UNKNOWN_TOPIC_OR_PARTITION, errorMessage: null, activeProducers: [] },
  ]);
});
