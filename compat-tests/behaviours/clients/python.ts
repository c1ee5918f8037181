import { join } from 'node:path';
import type { Client } from '../client.ts';
import { confluentPython } from '../../toolchain.ts';
import { clientByDriver, ofTransactions } from './by-driver.ts';
import { Driver } from './driver.ts';

/** librdkafka through confluent-kafka-python, by `python_client.py`. */
export async function pythonClient(address: string): Promise<Client> {
  const { python, version } = await confluentPython();
  return clientByDriver({
    name: 'python',
    version: `confluent-kafka-python ${version}`,
    wording: 'librdkafka',
    driver: new Driver(python, [join(import.meta.dirname, 'python_client.py'), address]),
    lacks: [
      ...ofTransactions,
      ...(['apiVersions', 'vanish', 'deleteCommitted', 'removeMember', 'logDirs', 'reassign'] as const),
      ...(['reassignments', 'activeProducers', 'setQuota', 'quotas', 'features', 'quorum'] as const),
      ...(['setClientMetrics', 'clientMetrics', 'listClientMetrics'] as const),
    ],
  });
}
