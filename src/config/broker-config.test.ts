import { describe, expect, test } from '@jest/globals';
import { BrokerConfig, groupConfig, standaloneProperties, topicConfig, type ConfigProblem } from './index.ts';

const withStandalone = (given: Readonly<Record<string, string>>): Map<string, string> =>
  new Map([...standaloneProperties, ...Object.entries(given)]);
const from = (given: Readonly<Record<string, string>> = {}): BrokerConfig =>
  BrokerConfig.from(withStandalone(given)).config;
const problems = (given: Readonly<Record<string, string>>): ConfigProblem[] =>
  BrokerConfig.from(withStandalone(given)).problems;
const map = (entries: Readonly<Record<string, string>>): Map<string, string> => new Map(Object.entries(entries));

describe('broker configs', () => {
  test('are typed by their names', () => {
    const config = from({ 'log.dirs': '/a, /b', 'broker.rack': 'r1' });
    const bytes: number = config.get('socket.request.max.bytes');
    const creates: boolean = config.get('auto.create.topics.enable');
    const directories: readonly string[] = config.get('log.dirs');
    const rack: string | null = config.get('broker.rack');
    const policies: readonly ('compact' | 'delete')[] = config.get('log.cleanup.policy');
    expect([bytes, creates, directories, rack, policies]).toEqual([104857600, true, ['/a', '/b'], 'r1', ['delete']]);
  });

  test('that cannot be understood are named, and their defaults count', () => {
    const { config, problems, unknown } = BrokerConfig.from(
      withStandalone({ 'num.partitions': 'many', 'foo.bar': '1' }),
    );
    expect(problems).toEqual([
      { name: 'num.partitions', message: "num.partitions cannot be 'many': it must be a whole number of 32 bits" },
    ]);
    expect(unknown).toEqual(['foo.bar']);
    expect(config.get('num.partitions')).toBe(1);
  });

  test('that are secret are not repeated in a problem', () => {
    const listener = problems({ 'listener.name.x.ssl.keystore.type': 'JKS', 'ssl.truststore.password': 'hidden' });
    expect(JSON.stringify(listener)).not.toContain('hidden');
  });

  test('may be set for one listener, and are checked there too', () => {
    const { unknown, problems } = BrokerConfig.from(
      withStandalone({
        'listener.name.plaintext.max.connections': 'x',
        'listener.name.plaintext.plain.sasl.jaas.config': 'y',
        'listener.name.plaintext.nonsense': 'z',
      }),
    );
    expect(problems.map((each) => each.name)).toEqual(['listener.name.plaintext.max.connections']);
    expect(unknown).toEqual(['listener.name.plaintext.nonsense']);
  });

  test('without which Kafka does not start are asked for', () => {
    const missing = BrokerConfig.from(new Map()).problems.map((each) => each.message);
    expect(missing).toEqual([
      'controller.listener.names must be set',
      'node.id must be set',
      'process.roles must be set',
    ]);
  });
});

describe('configs that stand in for one another', () => {
  test.each([
    [{}, 168 * 3_600_000],
    [{ 'log.retention.hours': '2' }, 2 * 3_600_000],
    [{ 'log.retention.hours': '2', 'log.retention.minutes': '3' }, 3 * 60_000],
    [{ 'log.retention.hours': '2', 'log.retention.minutes': '3', 'log.retention.ms': '4' }, 4],
    [{ 'log.retention.hours': '-2' }, -1],
    [{ 'log.retention.ms': '-5' }, -1],
  ])('log.retention.ms under %j is %d', (given, expected) => {
    expect(from(given).get('log.retention.ms')).toBe(expected);
  });

  test('log.roll, its jitter, and the flush interval', () => {
    const config = from({
      'log.roll.hours': '5',
      'log.roll.jitter.hours': '1',
      'log.flush.scheduler.interval.ms': '7',
    });
    expect(config.get('log.roll.ms')).toBe(5 * 3_600_000);
    expect(config.get('log.roll.jitter.ms')).toBe(3_600_000);
    expect(config.get('log.flush.interval.ms')).toBe(7);
    expect(from({ 'log.roll.hours': '5', 'log.roll.ms': '6' }).get('log.roll.ms')).toBe(6);
  });

  test('directories', () => {
    expect(from().get('log.dirs')).toEqual(['/tmp/kafka-logs']);
    expect(from({ 'log.dir': '/x' }).get('log.dirs')).toEqual(['/x']);
    const config = from({ 'log.dir': '/x', 'log.dirs': '/y,/z' });
    expect(config.get('log.dirs')).toEqual(['/y', '/z']);
    expect(config.get('metadata.log.dir')).toBe('/y');
    expect(config.get('num.replica.alter.log.dirs.threads')).toBe(2);
  });

  test('node.id and broker.id', () => {
    const { config } = BrokerConfig.from(map({ 'broker.id': '7' }));
    expect([config.get('node.id'), config.get('broker.id')]).toEqual([7, 7]);
    expect(from({ 'node.id': '8' }).get('broker.id')).toBe(8);
    expect(problems({ 'node.id': '8', 'broker.id': '9' })).toHaveLength(1);
  });
});

describe('dynamic broker configs', () => {
  const start = from({ 'message.max.bytes': '100', 'num.partitions': '2', 'log.retention.minutes': '30' });

  test('of the broker come before those of the cluster, and both before the file', () => {
    const clusterDefaults = map({ 'message.max.bytes': '200' });
    expect(start.with({ clusterDefaults }).get('message.max.bytes')).toBe(200);
    const both = start.with({ clusterDefaults, brokerOverrides: map({ 'message.max.bytes': '300' }) });
    expect(both.get('message.max.bytes')).toBe(300);
    expect(both.with({}).get('message.max.bytes')).toBe(100);
    expect(start.get('message.max.bytes')).toBe(100);
  });

  test('come before coarser ones of the file', () => {
    expect(start.with({ clusterDefaults: map({ 'log.retention.ms': '70000' }) }).get('log.retention.ms')).toBe(70000);
  });

  test('that are not dynamic, or not for a whole cluster, do not count', () => {
    const clusterDefaults = map({ 'num.partitions': '9', 'ssl.keystore.type': 'PEM' });
    const config = start.with({ clusterDefaults, brokerOverrides: map({ 'num.partitions': '9' }) });
    expect(config.get('num.partitions')).toBe(2);
    expect(config.get('ssl.keystore.type')).toBe('JKS');
  });

  test('that cannot be understood do not count', () => {
    expect(start.with({ brokerOverrides: map({ 'message.max.bytes': 'x' }) }).get('message.max.bytes')).toBe(100);
  });
});

describe('a topic', () => {
  test('takes from the broker what it does not say itself', () => {
    const broker = from({ 'log.retention.minutes': '1', 'compression.type': 'lz4' });
    const topic = topicConfig(broker, map({ 'compression.type': 'zstd', 'cleanup.policy': 'compact, delete' }));
    expect(topic.get('retention.ms')).toBe(60_000);
    expect(topic.get('compression.type')).toBe('zstd');
    expect(topic.get('cleanup.policy')).toEqual(['compact', 'delete']);
    expect(topic.get('segment.ms')).toBe(168 * 3_600_000);
    expect(topic.get('remote.storage.enable')).toBe(false);
    expect(topic.get('internal.segment.bytes')).toBeNull();
    expect(topic.get('flush.messages')).toBe(9223372036854775807);
  });

  test('whose own value cannot be understood takes the broker’s', () => {
    expect(topicConfig(from(), map({ 'retention.ms': 'x' })).get('retention.ms')).toBe(168 * 3_600_000);
  });
});

describe('a group', () => {
  test('takes from the broker what it does not say itself', () => {
    const broker = from({ 'group.consumer.session.timeout.ms': '46000' });
    const group = groupConfig(broker, map({ 'consumer.heartbeat.interval.ms': '6000' }));
    expect(group.get('consumer.session.timeout.ms')).toBe(46000);
    expect(group.get('consumer.heartbeat.interval.ms')).toBe(6000);
    expect(group.get('share.auto.offset.reset')).toBe('latest');
  });
});

describe('configs of a broker must fit each other, as in Kafka', () => {
  test.each([
    ['queued.max.request.bytes', { 'queued.max.request.bytes': '1' }],
    ['connection.failed.authentication.delay.ms', { 'connections.max.idle.ms': '100' }],
    ['log.retention.ms', { 'log.retention.hours': '0' }],
    ['replica.fetch.wait.max.ms', { 'replica.fetch.wait.max.ms': '30001', 'replica.socket.timeout.ms': '60000' }],
    ['cordoned.log.dirs', { 'cordoned.log.dirs': '/elsewhere' }],
    ['max.connections.per.ip', { 'max.connections.per.ip': '0' }],
    ['log.cleaner.dedupe.buffer.size', { 'log.cleaner.dedupe.buffer.size': '1048576' }],
    ['group.consumer.session.timeout.ms', { 'group.consumer.session.timeout.ms': '1' }],
    ['group.streams.num.standby.replicas', { 'group.streams.num.standby.replicas': '3' }],
    ['group.share.record.lock.duration.ms', { 'group.share.record.lock.duration.ms': '61000' }],
    ['group.share.assignors', { 'group.share.assignors': 'a,b' }],
  ])('%s refuses %j', (name, given) => {
    expect(problems(given as Record<string, string>).map((each) => each.name)).toContain(name);
  });

  test.each([
    { 'queued.max.request.bytes': '0' },
    { 'connections.max.idle.ms': '-1' },
    { 'log.retention.hours': '-2' },
    { 'max.connections.per.ip': '0', 'max.connections.per.ip.overrides': '127.0.0.1:5' },
    { 'cordoned.log.dirs': '*' },
    { 'group.min.session.timeout.ms': '10', 'group.max.session.timeout.ms': '5' },
    { 'group.consumer.heartbeat.interval.ms': '15000' },
  ])('%j is fine', (given) => {
    expect(problems(given as unknown as Record<string, string>)).toEqual([]);
  });
});
