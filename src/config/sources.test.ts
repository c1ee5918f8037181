import { describe, expect, test } from '@jest/globals';
import { BrokerConfig } from './broker-config.ts';
import { brokerConfigs } from './broker-configs.ts';
import { mergeProperties, nearNames, standaloneProperties, unknownConfigMessage, unobeyed } from './sources.ts';

describe('sources of configs', () => {
  test('that come later win', () => {
    const file = new Map([
      ['num.partitions', '1'],
      ['log.dir', '/file'],
    ]);
    const merged = mergeProperties(file, new Map([['num.partitions', '2']]), new Map([['num.partitions', '3']]));
    expect(Object.fromEntries(merged)).toEqual({ 'num.partitions': '3', 'log.dir': '/file' });
  });

  test('may be none at all: a single node starts with what is laid under', () => {
    expect(BrokerConfig.from(standaloneProperties)).toMatchObject({ problems: [], unknown: [] });
  });

  test('that set what is not obeyed yet are told apart', () => {
    const properties = new Map([
      ['num.partitions', '3'],
      ['ssl.keystore.type', 'PEM'],
      ['sasl.enabled.mechanisms', 'PLAIN'],
      ['plugin.config', 'x'],
    ]);
    expect(unobeyed(properties)).toEqual(['sasl.enabled.mechanisms', 'ssl.keystore.type']);
  });
});

describe('a name that nobody knows', () => {
  test.each([
    ['num.partition', 'num.partitions'],
    ['log.retention.m', 'log.retention.ms'],
    ['advertized.listeners', 'advertised.listeners'],
    ['auto.create.topic.enable', 'auto.create.topics.enable'],
    ['LOG.DIRS', 'log.dirs'],
  ])('is near one that is: %s', (wrong, right) => {
    expect(nearNames(wrong)[0]).toBe(right);
    expect(unknownConfigMessage(wrong)).toContain(`did you mean ${right}`);
  });

  test('may be near none', () => {
    expect(unknownConfigMessage('my.plugin.is.far.away')).toBe(
      'there is no broker config called my.plugin.is.far.away',
    );
  });

  test('is nearest to itself, were it known', () => {
    const known = [...brokerConfigs.values()].filter((each) => !each.internal);
    const names = known.filter((_, index) => index % 40 === 0).map((each) => each.name);
    expect(names.map((name) => nearNames(name)[0])).toEqual(names);
  });

  test('that is endless costs no more than a short one', () => {
    expect(nearNames('x'.repeat(1_000_000))).toEqual([]);
  });
});
