import { expect, test } from '@jest/globals';
import { FetchResponse, HeartbeatResponse, PushTelemetryRequest } from '../wire/messages/index.ts';
import { errorCounter } from './error-counts.ts';

test('error codes count wherever they lie in an answer, NONE does not', () => {
  const counts = new Map<number, number>();
  errorCounter(FetchResponse)(
    {
      errorCode: 0,
      responses: [{ partitions: [{ errorCode: 1 }, { errorCode: 0 }] }, { partitions: [{ errorCode: 1 }, {}] }],
    },
    counts,
  );
  errorCounter(HeartbeatResponse)({ errorCode: 27 }, counts);
  expect([...counts]).toEqual([
    [1, 2],
    [27, 1],
  ]);
});

test('a message without error codes has none', () => {
  const counts = new Map<number, number>();
  errorCounter(PushTelemetryRequest)({}, counts);
  expect(counts.size).toBe(0);
});
