import { expect, test } from '@jest/globals';
import { ErrorCode, errorName, isRetriable } from './errors.ts';

test('every code of Kafka 4.3 from -1 to 133 has one name', () => {
  const codes = Object.values(ErrorCode).sort((a, b) => a - b);
  expect(codes).toEqual(Array.from({ length: 135 }, (_, i) => i - 1));
});

test('codes are shown by name, unknown ones by number', () => {
  expect(errorName(6)).toBe('NOT_LEADER_OR_FOLLOWER');
  expect(errorName(-1)).toBe('UNKNOWN_SERVER_ERROR');
  expect(errorName(9999)).toContain('9999');
});

test('a lost leader is worth another try, a refused authorization is not', () => {
  expect(isRetriable(ErrorCode.NOT_LEADER_OR_FOLLOWER)).toBe(true);
  expect(isRetriable(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)).toBe(true);
  expect(isRetriable(ErrorCode.TOPIC_AUTHORIZATION_FAILED)).toBe(false);
  expect(isRetriable(ErrorCode.NONE)).toBe(false);
});
