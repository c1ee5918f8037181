import { join } from 'node:path';
import type { Client } from '../client.ts';
import { confluentJavascript, platformaticKafka } from '../../toolchain.ts';
import { clientByDriver, ofTransactions } from './by-driver.ts';
import { Driver } from './driver.ts';

const driver = (program: string, folder: string, address: string): Driver =>
  new Driver(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'javascript', program), folder, address]);

/** A client in JavaScript alone, by `javascript/platformatic.js`. */
export async function platformaticClient(address: string): Promise<Client> {
  const { folder, version } = await platformaticKafka();
  return clientByDriver({
    name: 'platformatic',
    version: `@platformatic/kafka ${version}`,
    wording: 'protocol',
    driver: driver('platformatic.js', folder, address),
    lacks: [
      ...ofTransactions,
      ...(['revoked', 'pause', 'resume', 'seek', 'vanish', 'electLeader', 'reassign', 'reassignments'] as const),
      ...(['activeProducers', 'setScram', 'scram', 'features', 'quorum'] as const),
      ...(['setClientMetrics', 'clientMetrics', 'listClientMetrics'] as const),
      // It decompresses zstd with what Node has from 22.15 on.
      ...([
        'cooperative-sticky',
        'validate only',
        'max timestamp',
        'zstd',
        'framed snappy',
        'log append time',
        'consumer protocol',
      ] as const),
    ],
  });
}

/** librdkafka through @confluentinc/kafka-javascript, by `javascript/confluent.js`. */
export async function confluentJavascriptClient(address: string): Promise<Client> {
  const { folder, version } = await confluentJavascript();
  return clientByDriver({
    name: 'confluent-javascript',
    version: `@confluentinc/kafka-javascript ${version}`,
    wording: 'librdkafka',
    driver: driver('confluent.js', folder, address),
    lacks: [
      ...ofTransactions,
      ...(['topicConfigs', 'brokerConfigs', 'setConfig', 'unsetConfig', 'apiVersions', 'vanish', 'fault'] as const),
      ...(['setCommitted', 'deleteCommitted', 'removeMember', 'logDirs', 'electLeader', 'reassign'] as const),
      ...(['reassignments', 'activeProducers', 'setQuota', 'quotas', 'setScram', 'scram', 'features'] as const),
      ...(['quorum', 'setClientMetrics', 'clientMetrics', 'listClientMetrics'] as const),
      // Its consumer tells an offset that is not there as an error of its own, without the broker's.
      ...(['validate only', 'max timestamp', 'fails out of range', 'empty values', 'consumer protocol'] as const),
    ],
  });
}
