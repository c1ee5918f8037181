import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BrokerConfig, readListeners, standaloneProperties, unservedListeners } from './index.ts';
import { parseEndpoint } from './listeners.ts';

const config = (given: Readonly<Record<string, string>>): BrokerConfig =>
  BrokerConfig.from(new Map([...standaloneProperties, ...Object.entries(given)])).config;
const read = (given: Readonly<Record<string, string>>) => readListeners(config(given)).listeners;
const problems = (given: Readonly<Record<string, string>>) =>
  readListeners(config(given)).problems.map((each) => each.message);

const twoNames = { 'listener.security.protocol.map': 'A:PLAINTEXT,B:PLAINTEXT', 'inter.broker.listener.name': 'A' };

describe('listeners', () => {
  test('are names with addresses', () => {
    const { listeners } = read({ ...twoNames, listeners: 'A://:9092, b://[::1]:0' });
    expect(listeners).toEqual([
      { name: 'A', securityProtocol: 'PLAINTEXT', host: '', port: 9092 },
      { name: 'B', securityProtocol: 'PLAINTEXT', host: '::1', port: 0 },
    ]);
  });

  test('are advertised as they are, unless told otherwise', () => {
    expect(read({ listeners: 'PLAINTEXT://here:9092' }).advertised).toMatchObject([{ host: 'here', port: 9092 }]);
    const told = read({ listeners: 'PLAINTEXT://0.0.0.0:9092', 'advertised.listeners': 'PLAINTEXT://there:1' });
    expect(told.advertised).toMatchObject([{ name: 'PLAINTEXT', host: 'there', port: 1 }]);
  });

  test('of the controller are apart from the others, and never advertised', () => {
    const { listeners, controllerListeners, advertised } = read({
      listeners: 'PLAINTEXT://h:9092,CONTROLLER://0.0.0.0:9093',
    });
    expect(controllerListeners).toMatchObject([{ name: 'CONTROLLER', securityProtocol: 'PLAINTEXT', port: 9093 }]);
    expect(listeners).toHaveLength(1);
    expect(advertised).toHaveLength(1);
  });

  test('between brokers: the one named, or the one called like the protocol', () => {
    expect(read({ listeners: 'PLAINTEXT://h:1' }).interBrokerName).toBe('PLAINTEXT');
    const given = { ...twoNames, listeners: 'A://h:1,B://h:2', 'inter.broker.listener.name': 'b' };
    expect(read(given).interBrokerName).toBe('B');
  });

  test('of protocols that are not served yet are told apart, not refused', () => {
    const given = { listeners: 'PLAINTEXT://h:1,SASL_SSL://h:2' };
    expect(problems(given)).toEqual([]);
    expect(unservedListeners(read(given)).map((each) => each.message)).toEqual([
      'listener SASL_SSL speaks SASL_SSL, which is not served yet: only PLAINTEXT is',
    ]);
  });
});

describe('what Kafka accepts', () => {
  test.each([
    { listeners: 'PLAINTEXT://:9092' },
    { listeners: 'plaintext://localhost:9092' },
    { listeners: 'PLAINTEXT://::1:9092' },
    { listeners: 'PLAINTEXT://[::]:9092' },
    { listeners: 'PLAINTEXT://h_x:9092' },
    { listeners: 'PLAINTEXT://:0,SSL://:0' },
    { listeners: 'PLAINTEXT://127.0.0.1:9092,SSL://[::1]:9092' },
    { listeners: 'PLAINTEXT://:9092', 'advertised.listeners': 'PLAINTEXT://:9092' },
    { listeners: 'PLAINTEXT://:9092,SSL://:9093', 'advertised.listeners': 'PLAINTEXT://h:1,SSL://h:1' },
    { listeners: 'PLAINTEXT://:9092,SSL://:9093', 'advertised.listeners': 'PLAINTEXT://h:1' },
    { listeners: 'X://:1', 'listener.security.protocol.map': 'x : plaintext', 'inter.broker.listener.name': 'x' },
    {
      listeners: 'PLAINTEXT://:1,CONTROLLER://:2',
      'advertised.listeners': 'PLAINTEXT://h:1,CONTROLLER://h:2',
    },
    { listeners: 'PLAINTEXT://:1,SSL://:2', 'security.inter.broker.protocol': 'SSL' },
  ])('%j', (given) => {
    expect(problems(given as unknown as Record<string, string>)).toEqual([]);
  });
});

describe('what Kafka refuses is refused in words', () => {
  test.each([
    [{ listeners: 'PLAINTEXT:9092' }, "'PLAINTEXT:9092' is not of the form NAME://host:port"],
    [{ listeners: 'PLAINTEXT://h' }, 'is not of the form'],
    [{ listeners: 'PLAINTEXT://h:x' }, 'is not of the form'],
    [{ listeners: 'PLAINTEXT://h:70000' }, 'is not of the form'],
    [{ listeners: 'PLAINTEXT://h:1/' }, 'is not of the form'],
    [{ listeners: '://h:1' }, 'is not of the form'],
    [{ listeners: 'PLAINTEXT://:9092,PLAINTEXT://:9093' }, 'listeners names PLAINTEXT more than once'],
    [{ listeners: 'PLAINTEXT://:9092,SSL://:9092' }, 'PLAINTEXT and SSL share port 9092'],
    [{ listeners: 'PLAINTEXT://127.0.0.1:9,SSL://127.0.0.2:9' }, 'share port 9'],
    [{ listeners: 'PLAINTEXT://localhost:9,SSL://[::1]:9' }, 'share port 9'],
    [{ listeners: 'INTERNAL://:9092' }, 'does not say which protocol INTERNAL speaks'],
    [{ listeners: 'X://:1', 'listener.security.protocol.map': 'X:PLAIN' }, "'PLAIN' is not a security protocol"],
    [{ 'listener.security.protocol.map': 'PLAINTEXT' }, "'PLAINTEXT' is not of the form NAME:PROTOCOL"],
    [{ listeners: 'PLAINTEXT://0.0.0.0:9092' }, 'clients cannot connect to 0.0.0.0'],
    [{ 'advertised.listeners': 'PLAINTEXT://0.0.0.0:9092' }, 'clients cannot connect to 0.0.0.0'],
    [{ 'advertised.listeners': 'PLAINTEXT://h:1,SSL://h:2' }, 'SSL, which is not among listeners'],
    [{ 'advertised.listeners': 'PLAINTEXT://h:1,PLAINTEXT://h:2' }, 'names PLAINTEXT more than once'],
    [{ listeners: 'CONTROLLER://:9093' }, 'clients need one'],
    [{ listeners: 'X://:1', 'listener.security.protocol.map': 'X:PLAINTEXT' }, 'no listener is called PLAINTEXT'],
    [{ 'inter.broker.listener.name': 'X' }, 'does not know X'],
    [{ 'inter.broker.listener.name': 'SSL' }, 'SSL is not advertised; there are PLAINTEXT'],
    [{ 'inter.broker.listener.name': 'CONTROLLER' }, 'CONTROLLER is not advertised'],
    [{ 'inter.broker.listener.name': 'PLAINTEXT', 'security.inter.broker.protocol': 'SSL' }, 'cannot both be set'],
    [{ 'process.roles': 'broker', listeners: 'PLAINTEXT://:1,CONTROLLER://:2' }, 'this node is a broker only'],
  ])('%j', (given, message) => {
    const found = problems(given);
    expect(found).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
  });
});

describe('an endpoint', () => {
  test('is read back from what was written', () => {
    const host = fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.constant(''),
      fc.ipV6().map((each) => `[${each}]`),
    );
    const name = fc.stringMatching(/^[A-Z][A-Z0-9_.-]{0,20}$/);
    fc.assert(
      fc.property(name, host, fc.nat(65535), (name, host, port) => {
        expect(parseEndpoint(`${name}://${host}:${port}`)).toEqual({ name, host: host.replace(/^\[|\]$/g, ''), port });
      }),
    );
  });

  test('of any text is an endpoint or nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('A', ':', '/', '[', ']', '1', '.', ' ') }), (text) => {
        const endpoint = parseEndpoint(text);
        if (endpoint !== undefined) expect(endpoint.port).toBeLessThanOrEqual(65535);
      }),
    );
  });
});
