import { describe, expect, test } from '@jest/globals';
import { environmentProperties } from './environment.ts';

describe('environment variables', () => {
  test('name configs as in Kafka’s container image', () => {
    const environment = {
      KAFKA_LOG_RETENTION_MS: '1000',
      KAFKA_LISTENER_NAME_MY__LISTENER_SSL_KEYSTORE_TYPE: 'PEM',
      KAFKA_A___B: 'dash',
      KAFKA_NODE_ID: '1',
      CLUSTER_ID: 'abc',
      PATH: '/bin',
      KAFKA_UNSET: undefined,
    };
    expect(Object.fromEntries(environmentProperties(environment))).toEqual({
      'log.retention.ms': '1000',
      'listener.name.my_listener.ssl.keystore.type': 'PEM',
      'a-b': 'dash',
      'node.id': '1',
    });
  });

  test('about the Java process and its logging are left alone', () => {
    const environment = { KAFKA_HEAP_OPTS: '-Xmx1g', KAFKA_OPTS: '-D', KAFKA_LOG4J_ROOT_LOGLEVEL: 'INFO' };
    expect(environmentProperties(environment).size).toBe(0);
  });
});
