import { expect, test } from '@jest/globals';
import {
  CONTROL_RECORD,
  controlRecordKey,
  controlRecordTypeOf,
  coordinatorEpochOf,
  CorruptRecordError,
  endTransactionMarker,
  type ControlRecordType,
} from './index.ts';

test('a control record key carries version 0 and its type', () => {
  expect(controlRecordKey('COMMIT').toString('hex')).toBe('00000001');
  for (const type of Object.keys(CONTROL_RECORD) as ControlRecordType[]) {
    expect(controlRecordTypeOf(controlRecordKey(type))).toBe(type);
  }
});

test('types and versions of a later Kafka are read as far as they are known', () => {
  expect(controlRecordTypeOf(Buffer.from([0, 0, 0, 99]))).toBe('UNKNOWN');
  expect(controlRecordTypeOf(Buffer.from([0, 1, 0, 0, 7, 7]))).toBe('ABORT');
});

test('a transaction marker carries version 0 and the epoch of its coordinator', () => {
  expect(endTransactionMarker(258).toString('hex')).toBe('000000000102');
  expect(coordinatorEpochOf(endTransactionMarker(258))).toBe(258);
});

test('keys and markers that are no such things are refused', () => {
  for (const key of [null, Buffer.alloc(3), Buffer.from([0xff, 0xff, 0, 0])]) {
    expect(() => controlRecordTypeOf(key)).toThrow(CorruptRecordError);
  }
  for (const value of [null, Buffer.alloc(5), Buffer.from([0xff, 0xff, 0, 0, 0, 0])]) {
    expect(() => coordinatorEpochOf(value)).toThrow(CorruptRecordError);
  }
});
