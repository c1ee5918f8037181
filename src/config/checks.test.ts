import { describe, expect, test } from '@jest/globals';
import {
  autoOffsetReset,
  bootstrapServers,
  clientMatch,
  connectionLimits,
  quorumVoters,
  throttledReplicas,
} from './checks.ts';

type Check<T> = (value: T) => string | undefined;
const accepts = <T>(check: Check<T>, values: readonly T[]): T[] => values.filter((each) => check(each) === undefined);

describe('as Apache Kafka 4.3 does, the check of', () => {
  test('a share group’s start accepts latest, earliest and a duration that is not negative', () => {
    const good = [
      'latest',
      'earliest',
      'by_duration:PT1H',
      'by_duration:P1D',
      'by_duration:PT0S',
      'by_duration:pt1.5s',
    ];
    const bad = ['', 'LATEST', 'by_duration', 'by_duration:', 'by_duration:P', 'by_duration:PT', 'by_duration:-PT1H'];
    const units = ['by_duration:P1Y', 'by_duration:P1W', 'by_duration:1H'];
    expect(accepts(autoOffsetReset, [...good, ...bad, ...units])).toEqual(good);
  });

  test('throttled replicas accepts pairs, all, and none', () => {
    const good = [[], ['*'], ['0:1', '1:2'], ['0:1', '0:1']];
    expect(accepts(throttledReplicas, [...good, ['a:b'], ['0'], ['*', '*'], ['0:1', '*']])).toEqual(good);
  });

  test('quorum voters wants an id and an address of each', () => {
    const good = [[], ['1@localhost:9093'], ['1@h:1', '2@[::1]:2']];
    expect(accepts(quorumVoters, [...good, ['x@h:1'], ['1@h'], ['1@h:99999'], ['@h:1'], ['h:1']])).toEqual(good);
  });

  test('bootstrap servers wants an address of each', () => {
    const good = [[], ['localhost:9093', '[::1]:9'], ['h:1', 'h:1']];
    expect(accepts(bootstrapServers, [...good, ['h'], ['h:x'], [':1']])).toEqual(good);
  });

  test('client matches wants known attributes and patterns', () => {
    const good = [[], ['client_id=a.*', ' client_software_name = b'], ['client_id=a', 'client_id=b']];
    expect(accepts(clientMatch, [...good, ['x=y'], ['client_id'], ['client_id=['], ['client_id=a=b']])).toEqual(good);
  });

  test('limits of single addresses wants a number for each', () => {
    const good = ['', '127.0.0.1:5', 'host:1, ::1:2'];
    expect(accepts(connectionLimits, [...good, 'h', 'h:x', ',', ':5'])).toEqual(good);
  });
});
