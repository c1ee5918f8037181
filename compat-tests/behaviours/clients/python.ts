import { join } from 'node:path';
import type { Client } from '../client.ts';
import { confluentPython } from '../../toolchain.ts';
import { Driver } from './driver.ts';

/** librdkafka through confluent-kafka-python, by `python_client.py`. */
export async function pythonClient(address: string): Promise<Client> {
  const driver = new Driver(await confluentPython(), [join(import.meta.dirname, 'python_client.py'), address]);
  return {
    name: 'python',
    verbs: driver.verbs([
      'produce',
      'consume',
      'createTopic',
      'deleteTopic',
      'listTopics',
      'describeTopic',
      'topicId',
      'createPartitions',
      'topicConfigs',
      'brokerConfigs',
      'setConfig',
      'unsetConfig',
      'cluster',
      'offsetAt',
      'join',
      'assignment',
      'revoked',
      'received',
      'pause',
      'resume',
      'seek',
      'commit',
      'leave',
      'listGroups',
      'describeGroup',
      'committed',
      'lag',
      'setCommitted',
    ]),
    abilities: new Set([
      'gzip',
      'snappy',
      'lz4',
      'zstd',
      'headers',
      'timestamps',
      'acks',
      'partitions',
      'cooperative-sticky',
      'static membership',
      'max timestamp',
      'validate only',
      'topic id',
    ]),
    close: () => driver.close(),
  };
}
