import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { broker, client, createTopic, Metadata, produceTo, batchOf } from '../../../sim/broker.ts';
import type { WireClient } from '../../../sim/wire-client.ts';
import { RecordingLogger } from '../../base/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import {
  AlterClientQuotasRequest,
  AlterClientQuotasResponse,
  AlterUserScramCredentialsRequest,
  AlterUserScramCredentialsResponse,
  ApiVersionsRequest,
  ApiVersionsResponse,
  DescribeClientQuotasRequest,
  DescribeClientQuotasResponse,
  DescribeConfigsRequest,
  DescribeConfigsResponse,
  DescribeUserScramCredentialsRequest,
  DescribeUserScramCredentialsResponse,
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
  ListConfigResourcesRequest,
  ListConfigResourcesResponse,
} from '../../wire/messages/index.ts';
import { TELEMETRY_LOG_REPORTER } from '../client-telemetry.ts';

const DescribeConfigs = { request: DescribeConfigsRequest, response: DescribeConfigsResponse };
const IncrementalAlterConfigs = { request: IncrementalAlterConfigsRequest, response: IncrementalAlterConfigsResponse };
const ListConfigResources = { request: ListConfigResourcesRequest, response: ListConfigResourcesResponse };
const AlterClientQuotas = { request: AlterClientQuotasRequest, response: AlterClientQuotasResponse };
const DescribeClientQuotas = { request: DescribeClientQuotasRequest, response: DescribeClientQuotasResponse };
const AlterScram = { request: AlterUserScramCredentialsRequest, response: AlterUserScramCredentialsResponse };
const DescribeScram = { request: DescribeUserScramCredentialsRequest, response: DescribeUserScramCredentialsResponse };
const ApiVersions = { request: ApiVersionsRequest, response: ApiVersionsResponse };

const [TOPIC, BROKER, LOGGER, METRICS, GROUP] = [2, 4, 8, 16, 32];
const [TELEMETRY_SUBSCRIPTIONS, PUSH_TELEMETRY] = [71, 72];

async function set(wire: WireClient, resourceType: number, resourceName: string, name: string, value: string) {
  const configs = [{ name, configOperation: 0, value }];
  const resources = [{ resourceType, resourceName, configs }];
  const { responses } = await wire.request(IncrementalAlterConfigs, 1, { resources, validateOnly: false });
  return responses[0]?.errorCode;
}

describe('configs that change while the broker runs', () => {
  test('max.connections: who waits is let in when there is room for more', async () => {
    const started = await broker({ config: { 'max.connections': '1' } });
    const first = await client(started);
    await first.request(Metadata, 12, { topics: [] });
    const answer = (await client(started)).request(Metadata, 12, { topics: [] });
    expect(await set(first, BROKER, '', 'max.connections', '2')).toBe(ErrorCode.NONE);
    expect((await answer).brokers).toHaveLength(1);
  });

  test('max.connections of a listener holds for that listener', async () => {
    const started = await broker();
    const first = await client(started);
    await set(first, BROKER, '', 'listener.name.plaintext.max.connections', '1');
    const answer = (await client(started)).request(Metadata, 12, { topics: [] });
    expect(
      await Promise.race([
        answer.then(() => 'served'),
        first.request(Metadata, 12, { topics: [] }).then(() => 'waits'),
      ]),
    ).toBe('waits');
    first.close();
    expect((await answer).brokers).toHaveLength(1);
  });

  test('max.connections.per.ip.overrides: an address may have a limit of its own', async () => {
    const started = await broker({ config: { 'max.connections.per.ip': '1' } });
    const first = await client(started);
    await set(first, BROKER, '', 'max.connections.per.ip.overrides', '10.0.0.1:1,127.0.0.1:2');
    const second = await client(started);
    expect((await second.request(Metadata, 12, { topics: [] })).brokers).toHaveLength(1);
    await (
      await client(started)
    ).closed;
  });

  test('message.max.bytes: larger records are refused from then on', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    const large = batchOf(['x'.repeat(5000)]);
    expect((await produceTo(wire, 'orders', large)).errorCode).toBe(ErrorCode.NONE);
    await set(wire, BROKER, '1', 'message.max.bytes', '1000');
    expect((await produceTo(wire, 'orders', large)).errorCode).toBe(ErrorCode.MESSAGE_TOO_LARGE);
  });

  test('metric.reporters: clients are told of telemetry once someone takes it in', async () => {
    const wire = await client(await broker());
    const told = async () => {
      const { apiKeys } = await wire.request(ApiVersions, 3, {
        clientSoftwareName: 'test',
        clientSoftwareVersion: '1',
      });
      return apiKeys
        .map(({ apiKey }) => apiKey)
        .filter((key) => [TELEMETRY_SUBSCRIPTIONS, PUSH_TELEMETRY].includes(key));
    };
    expect(await told()).toEqual([]);
    expect(await set(wire, BROKER, '', 'metric.reporters', TELEMETRY_LOG_REPORTER)).toBe(ErrorCode.NONE);
    expect(await told()).toEqual([TELEMETRY_SUBSCRIPTIONS, PUSH_TELEMETRY]);
  });

  test('levels of loggers: what a part of the broker says', async () => {
    const logger = new RecordingLogger();
    const started = await broker({ logger, config: { 'max.connections.per.ip': '1' } });
    const wire = await client(started);
    await wire.request(Metadata, 12, { topics: [] });
    const refusals = () => lines(logger, 'max.connections.per.ip');
    const refuse = async (): Promise<void> => (await client(started)).closed;
    await refuse();
    expect(refusals()).toBe(1);
    expect(await set(wire, LOGGER, '1', 'ottla.network', 'ERROR')).toBe(ErrorCode.NONE);
    await refuse();
    expect(refusals()).toBe(1);
    const resources = [{ resourceType: LOGGER, resourceName: '1', configurationKeys: null }];
    const { results } = await wire.request(DescribeConfigs, 4, { resources });
    expect(results[0]?.configs.filter(({ value }) => value !== 'INFO').map(({ name, value }) => [name, value])).toEqual(
      [['ottla.network', 'ERROR']],
    );
  });

  test('what is kept and not obeyed is named at the next start', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'ottla-configs-'));
    const first = await broker({ dataDir });
    await createTopic(await client(first), 'orders', 1, { preallocate: 'true', 'retention.ms': '1000' });
    await first.stop();
    const logger = new RecordingLogger();
    await broker({ dataDir, logger });
    expect(logger.lines.map(({ message }) => message)).toContain(
      'these configs are kept and not obeyed yet: preallocate',
    );
  });
});

const lines = (logger: RecordingLogger, words: string): number =>
  logger.lines.filter(({ message }) => message.includes(words)).length;

describe('resources with configs', () => {
  test('are listed by type, and v0 knows subscriptions to client metrics alone', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    await set(wire, METRICS, 'subscription', 'metrics', '*');
    await set(wire, GROUP, 'group', 'share.delivery.count.limit', '3');
    const list = async (version: number, resourceTypes: number[] = []) => {
      const answer = await wire.request(ListConfigResources, version, version === 0 ? {} : { resourceTypes });
      return answer.configResources.map(({ resourceType, resourceName }) => [resourceType, resourceName]);
    };
    expect(await list(0)).toEqual([[METRICS, 'subscription']]);
    expect(await list(1, [TOPIC, BROKER])).toEqual(
      expect.arrayContaining([
        [TOPIC, 'orders'],
        [BROKER, '1'],
      ]),
    );
    expect(await list(1)).toEqual(
      expect.arrayContaining([
        [GROUP, 'group'],
        [METRICS, 'subscription'],
        [LOGGER, '1'],
      ]),
    );
  });
});

describe('what is kept of clients and users', () => {
  test('quotas are described by a filter, strictly or not', async () => {
    const wire = await client(await broker());
    const entry = (entity: [string, string | null][], key: string, value: number) => ({
      entity: entity.map(([entityType, entityName]) => ({ entityType, entityName })),
      ops: [{ key, value, remove: false }],
    });
    const { entries } = await wire.request(AlterClientQuotas, 1, {
      entries: [
        entry([['user', 'ann']], 'producer_byte_rate', 1000),
        entry(
          [
            ['user', 'ann'],
            ['client-id', null],
          ],
          'request_percentage',
          12.5,
        ),
        entry([['ip', 'no-such-host.invalid']], 'connection_creation_rate', 1),
        entry([['user', 'bob']], 'producer_byte_rate', 0.5),
      ],
      validateOnly: false,
    });
    expect(entries.map(({ entity, errorCode }) => [entity[0]?.entityName, errorCode])).toEqual([
      ['ann', ErrorCode.NONE],
      ['ann', ErrorCode.NONE],
      ['bob', ErrorCode.INVALID_REQUEST],
      ['no-such-host.invalid', ErrorCode.INVALID_REQUEST],
    ]);
    const of = async (strict: boolean) => {
      const components = [{ entityType: 'user', matchType: 0, match: 'ann' }];
      return (await wire.request(DescribeClientQuotas, 1, { components, strict })).entries?.map(({ values }) => values);
    };
    expect(await of(true)).toEqual([[{ key: 'producer_byte_rate', value: 1000 }]]);
    expect(await of(false)).toHaveLength(2);
  });

  test('SCRAM credentials are described without what a password could be checked by', async () => {
    const wire = await client(await broker());
    const upsertion = (name: string, iterations: number) => ({
      name,
      mechanism: 1,
      iterations,
      salt: Buffer.from('salt'),
      saltedPassword: Buffer.from('stretched'),
    });
    const { results } = await wire.request(AlterScram, 0, {
      deletions: [{ name: 'nobody', mechanism: 2 }],
      upsertions: [upsertion('ann', 4096), upsertion('bob', 4095)],
    });
    expect(results.map(({ user, errorCode }) => [user, errorCode])).toEqual([
      ['nobody', ErrorCode.RESOURCE_NOT_FOUND],
      ['ann', ErrorCode.NONE],
      ['bob', ErrorCode.UNACCEPTABLE_CREDENTIAL],
    ]);
    const described = await wire.request(DescribeScram, 0, { users: null });
    expect(described.results).toEqual([
      { user: 'ann', errorCode: 0, errorMessage: '', credentialInfos: [{ mechanism: 1, iterations: 4096 }] },
    ]);
  });
});
