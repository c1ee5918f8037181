import { expect, test } from '@jest/globals';
import { Histogram } from './histogram.ts';

test('a value lies below the first bound that is not smaller, or above them all', () => {
  const histogram = new Histogram([1, 10]);
  for (const value of [0, 1, 1.5, 10, 11, 1_000]) histogram.add(value);
  expect([...histogram.counts]).toEqual([2, 2, 2]);
  expect(histogram.sum).toBe(1_023.5);
});
