import { expect, test } from '@jest/globals';
import { randomUuid, SeededRandom, systemRandom } from './index.ts';

test('a seed repeats itself, and neighbours differ', () => {
  const draws = (seed: number): number[] => {
    const random = new SeededRandom(seed);
    return Array.from({ length: 20 }, () => random.below(1000));
  };
  expect(draws(1)).toEqual(draws(1));
  expect(draws(1)).not.toEqual(draws(2));
  expect(draws(7).every((draw) => Number.isInteger(draw) && draw >= 0 && draw < 1000)).toBe(true);
});

test('uuids are 22 characters that no command line takes for a flag', () => {
  const random = new SeededRandom(3);
  const made = Array.from({ length: 2000 }, () => randomUuid(random));
  expect(made.every((uuid) => /^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/.test(uuid))).toBe(true);
  expect(new Set(made).size).toBe(made.length);
});

test('the system draws below its bound', () => {
  for (let i = 0; i < 100; i++) expect(systemRandom.below(3)).toBeLessThan(3);
  expect(systemRandom.bytes(5)).toHaveLength(5);
});
