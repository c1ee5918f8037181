import { afterEach, describe, expect, test } from '@jest/globals';
import {
  MemoryFileSystem,
  RecordingLogger,
  SeededRandom,
  silentLogger,
  SimulatedClock,
  ZERO_UUID,
} from '../base/index.ts';
import { NotCoordinatorError } from '../coordinator/index.ts';
import { ErrorCode } from '../wire/index.ts';
import { ClusterMetadata, type ClusterMetadataOptions } from './cluster.ts';
import { ConfigResourceType } from './configs.ts';
import { MetadataDelta } from './delta.ts';
import { emptyImage, type MetadataImage } from './image.ts';
import { recordsOfImage } from './snapshot-records.ts';

const DIRECTORY = '/data/__cluster_metadata-0';
const LOG_DIRECTORY = 'tzM7AAGGBF9n1V_pcJNrlA';
const CLUSTER = 'EQwzzqGbRfymgv3BSpszpw';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const running: ClusterMetadata[] = [];
afterEach(async () => {
  for (const cluster of running.splice(0)) await cluster.close();
});

async function open(fs: MemoryFileSystem, options: Partial<ClusterMetadataOptions> = {}): Promise<ClusterMetadata> {
  const cluster = await ClusterMetadata.open({
    fs,
    clock: new SimulatedClock(),
    random: new SeededRandom(7),
    logger: silentLogger,
    directory: DIRECTORY,
    nodeId: 1,
    clusterId: CLUSTER,
    logDirectoryIds: [LOG_DIRECTORY],
    endpoints: [{ listener: 'PLAINTEXT', host: 'localhost', port: 9092, securityProtocol: 0 }],
    rack: null,
    config: new Map([
      ['node.id', '1'],
      ['log.dirs', '/data'],
      ['process.roles', 'broker,controller'],
    ]),
    ...options,
  });
  running.push(cluster);
  return cluster;
}

async function createTopic(
  cluster: ClusterMetadata,
  name: string,
  partitions = 1,
  configs: Readonly<Record<string, string>> = {},
): Promise<number> {
  const { topics } = await cluster.request('createTopics', {
    topics: [
      {
        name,
        numPartitions: partitions,
        replicationFactor: 1,
        assignments: [],
        configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
      },
    ],
    timeoutMs: 1000,
    validateOnly: false,
  });
  return topics[0]?.errorCode ?? -2;
}

async function deleteTopic(cluster: ClusterMetadata, name: string): Promise<number> {
  const { responses } = await cluster.request('deleteTopics', {
    topics: [{ name, topicId: ZERO_UUID }],
    topicNames: [],
    timeoutMs: 1000,
  });
  return responses[0]?.errorCode ?? -2;
}

async function setTopicConfig(cluster: ClusterMetadata, topic: string, name: string, value: string): Promise<number> {
  const { responses } = await cluster.request('incrementalAlterConfigs', {
    resources: [
      {
        resourceType: ConfigResourceType.topic,
        resourceName: topic,
        configs: [{ name, configOperation: 0, value }],
      },
    ],
    validateOnly: false,
  });
  return responses[0]?.errorCode ?? -2;
}

/** What an image says, in a form that two images of the same content share. */
function contentOf(image: MetadataImage): unknown {
  return {
    topics: [...image.topics].sort((a, b) => (a.id < b.id ? -1 : 1)),
    brokers: [...image.brokers.values()],
    configs: [...image.configs]
      .map(([{ type, name }, values]) => [type, name, [...values].sort()])
      .sort((a, b) => (String(a) < String(b) ? -1 : 1)),
    features: [...image.features],
    producerIds: image.producerIds,
    others: image.others,
  };
}

/** Topics with leaders and epochs left out: a restart changes these. */
function topicsOf(image: MetadataImage): unknown {
  return [...image.topics]
    .map(({ name, id, partitions }) => ({ name, id, replicas: partitions.map(({ replicas }) => replicas) }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

describe('after a restart', () => {
  const elr = 'eligible.leader.replicas.version';

  test('features are at the levels they were given', async () => {
    const fs = new MemoryFileSystem();
    const first = await open(fs);
    const update = (maxVersionLevel: number, upgradeType: number) =>
      first.request('updateFeatures', {
        timeoutMs: 1000,
        validateOnly: false,
        featureUpdates: [{ feature: elr, maxVersionLevel, upgradeType, allowDowngrade: false }],
      });
    expect((await update(0, 2)).errorCode).toBe(ErrorCode.NONE);
    expect(first.image().features.has(elr)).toBe(false);
    await first.close();
    expect((await open(fs)).image().features.has(elr)).toBe(false);
  });

  test('a broker that was unregistered is there again, with all it had', async () => {
    const fs = new MemoryFileSystem();
    const first = await open(fs);
    await createTopic(first, 'orders', 2);
    expect((await first.request('unregisterBroker', { brokerId: 1 })).errorCode).toBe(ErrorCode.NONE);
    expect(first.image().topics.partition('orders', 1)).toMatchObject({ leader: -1, eligibleLeaderReplicas: [1] });
    await first.close({ fence: true });
    const second = await open(fs);
    expect(second.image().brokers.get(1)).toMatchObject({ fenced: false });
    expect(second.image().topics.partition('orders', 1)).toMatchObject({ leader: 1, isr: [1] });
  });
});

describe('a new node', () => {
  test('formats itself and lets its broker in before it is ready', async () => {
    const fs = new MemoryFileSystem();
    const cluster = await open(fs);
    const image = cluster.image();
    expect(image.clusterId).toBe(CLUSTER);
    expect([...image.features]).toEqual([
      ['metadata.version', 30],
      ['transaction.version', 2],
      ['group.version', 1],
      ['eligible.leader.replicas.version', 1],
    ]);
    expect(image.configs.of(ConfigResourceType.broker, '').get('min.insync.replicas')).toBe('1');
    expect(image.brokers.get(1)).toMatchObject({ fenced: false, directories: [LOG_DIRECTORY], rack: null });
    expect(fs.list('/data')).toContain('bootstrap.checkpoint');
    expect(JSON.parse(fs.readFile(`${DIRECTORY}/quorum-state`).toString())).toEqual({
      clusterId: '',
      leaderId: 1,
      leaderEpoch: 1,
      votedId: -1,
      appliedOffset: 0,
      currentVoters: [{ voterId: 1 }],
      data_version: 0,
    });
  });

  test('takes the offset of its registration as broker epoch', async () => {
    const cluster = await open(new MemoryFileSystem());
    // Leader change at 0, seven bootstrap records at 1 to 7.
    expect(cluster.image().brokers.get(1)?.epoch).toBe(8);
  });
});

describe('a topic', () => {
  test('is usable when CreateTopics answers: everyone who follows the metadata has heard of it', async () => {
    const cluster = await open(new MemoryFileSystem());
    const heard: string[] = [];
    cluster.subscribe((delta, image) => {
      for (const { after } of delta.topics.changed) heard.push(`${after.name} of ${image.topics.size}`);
    });
    expect(await createTopic(cluster, 'orders', 3)).toBe(ErrorCode.NONE);
    expect(heard).toEqual(['orders of 1']);
    expect(
      cluster
        .image()
        .topics.byName('orders')
        ?.partitions.map(({ leader, isr }) => [leader, isr]),
    ).toEqual([
      [1, [1]],
      [1, [1]],
      [1, [1]],
    ]);
  });

  test('takes its configs with it when it is deleted', async () => {
    const cluster = await open(new MemoryFileSystem());
    await createTopic(cluster, 'orders', 1, { 'retention.ms': '1000' });
    expect(cluster.image().configs.of(ConfigResourceType.topic, 'orders').get('retention.ms')).toBe('1000');
    expect(await deleteTopic(cluster, 'orders')).toBe(ErrorCode.NONE);
    expect(cluster.image().configs.of(ConfigResourceType.topic, 'orders').size).toBe(0);
    expect(cluster.image().topics.size).toBe(0);
  });

  test('gets a new id when it is created again', async () => {
    const cluster = await open(new MemoryFileSystem());
    await createTopic(cluster, 'orders');
    const first = cluster.image().topics.byName('orders')?.id;
    await deleteTopic(cluster, 'orders');
    await createTopic(cluster, 'orders');
    expect(cluster.image().topics.byName('orders')?.id).not.toBe(first);
  });
});

describe('whoever follows the metadata', () => {
  test('is told all there is at once, then each change', async () => {
    const cluster = await open(new MemoryFileSystem());
    await createTopic(cluster, 'before');
    const told: string[][] = [];
    const stop = cluster.subscribe((delta) => void told.push(delta.topics.changed.map(({ after }) => after.name)));
    await createTopic(cluster, 'after');
    stop();
    await createTopic(cluster, 'unheard');
    expect(told).toEqual([['before'], ['after']]);
  });

  test('may take its time: until it is done nobody sees the change, the next one waits, and who asked for it has no answer', async () => {
    const cluster = await open(new MemoryFileSystem());
    const told: string[] = [];
    const done: (() => void)[] = [];
    cluster.subscribe((delta) => {
      told.push(...delta.topics.changed.map(({ after }) => after.name));
      return delta.topics.changed.length === 0 ? undefined : new Promise((resolve) => done.push(resolve));
    });
    const answered: string[] = [];
    const create = (topic: string) => createTopic(cluster, topic).then(() => answered.push(topic));
    const names = (): string[] => [...cluster.image().topics].map(({ name }) => name).sort();
    const one = create('one');
    await settled();
    const two = create('two');
    await settled();
    expect([told, names(), answered]).toEqual([['one'], [], []]);
    done[0]?.();
    await one;
    await settled();
    expect([told, names(), answered]).toEqual([['one', 'two'], ['one'], ['one']]);
    done[1]?.();
    await two;
    expect([names(), answered]).toEqual([
      ['one', 'two'],
      ['one', 'two'],
    ]);
  });

  test('does not keep the others from hearing when it fails', async () => {
    const logger = new RecordingLogger();
    const cluster = await open(new MemoryFileSystem(), { logger });
    let heard = 0;
    cluster.subscribe(() => {
      throw new Error('a full disk');
    });
    cluster.subscribe(() => void heard++);
    expect(await createTopic(cluster, 'orders')).toBe(ErrorCode.NONE);
    expect(heard).toBe(2);
    expect(logger.lines.some(({ level }) => level === 'error')).toBe(true);
  });
});

describe('a topic of more partitions than are written in one turn', () => {
  test('is seen whole, and before what was asked for meanwhile', async () => {
    const cluster = await open(new MemoryFileSystem());
    const seen: [string, number][] = [];
    cluster.subscribe((delta) => {
      for (const { after, before } of delta.topics.changed)
        if (before === undefined) seen.push([after.name, after.partitions.length]);
    });
    const wide = createTopic(cluster, 'wide', 2000);
    const next = createTopic(cluster, 'next');
    expect(await wide).toBe(ErrorCode.NONE);
    expect(cluster.image().topics.byName('wide')?.partitions).toHaveLength(2000);
    expect(await next).toBe(ErrorCode.NONE);
    expect(seen).toEqual([
      ['wide', 2000],
      ['next', 1],
    ]);
  });

  test('is not there when the broker fell while it was written, and can be made', async () => {
    const fs = new MemoryFileSystem();
    const turns: (() => void)[] = [];
    let areCounted = false;
    const clock = new SimulatedClock(0, (then) => (areCounted ? turns.push(then) : setImmediate(then)));
    const first = await open(fs, { clock });
    const { logEndOffset } = first.quorum();
    areCounted = true;
    const fallen = createTopic(first, 'wide', 2000).catch((error: unknown) => error);
    for (let turn = 0; turn < 2; turn++) {
      for (const then of turns.splice(0)) then();
      await settled();
    }
    expect(first.quorum().highWatermark).toBeGreaterThan(logEndOffset + 1000);
    expect(first.quorum().highWatermark).toBeLessThan(logEndOffset + 2000);
    expect(first.image().topics.byName('wide')).toBeUndefined();
    await first.close();
    expect(await fallen).toBeInstanceOf(NotCoordinatorError);

    const second = await open(fs);
    expect(second.image().topics.byName('wide')).toBeUndefined();
    expect(await createTopic(second, 'wide', 2000)).toBe(ErrorCode.NONE);
    await second.close();
    const third = await open(fs);
    expect(third.image().topics.byName('wide')?.partitions).toHaveLength(2000);
  });
});

describe('a restart', () => {
  test('after a clean stop brings everything back, and leaders two epochs later', async () => {
    const fs = new MemoryFileSystem();
    const first = await open(fs);
    await createTopic(first, 'orders', 2, { 'retention.ms': '1000' });
    const brokerEpoch = first.image().brokers.get(1)?.epoch;
    await first.close({ fence: true });
    const second = await open(fs, { previousBrokerEpoch: brokerEpoch });
    const orders = second.image().topics.byName('orders');
    expect(
      orders?.partitions.map(({ leader, leaderEpoch, isr, leaderRecoveryState: state }) => ({
        leader,
        leaderEpoch,
        isr,
        state,
      })),
    ).toEqual([
      { leader: 1, leaderEpoch: 2, isr: [1], state: 0 },
      { leader: 1, leaderEpoch: 2, isr: [1], state: 0 },
    ]);
    expect(orders?.partitions[0]?.eligibleLeaderReplicas).toEqual([]);
    expect(second.image().configs.of(ConfigResourceType.topic, 'orders').get('retention.ms')).toBe('1000');
    expect(JSON.parse(fs.readFile(`${DIRECTORY}/quorum-state`).toString())).toMatchObject({ leaderEpoch: 2 });
  });

  test('after a crash elects the last known leader, which has to recover', async () => {
    const fs = new MemoryFileSystem();
    const first = await open(fs);
    await createTopic(first, 'orders');
    await first.close();
    const second = await open(fs, { random: new SeededRandom(8) });
    const partition = second.image().topics.byName('orders')?.partitions[0];
    expect(partition).toMatchObject({ leader: 1, isr: [1], leaderRecoveryState: 1, leaderEpoch: 2 });
    expect(partition?.lastKnownEligibleLeaderReplicas).toEqual([]);
    // The leader then tells that it has recovered.
    const { topics } = await second.request('alterPartition', {
      brokerId: 1,
      brokerEpoch: second.image().brokers.get(1)?.epoch ?? -1,
      topics: [
        {
          topicId: second.image().topics.byName('orders')?.id ?? '',
          partitions: [
            {
              partitionIndex: 0,
              leaderEpoch: 2,
              newIsr: [],
              newIsrWithEpochs: [{ brokerId: 1, brokerEpoch: -1 }],
              leaderRecoveryState: 0,
              partitionEpoch: partition?.partitionEpoch ?? -1,
            },
          ],
        },
      ],
    });
    expect(topics?.[0]?.partitions[0]).toMatchObject({ errorCode: ErrorCode.NONE, leaderRecoveryState: 0 });
  });

  test('never gives a producer id twice', async () => {
    const fs = new MemoryFileSystem();
    const starts: number[] = [];
    for (let run = 0; run < 3; run++) {
      const cluster = await open(fs);
      for (let block = 0; block < 2; block++) {
        const answer = await cluster.request('allocateProducerIds', {
          brokerId: 1,
          brokerEpoch: cluster.image().brokers.get(1)?.epoch ?? -1,
        });
        starts.push(answer.producerIdStart);
      }
      await cluster.close();
    }
    expect(starts).toEqual([0, 1000, 2000, 3000, 4000, 5000]);
  });
});

test('who waits while the node stops is told to ask elsewhere', async () => {
  const cluster = await open(new MemoryFileSystem());
  const waiting = createTopic(cluster, 'orders');
  await cluster.close();
  await expect(waiting).rejects.toThrow(NotCoordinatorError);
  await expect(createTopic(cluster, 'orders')).rejects.toThrow(NotCoordinatorError);
});

describe('a snapshot', () => {
  const small = new Map([
    ['node.id', '1'],
    ['process.roles', 'broker,controller'],
    ['metadata.log.max.record.bytes.between.snapshots', '2000'],
  ]);

  test('is written when the log has grown, and the log after it is enough to start', async () => {
    const fs = new MemoryFileSystem();
    const first = await open(fs, { config: small });
    for (let i = 0; i < 40; i++) await createTopic(first, `topic-${i}`, 2, { 'retention.ms': String(i) });
    await first.close({ fence: true });
    const snapshots = fs.list(DIRECTORY).filter((name) => name.endsWith('.checkpoint'));
    expect(snapshots).toHaveLength(1);
    expect(snapshots[0]).toMatch(/^\d{20}-0000000001\.checkpoint$/);
    const before = topicsOf(first.image());
    const second = await open(fs, { config: small });
    expect(topicsOf(second.image())).toEqual(before);
    expect(second.image().configs.of(ConfigResourceType.topic, 'topic-39').get('retention.ms')).toBe('39');
  });

  test('that is damaged keeps the node from starting, and says which file', async () => {
    const fs = new MemoryFileSystem();
    const first = await open(fs, { config: small });
    for (let i = 0; i < 40; i++) await createTopic(first, `topic-${i}`);
    await first.close();
    const name = fs.list(DIRECTORY).find((file) => file.endsWith('.checkpoint')) ?? '';
    const content = fs.readFile(`${DIRECTORY}/${name}`);
    content.writeUInt8(content.readUInt8(200) ^ 1, 200);
    fs.replaceFile(`${DIRECTORY}/${name}`, content);
    await expect(open(fs, { config: small })).rejects.toThrow(name);
  });
});

describe('whatever happens', () => {
  test('the image after deltas equals the image built from scratch, restarts included', async () => {
    for (let seed = 1; seed <= 15; seed++) {
      const random = new SeededRandom(seed);
      const fs = new MemoryFileSystem();
      let cluster = await open(fs, { random });
      const followed: MetadataImage[] = [];
      for (let step = 0; step < 60; step++) {
        const name = `topic-${random.below(8)}`;
        const roll = random.below(100);
        if (roll < 40) await createTopic(cluster, name, 1 + random.below(4));
        else if (roll < 60) await deleteTopic(cluster, name);
        else if (roll < 90) await setTopicConfig(cluster, name, 'retention.ms', String(random.below(1000)));
        else {
          const before = topicsOf(cluster.image());
          await cluster.close({ fence: random.chance(50) });
          cluster = await open(fs, {
            random,
            config: new Map([
              ['node.id', '1'],
              ['process.roles', 'broker,controller'],
              ['metadata.log.max.record.bytes.between.snapshots', String(random.chance(50) ? 3000 : 20_000_000)],
            ]),
          });
          expect([seed, step, topicsOf(cluster.image())]).toEqual([seed, step, before]);
        }
        followed.push(cluster.image());
      }
      const image = cluster.image();
      const scratch = new MetadataDelta(emptyImage(CLUSTER));
      for (const record of recordsOfImage(image)) scratch.add(record);
      expect([seed, contentOf(scratch.apply(image.position))]).toEqual([seed, contentOf(image)]);
      await cluster.close();
    }
  });

  test('what was acknowledged survives a loss of power at any write', async () => {
    for (let seed = 1; seed <= 25; seed++) {
      const random = new SeededRandom(seed);
      const fs = new MemoryFileSystem({ simulateCrashes: true });
      // The log directory is there, as whoever claimed it left it.
      fs.makeDirectory('/data');
      fs.syncDirectory('/');
      const acknowledged = new Set<string>();
      let attempted: string | undefined;
      for (let life = 0; life < 4; life++) {
        let left = 1 + random.below(25);
        fs.fault = (operation) => {
          if (operation === 'write' || operation === 'sync') {
            if (left-- === 0) throw new Error('the power is gone');
          }
        };
        let cluster: ClusterMetadata | undefined;
        try {
          cluster = await Promise.race([open(fs, { random }), powerLoss(() => left < 0)]);
          const names = new Set([...cluster.image().topics].map(({ name }) => name));
          for (const name of acknowledged) expect([seed, name, names.has(name)]).toEqual([seed, name, true]);
          for (const name of names) expect(acknowledged.has(name) || name === attempted).toBe(true);
          for (const name of names) acknowledged.add(name);
          for (let i = 0; i < 20; i++) {
            attempted = `topic-${life}-${i}`;
            await Promise.race([createTopic(cluster, attempted), powerLoss(() => left < 0)]);
            acknowledged.add(attempted);
          }
        } catch (error) {
          if (left >= 0) throw error;
        }
        fs.fault = undefined;
        await cluster?.close().catch(() => {});
        fs.crash(random);
      }
      const last = await open(fs, { random });
      for (const name of acknowledged) expect(last.image().topics.byName(name)?.name).toBe(name);
    }
  });
});

/** Rejects once `isGone`: whoever waits for a disk that never answers must not wait for ever. */
async function powerLoss(isGone: () => boolean): Promise<never> {
  for (;;) {
    await settled();
    if (isGone()) throw new Error('the power is gone');
  }
}
