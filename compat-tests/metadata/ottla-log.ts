import { diskFileSystem, silentLogger, systemClock, systemRandom, ZERO_UUID } from '../../src/base/index.ts';
import { ClusterMetadata, ConfigResourceType, SERVED_FEATURES, type MetadataImage } from '../../src/metadata/index.ts';

export const CLUSTER_ID = 'EQwzzqGbRfymgv3BSpszpw';
export const DIRECTORY_ID = 'tzM7AAGGBF9n1V_pcJNrlA';

/** The metadata of a data folder, opened as a starting node opens it. */
export async function openOttla(
  data: string,
  config: ReadonlyMap<string, string> = new Map([['node.id', '1']]),
  clusterId = CLUSTER_ID,
): Promise<ClusterMetadata> {
  return ClusterMetadata.open({
    fs: diskFileSystem,
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    directory: `${data}/__cluster_metadata-0`,
    nodeId: 1,
    clusterId,
    logDirectoryIds: [DIRECTORY_ID],
    endpoints: [{ listener: 'PLAINTEXT', host: '127.0.0.1', port: 9092, securityProtocol: 0 }],
    rack: null,
    config,
  });
}

/** Writes a metadata log with every kind of record that a single node writes, and a snapshot. Returns what is in it. */
export async function writeOttlaLog(data: string): Promise<MetadataImage> {
  const normal = new Map([['node.id', '1']]);
  const first = await openOttla(data, normal);
  const topic = (name: string, numPartitions: number, configs: { name: string; value: string }[] = []) => ({
    name,
    numPartitions,
    replicationFactor: 1,
    assignments: [],
    configs,
  });
  await first.request('createTopics', {
    topics: [
      topic('orders', 3, [{ name: 'retention.ms', value: '60000' }]),
      topic('gone', 1, [{ name: 'cleanup.policy', value: 'compact' }]),
      topic('two.words', 2),
      topic('moving', 2),
    ],
    timeoutMs: 1000,
    validateOnly: false,
  });
  await first.request('deleteTopics', {
    topics: [{ name: 'gone', topicId: ZERO_UUID }],
    topicNames: [],
    timeoutMs: 1000,
  });
  await first.request('createPartitions', {
    topics: [{ name: 'orders', count: 4, assignments: null }],
    timeoutMs: 1000,
    validateOnly: false,
  });
  await first.request('incrementalAlterConfigs', {
    resources: [
      {
        resourceType: ConfigResourceType.topic,
        resourceName: 'orders',
        configs: [{ name: 'min.insync.replicas', configOperation: 0, value: '2' }],
      },
      {
        resourceType: ConfigResourceType.broker,
        resourceName: '',
        configs: [{ name: 'log.retention.ms', configOperation: 0, value: '7000' }],
      },
    ],
    validateOnly: false,
  });
  await first.request('allocateProducerIds', {
    brokerId: 1,
    brokerEpoch: first.image().brokers.get(1)?.epoch ?? -1,
  });
  await changeCluster(first);
  await first.close({ fence: true });
  // So small a log makes a snapshot due at the first change.
  const second = await openOttla(data, new Map([...normal, ['metadata.log.max.record.bytes.between.snapshots', '1']]));
  await second.request('createTopics', { topics: [topic('late', 1)], timeoutMs: 1000, validateOnly: false });
  await new Promise((resolve) => setImmediate(resolve));
  const image = second.image();
  await second.close({ fence: true });
  return image;
}

/** Brokers come and go, features change, and a partition is on its way to a broker that is not there. */
async function changeCluster(cluster: ClusterMetadata): Promise<void> {
  for (const brokerId of [2, 3])
    await cluster.request('registerBroker', {
      brokerId,
      clusterId: CLUSTER_ID,
      incarnationId: brokerId === 2 ? '4dvS4tUcQ8WqjhGXLi9A3A' : 'q7hRzL2wQHykTtDqB5bM8g',
      listeners: [{ name: 'PLAINTEXT', host: '127.0.0.1', port: 9092 + brokerId, securityProtocol: 0 }],
      features: SERVED_FEATURES.map(({ name, min, max }) => ({
        name,
        minSupportedVersion: min,
        maxSupportedVersion: max,
      })),
      rack: 'east',
      isMigratingZkBroker: false,
      logDirs: [brokerId === 2 ? 'JsUQ7yvnQpaHzWFhSOuYQA' : 'Zr4V1c0tS2eG3nLxPqWm5w'],
      previousBrokerEpoch: -1,
    });
  const reassign = (partitionIndex: number, replicas: number[] | null) =>
    cluster.request('alterPartitionReassignments', {
      timeoutMs: 1000,
      allowReplicationFactorChange: true,
      topics: [{ name: 'moving', partitions: [{ partitionIndex, replicas }] }],
    });
  await reassign(0, [2, 1]);
  await reassign(1, [2]);
  await reassign(1, null);
  await cluster.request('unregisterBroker', { brokerId: 3 });
  for (const [maxVersionLevel, upgradeType] of [
    [0, 2],
    [1, 1],
  ] as const)
    await cluster.request('updateFeatures', {
      timeoutMs: 1000,
      validateOnly: false,
      featureUpdates: [
        { feature: 'eligible.leader.replicas.version', maxVersionLevel, upgradeType, allowDowngrade: false },
      ],
    });
}
