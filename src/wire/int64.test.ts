import { expect, test } from '@jest/globals';
import { getInt64, readInt64, setInt64, writeInt64 } from './int64.ts';

const NUMBERS = [0, 1, -1, 2 ** 31, -(2 ** 31), 2 ** 32, -(2 ** 32), 2 ** 32 - 1, 2 ** 53 - 1, 1 - 2 ** 53];
const LONG_MAX = 2n ** 63n - 1n;

test('safe integers and Long.MAX_VALUE survive the round trip in a view, as the same bytes that bigint writes', () => {
  const view = new DataView(new ArrayBuffer(16));
  for (const value of NUMBERS) {
    setInt64(view, 0, value);
    view.setBigInt64(8, BigInt(value));
    expect(view.getBigInt64(0)).toBe(view.getBigInt64(8));
    expect(getInt64(view, 0)).toBe(value);
  }
  view.setBigInt64(0, LONG_MAX);
  setInt64(view, 8, getInt64(view, 0));
  expect(view.getBigInt64(8)).toBe(LONG_MAX);
});

test('and in a buffer', () => {
  const buffer = Buffer.alloc(8);
  for (const value of NUMBERS) {
    writeInt64(buffer, value, 0);
    expect(buffer.readBigInt64BE()).toBe(BigInt(value));
    expect(readInt64(buffer, 0)).toBe(value);
  }
  buffer.writeBigInt64BE(LONG_MAX);
  writeInt64(buffer, readInt64(buffer, 0), 0);
  expect(buffer.readBigInt64BE()).toBe(LONG_MAX);
});
