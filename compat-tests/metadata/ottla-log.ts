import { diskFileSystem, silentLogger, systemClock, systemRandom, ZERO_UUID } from '../../src/base/index.ts';
import { ClusterMetadata, ConfigResourceType, type MetadataImage } from '../../src/metadata/index.ts';

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
  await first.close({ fence: true });
  // So small a log makes a snapshot due at the first change.
  const second = await openOttla(data, new Map([...normal, ['metadata.log.max.record.bytes.between.snapshots', '1']]));
  await second.request('createTopics', { topics: [topic('late', 1)], timeoutMs: 1000, validateOnly: false });
  await new Promise((resolve) => setImmediate(resolve));
  const image = second.image();
  await second.close({ fence: true });
  return image;
}
