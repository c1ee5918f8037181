import { describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { SeededRandom, SimulatedClock, ZERO_UUID } from '../base/index.ts';
import { ConfigResourceType, Configs, emptyImage, type MetadataImage } from '../metadata/index.ts';
import { ErrorCode } from '../wire/index.ts';
import {
  ClientTelemetry,
  type PushedMetrics,
  type TelemetryPush,
  type TelemetrySubscription,
} from './client-telemetry.ts';
import { ConnectionContext } from './connection-context.ts';

const ANN = 'c29tZS1jbGllbnQtaWQtMQ';

/** A protobuf field that holds bytes. */
const field = (number: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([number * 8 + 2, body.length]), body]);
};
/** MetricsData with three metrics in two scopes. */
const metrics = field(
  1,
  field(1, Buffer.from('resource')),
  field(2, field(2, Buffer.from('a')), field(2, Buffer.from('b'))),
  field(2, field(2, Buffer.from('c')), field(3, Buffer.from('schema'))),
);

function setUp({ maxBytes = 1000, isOn = true } = {}) {
  const clock = new SimulatedClock();
  const received: PushedMetrics[] = [];
  let image: MetadataImage = emptyImage('EQwzzqGbRfymgv3BSpszpw');
  const telemetry = new ClientTelemetry({
    image: () => image,
    clock,
    random: new SeededRandom(1),
    maxBytes,
    receiver: () => (isOn ? (pushed) => void received.push(pushed) : undefined),
  });
  const connection = new ConnectionContext({
    id: 1,
    listener: 'PLAINTEXT',
    clientAddress: '10.0.0.1',
    clientPort: 4242,
    principal: 'User:ANONYMOUS',
  });
  connection.clientSoftware = { name: 'apache-kafka-java', version: '4.3.0' };
  const client = { clientId: 'ann', connection };
  return {
    clock,
    received,
    connection,
    telemetry,
    subscriptions: (configs: Record<string, Record<string, string>>): void => {
      const resources = Object.entries(configs).map(
        ([name, values]) =>
          [{ type: ConfigResourceType.clientMetrics, name }, new Map(Object.entries(values))] as const,
      );
      image = { ...image, configs: Configs.EMPTY.with(resources) };
    },
    get: (id = ANN, who = client) => telemetry.subscribe(id, who),
    subscribed: (id = ANN, who = client): TelemetrySubscription => {
      const subscription = telemetry.subscribe(id, who);
      if (typeof subscription === 'number') throw new Error(`refused: ${subscription}`);
      return subscription;
    },
    push: (push: Partial<TelemetryPush>) =>
      telemetry.push(
        { clientInstanceId: ANN, subscriptionId: 0, terminating: false, compressionType: 0, metrics, ...push },
        client,
      ),
  };
}

describe('subscriptions to client metrics', () => {
  test('a client without an id gets one, and nothing is asked of it where nothing is subscribed', () => {
    const { subscribed } = setUp();
    const subscription = subscribed(ZERO_UUID);
    expect(subscription.clientInstanceId).not.toBe(ZERO_UUID);
    expect(subscription).toMatchObject({ pushIntervalMs: 300_000, requestedMetrics: [] });
  });

  test('all that match count together: their metrics, and the shortest interval', () => {
    const { subscribed, subscriptions } = setUp();
    subscriptions({
      one: { metrics: 'org.apache.a,org.apache.b', 'interval.ms': '60000', match: 'client_id=a.*' },
      two: { metrics: 'org.apache.b,org.apache.c', 'interval.ms': '1000', match: 'client_software_version=4[.]3.*' },
      other: { metrics: 'org.apache.d', 'interval.ms': '100', match: 'client_id=an' },
      elsewhere: { metrics: 'org.apache.e', match: 'client_id=ann,client_source_port=1' },
    });
    expect(subscribed()).toMatchObject({
      pushIntervalMs: 1000,
      requestedMetrics: ['org.apache.a', 'org.apache.b', 'org.apache.c'],
    });
  });

  test('a subscription to everything leaves nothing else to name', () => {
    const { subscribed, subscriptions } = setUp();
    subscriptions({ some: { metrics: 'org.apache.a' }, all: { metrics: '*' } });
    expect(subscribed().requestedMetrics).toEqual(['*']);
  });

  test('asking again before the interval is over is throttled', () => {
    const { clock, get, subscriptions } = setUp();
    subscriptions({ one: { metrics: '*', 'interval.ms': '1000' } });
    get();
    clock.advance(999);
    expect(get()).toBe(ErrorCode.THROTTLING_QUOTA_EXCEEDED);
    clock.advance(1);
    expect(get()).toMatchObject({ errorCode: ErrorCode.NONE });
  });

  test('a client that closes its connection begins anew', () => {
    const { connection, get } = setUp();
    get();
    expect(get()).toBe(ErrorCode.THROTTLING_QUOTA_EXCEEDED);
    connection.closed();
    expect(get()).toMatchObject({ errorCode: ErrorCode.NONE });
  });

  test('a client that makes up ids does not fill the memory', () => {
    const { telemetry, connection, get } = setUp();
    get();
    for (let i = 0; i < 20_000; i++) telemetry.subscribe(ZERO_UUID, { clientId: 'mallory', connection });
    // The first was forgotten for the others.
    expect(get()).toMatchObject({ errorCode: ErrorCode.NONE });
  });
});

describe('pushes of client metrics', () => {
  test('are counted and handed on with who sent them', () => {
    const { subscribed, push, received } = setUp();
    const { subscriptionId } = subscribed();
    expect(push({ subscriptionId, compressionType: 1, metrics: gzipSync(metrics) })).toBe(ErrorCode.NONE);
    expect(received).toEqual([
      {
        clientId: 'ann',
        clientInstanceId: ANN,
        clientAddress: '10.0.0.1',
        terminating: false,
        metricCount: 3,
        metrics,
      },
    ]);
  });

  test('one interval apart, but for the last before the client leaves; nothing after that', () => {
    const { clock, subscribed, push, subscriptions } = setUp();
    subscriptions({ one: { metrics: '*', 'interval.ms': '1000' } });
    const { subscriptionId } = subscribed();
    clock.advance(1);
    expect(push({ subscriptionId })).toBe(ErrorCode.NONE);
    clock.advance(999);
    expect(push({ subscriptionId })).toBe(ErrorCode.THROTTLING_QUOTA_EXCEEDED);
    expect(push({ subscriptionId, terminating: true })).toBe(ErrorCode.NONE);
    clock.advance(5000);
    expect(push({ subscriptionId })).toBe(ErrorCode.INVALID_REQUEST);
  });

  test('for subscriptions that have changed send the client back to ask, at once', () => {
    const { subscribed, push, subscriptions, get } = setUp();
    const { subscriptionId } = subscribed();
    subscriptions({ one: { metrics: '*' } });
    expect(push({ subscriptionId })).toBe(ErrorCode.UNKNOWN_SUBSCRIPTION_ID);
    expect(get()).toMatchObject({ requestedMetrics: ['*'] });
  });

  test.each([
    ['an id that stands for something else', { clientInstanceId: ZERO_UUID }, ErrorCode.INVALID_REQUEST],
    ['a compression type that does not exist', { compressionType: 9 }, ErrorCode.UNSUPPORTED_COMPRESSION_TYPE],
    ['more than telemetry.max.bytes', { metrics: Buffer.alloc(1001) }, ErrorCode.TELEMETRY_TOO_LARGE],
    ['what is no metrics', { metrics: Buffer.from('no metrics') }, ErrorCode.INVALID_RECORD],
    ['what cannot be unpacked', { compressionType: 1 }, ErrorCode.INVALID_RECORD],
    [
      'a bomb',
      { compressionType: 1, metrics: gzipSync(Buffer.alloc(64 << 20)).subarray(0, 70_000) },
      ErrorCode.INVALID_RECORD,
    ],
  ])('%s is refused', (_, wrong, errorCode) => {
    const { subscribed, push, received } = setUp({ maxBytes: _ === 'a bomb' ? 1 << 20 : 1000 });
    const { subscriptionId } = subscribed();
    expect(push({ subscriptionId, ...wrong })).toBe(errorCode);
    expect(received).toEqual([]);
  });

  test('are taken and looked at no further while telemetry is off', () => {
    const { subscribed, push, telemetry } = setUp({ isOn: false });
    const { subscriptionId } = subscribed();
    expect(telemetry.isOn).toBe(false);
    expect(push({ subscriptionId, metrics: Buffer.from('no metrics') })).toBe(ErrorCode.NONE);
  });
});
