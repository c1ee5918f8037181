import { expect, test } from '@jest/globals';
import { getInt64, setInt64 } from './int64.ts';

test('safe integers and Long.MAX_VALUE survive the round trip, as the same bytes that bigint writes', () => {
  const view = new DataView(new ArrayBuffer(16));
  for (const value of [0, 1, -1, 2 ** 31, -(2 ** 31), 2 ** 32, -(2 ** 32), 2 ** 32 - 1, 2 ** 53 - 1, 1 - 2 ** 53]) {
    setInt64(view, 0, value);
    view.setBigInt64(8, BigInt(value));
    expect(view.getBigInt64(0)).toBe(view.getBigInt64(8));
    expect(getInt64(view, 0)).toBe(value);
  }
  view.setBigInt64(0, 2n ** 63n - 1n);
  setInt64(view, 8, getInt64(view, 0));
  expect(view.getBigInt64(8)).toBe(2n ** 63n - 1n);
});
