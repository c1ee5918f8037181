/** Writes a metadata log with Ottla: `write.ts FOLDER`. Prints what Apache Kafka must find in it, as JSON. */
import { diskFileSystem, silentLogger, systemClock, systemRandom, ZERO_UUID } from '../../src/base/index.ts';
import { ClusterMetadata, ConfigResourceType } from '../../src/metadata/index.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('which folder?');

async function open(config: ReadonlyMap<string, string>): Promise<ClusterMetadata> {
  return ClusterMetadata.open({
    fs: diskFileSystem,
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    directory: `${folder}/__cluster_metadata-0`,
    nodeId: 1,
    clusterId: 'EQwzzqGbRfymgv3BSpszpw',
    logDirectoryIds: ['tzM7AAGGBF9n1V_pcJNrlA'],
    endpoints: [{ listener: 'PLAINTEXT', host: 'localhost', port: 9092, securityProtocol: 0 }],
    rack: 'a-rack',
    config,
  });
}

const normal = new Map([['node.id', '1']]);
const first = await open(normal);
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
    topic('größe'.replace(/[^a-z]/g, ''), 2),
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
// The second start writes a snapshot at its first chance.
const second = await open(new Map([...normal, ['metadata.log.max.record.bytes.between.snapshots', '1']]));
await second.request('createTopics', { topics: [topic('late', 1)], timeoutMs: 1000, validateOnly: false });
await new Promise((resolve) => setImmediate(resolve));
const image = second.image();
await second.close({ fence: true });
console.log(JSON.stringify({ topics: [...image.topics].map(({ name, id }) => ({ name, id })) }));
