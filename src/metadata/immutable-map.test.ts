import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bytesKept } from '../base/collected-heap.check.ts';
import { ImmutableMap } from './immutable-map.ts';

test('says what a Map says, and former ones stay as they were', () => {
  const change = fc.record({ key: fc.string({ maxLength: 2 }), value: fc.option(fc.integer()) });
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const plain = new Map<string, number>();
      const states: [ImmutableMap<number>, [string, number][]][] = [];
      let map = ImmutableMap.empty<number>();
      for (const { key, value } of changes) {
        if (value === null) plain.delete(key);
        else plain.set(key, value);
        map = value === null ? map.delete(key) : map.set(key, value);
        states.push([map, [...plain].sort()]);
      }
      for (const [each, expected] of states) {
        expect([...each.entries()].sort()).toEqual(expected);
        expect(each.size).toBe(expected.length);
      }
    }),
  );
});

test('what was deleted leaves no place behind', () => {
  const maps: ImmutableMap<number>[] = [];
  const kept = bytesKept(() => {
    for (let each = 0; each < 10; each++) {
      let map = ImmutableMap.empty<number>();
      for (let i = 0; i < 10_000; i++) map = map.set(`topic-${i}`, i).delete(`topic-${i}`);
      maps.push(map);
    }
  });
  expect(maps.every(({ size }) => size === 0)).toBe(true);
  expect(kept).toBeLessThan(500_000);
});
