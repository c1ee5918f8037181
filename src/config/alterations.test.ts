import { describe, expect, test } from '@jest/globals';
import { BrokerConfig, standaloneProperties, validateBrokerConfigs, validateTopicConfigs } from './index.ts';

/** What is not in reference-4.3.json, for want of tiered storage or because Ottla differs. */
const map = (entries: Readonly<Record<string, string>>): Map<string, string> => new Map(Object.entries(entries));
const broker = BrokerConfig.from(standaloneProperties).config;
const tiered = BrokerConfig.from(
  new Map([...standaloneProperties, ['remote.log.storage.system.enable', 'true']]),
).config;

const problems = (overrides: Readonly<Record<string, string>>, existing: Readonly<Record<string, string>> = {}) =>
  validateTopicConfigs(map(overrides), tiered, map(existing)).map((each) => each.message);

describe('a topic in tiered storage', () => {
  const on = { 'remote.storage.enable': 'true' };

  test('needs a broker that has it', () => {
    expect(validateTopicConfigs(map(on), broker)).toMatchObject([
      { name: 'remote.storage.enable', error: 'INVALID_CONFIG' },
    ]);
    expect(problems(on)).toEqual([]);
  });

  test('is not compacted', () => {
    expect(problems({ ...on, 'cleanup.policy': 'compact,delete' })).toEqual([expect.stringContaining('compact')]);
    expect(problems({ ...on, 'cleanup.policy': '' })).toEqual([]);
  });

  test.each(['ms', 'bytes'])('keeps no more here than in all (retention.%s)', (unit) => {
    const whole = { ...on, [`retention.${unit}`]: '100' };
    expect(problems({ ...whole, [`local.retention.${unit}`]: '101' })).toHaveLength(1);
    expect(problems({ ...whole, [`local.retention.${unit}`]: '-1' })).toHaveLength(1);
    expect(problems({ ...whole, [`local.retention.${unit}`]: '100' })).toEqual([]);
    expect(problems({ ...whole, [`local.retention.${unit}`]: '-2' })).toEqual([]);
    expect(problems({ ...on, [`retention.${unit}`]: '-1', [`local.retention.${unit}`]: '5' })).toEqual([]);
  });

  test('that copies nothing more keeps here as much as in all', () => {
    const copying = { ...on, 'remote.log.copy.disable': 'true', 'retention.ms': '100' };
    expect(problems({ ...copying, 'local.retention.ms': '50' })).toHaveLength(1);
    expect(problems({ ...copying, 'local.retention.ms': '100' })).toEqual([]);
    expect(problems(copying)).toEqual([]);
  });

  test('leaves it only with what is there deleted', () => {
    const off = { 'remote.storage.enable': 'false' };
    expect(problems(off, on)).toHaveLength(1);
    expect(problems({}, on)).toHaveLength(1);
    expect(problems({ ...off, 'remote.log.delete.on.disable': 'true' }, on)).toEqual([]);
    expect(problems(off, off)).toEqual([]);
  });
});

describe('a topic', () => {
  test('is held against the broker’s configs where it says nothing', () => {
    const lagging = broker.with({ clusterDefaults: map({ 'log.cleaner.max.compaction.lag.ms': '10' }) });
    expect(validateTopicConfigs(map({ 'min.compaction.lag.ms': '11' }), lagging)).toHaveLength(1);
    expect(validateTopicConfigs(map({ 'min.compaction.lag.ms': '11' }), broker)).toEqual([]);
  });
});

describe('a broker', () => {
  test('keeps its listeners while it runs', () => {
    expect(validateBrokerConfigs(map({ listeners: 'PLAINTEXT://:1' }), 'broker', broker)).toMatchObject([
      { name: 'listeners', error: 'INVALID_REQUEST' },
    ]);
  });

  test('says that a secret is refused without saying it', () => {
    const refused = validateBrokerConfigs(map({ 'ssl.keystore.password': 'hidden' }), 'broker', broker);
    expect(refused).toHaveLength(1);
    expect(JSON.stringify(refused)).not.toContain('hidden');
  });

  test('changes its threads step by step', () => {
    const eight = broker.with({ brokerOverrides: map({ 'num.io.threads': '8' }) });
    const refused = ['3', '4', '16', '17'].filter(
      (threads) => validateBrokerConfigs(map({ 'num.io.threads': threads }), 'broker', eight).length > 0,
    );
    expect(refused).toEqual(['3', '17']);
  });
});
