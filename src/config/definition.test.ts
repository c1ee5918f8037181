import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { brokerConfigs, clientMetricsConfigs, groupConfigs, topicConfigs, type ConfigDefinition } from './index.ts';

const tables = {
  broker: brokerConfigs,
  topic: topicConfigs,
  group: groupConfigs,
  'client metrics': clientMetricsConfigs,
};
const all = Object.values(tables).flatMap((table) => [...table.values()]);

function topic(name: string): ConfigDefinition {
  const definition = topicConfigs.get(name);
  if (definition === undefined) throw new Error(name);
  return definition;
}

describe('the tables', () => {
  test('hold every config of Kafka 4.3 that DescribeConfigs lists', () => {
    const listed = Object.entries(tables).map(([kind, table]) => {
      return [kind, [...table.values()].filter((each) => !each.internal).length];
    });
    expect(Object.fromEntries(listed)).toEqual({ broker: 340, topic: 33, group: 17, 'client metrics': 3 });
  });

  test.each(Object.entries(tables))('of %s configs are sorted by name', (_, table) => {
    expect([...table.keys()]).toEqual([...table.keys()].sort());
  });

  test('say something about every config', () => {
    expect(all.filter((each) => each.doc === '' || !/[.]$/.test(each.doc)).map((each) => each.name)).toEqual([]);
  });

  test('have defaults that are values', () => {
    for (const { initial, defaultValue } of all) expect(initial.value === null).toBe(defaultValue === null);
  });

  test('keep secrets by type', () => {
    expect(all.every((each) => each.sensitive === (each.type === 'password'))).toBe(true);
  });
});

describe('a value', () => {
  test('is kept with its canonical text', () => {
    expect(topic('cleanup.policy').parse(' compact , delete,compact ')).toEqual({
      value: ['compact', 'delete'],
      text: 'compact,delete',
    });
    expect(topic('retention.ms').parse(' +0060000 ')).toEqual({ value: 60000, text: '60000' });
    expect(topic('min.cleanable.dirty.ratio').parse('5e-1')).toEqual({ value: 0.5, text: '0.5' });
    expect(topic('preallocate').parse('TRUE')).toEqual({ value: true, text: 'true' });
  });

  test('of Long.MAX_VALUE keeps all its digits in the text', () => {
    expect(topic('flush.messages').parse('9223372036854775807')).toEqual({
      value: 9223372036854775807,
      text: '9223372036854775807',
    });
  });

  test.each([
    ['retention.ms', 'abc', "retention.ms cannot be 'abc': it must be a whole number of 64 bits"],
    ['retention.ms', '-2', "retention.ms cannot be '-2': it must be at least -1"],
    ['segment.bytes', '2147483648', "segment.bytes cannot be '2147483648': it must be a whole number of 32 bits"],
    ['compression.gzip.level', '0', "compression.gzip.level cannot be '0': it must be at least 1 (or -1)"],
    ['compression.type', 'GZIP', 'it must be one of uncompressed, zstd, lz4, snappy, gzip, producer'],
    ['cleanup.policy', 'delete,', 'an item of the list is empty'],
    ['cleanup.policy', 'archive', "'archive' is not one of compact, delete"],
    ['preallocate', 'yes', 'it is either true or false'],
    ['min.cleanable.dirty.ratio', '1e999', 'it must be a finite number'],
    ['min.cleanable.dirty.ratio', 'half', 'it must be a number'],
  ])('that cannot be is refused in words: %s=%s', (name, text, message) => {
    const problem = topic(name).parse(text);
    expect(problem).toEqual({ name, message: expect.stringContaining(message) });
  });

  test('that is endless is not repeated whole', () => {
    const problem = topic('retention.ms').parse('x'.repeat(1_000_000));
    expect('message' in problem && problem.message.length).toBeLessThan(400);
  });

  test('in its canonical form means the same again', () => {
    const definitions = fc.constantFrom(...all);
    const texts = fc.oneof(
      fc.string(),
      fc.integer().map(String),
      fc.bigInt().map(String),
      fc.double().map(String),
      fc.constantFrom('true', ' FALSE', 'a, b', '', '*', '0:1', 'gzip', 'by_duration:P1D', '1@h:9', 'h:9'),
    );
    fc.assert(
      fc.property(definitions, texts, (definition, text) => {
        const parsed = definition.parse(text);
        if ('message' in parsed) expect(parsed.name).toBe(definition.name);
        else expect(definition.parse(parsed.text)).toEqual(parsed);
      }),
      { numRuns: 2000 },
    );
  });
});
