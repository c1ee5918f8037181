import { expect, test } from '@jest/globals';
import { SeededRandom } from '../base/index.ts';
import { OffsetMap } from './offset-map.ts';

test('a map in bounded memory says of every key what a plain map says', () => {
  const random = new SeededRandom(11);
  const map = new OffsetMap(24 * 2000, 1800, 0.9);
  const oracle = new Map<string, number>();
  let offset = 2 ** 32 - 1000;
  while (oracle.size < 1800) {
    const key = `key ${random.below(4000)}`;
    offset += 1 + random.below(3);
    // A key lies somewhere within the bytes of a batch.
    const bytes = Buffer.from(`before${key}after`);
    map.put(bytes, 6, 6 + key.length, offset);
    oracle.set(key, offset);
  }
  expect(map.size).toBe(1800);
  expect(map.latestOffset).toBe(offset);
  for (let i = 0; i < 4000; i++) {
    const key = Buffer.from(`key ${i}`);
    expect(map.get(key, 0, key.length)).toBe(oracle.get(String(key)) ?? -1);
  }
});

test('it takes no more memory than it may, and none for keys that will not come', () => {
  expect(new OffsetMap(24 * 1000, 1e9, 0.9).slots).toBe(1000);
  expect(new OffsetMap(128 * 1024 * 1024, 90, 0.9).slots).toBe(101);
});

test('a map of which every slot is taken still tells that it does not know a key', () => {
  const map = new OffsetMap(24 * 3, 3, 1);
  for (let i = 0; i < 3; i++) map.put(Buffer.from([i]), 0, 1, i);
  expect(map.get(Buffer.from([9]), 0, 1)).toBe(-1);
  expect(map.get(Buffer.from([2]), 0, 1)).toBe(2);
});

test('the empty key is a key, and offset 0 an offset', () => {
  const map = new OffsetMap(1000, 10, 0.9);
  const key = Buffer.alloc(0);
  expect(map.get(key, 0, 0)).toBe(-1);
  map.put(key, 0, 0, 0);
  expect(map.get(key, 0, 0)).toBe(0);
});
