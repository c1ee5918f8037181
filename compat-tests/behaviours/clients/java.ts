import { join } from 'node:path';
import type { Client } from '../client.ts';
import { compiledJava } from '../../toolchain.ts';
import { Driver } from './driver.ts';

const source = (name: string): string => join(import.meta.dirname, 'java', name);

/** kafka-clients 4.3, by `java/JavaClient.java`. */
export async function javaClient(address: string): Promise<Client> {
  const classPath = await compiledJava([source('JavaClient.java'), source('Lines.java')]);
  const driver = new Driver('java', ['-Xmx512m', '-XX:+UseSerialGC', '-cp', classPath, 'JavaClient', address]);
  return {
    name: 'java',
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
