/** What the benchmarks say of themselves: growth, and what became worse. */
import { describe, expect, test } from '@jest/globals';
import { worse, type Measured } from '../bench/noise.ts';
import { median, quantile, trend } from '../bench/slope.ts';

const names = { ours: 'a', reference: 'b' };
const row = (metric: string, a: number[], b: number[]): Measured => ({ workload: 'w', metric, values: { a, b } });

describe('what became worse', () => {
  test('throughput below, and cost above, by more than the noise', () => {
    const before = [row('MB/s', [200, 200], [100, 100]), row('p99 ms', [10, 10], [20, 20])];
    const after = [row('MB/s', [100, 100], [100, 100]), row('p99 ms', [20, 20], [20, 20])];
    expect(worse(before, after, names).map(({ metric, loss }) => [metric, loss])).toEqual([
      ['MB/s', 1],
      ['p99 ms', 1],
    ]);
    expect(worse(after, before, names)).toEqual([]);
  });

  test('nothing where the machine is slower and the ratio the same', () => {
    const before = [row('MB/s', [200, 210], [100, 105])];
    expect(worse(before, [row('MB/s', [50, 52], [25, 26])], names)).toEqual([]);
  });

  test('nothing within the spread of the rounds, of either table', () => {
    const noisy = [row('MB/s', [100, 200, 150], [100, 100, 100])];
    const steady = [row('MB/s', [100, 100, 100], [100, 100, 100])];
    expect(worse(noisy, steady, names)).toEqual([]);
    expect(worse([row('MB/s', [150, 150, 150], [100, 100, 100])], steady, names)).toHaveLength(1);
  });

  test('nothing of a workload that one of the tables lacks, or where one of the brokers failed', () => {
    expect(worse([], [row('MB/s', [1], [1])], names)).toEqual([]);
    expect(worse([row('MB/s', [9], [1])], [row('MB/s', [1], [])], names)).toEqual([]);
  });
});

describe('growth', () => {
  test('is that of most points: outliers do not count', () => {
    const points = Array.from({ length: 50 }, (_, at) => [at, at === 10 ? 10_000 : 100 + at * 2] as const);
    expect(trend(points).growth).toBeCloseTo(98, 5);
  });

  test('of what goes up and down is nearly none', () => {
    const points = Array.from({ length: 100 }, (_, at) => [at, 100 + 20 * Math.sin(at)] as const);
    expect(Math.abs(trend(points).growth)).toBeLessThan(5);
  });

  test('quantiles of nothing are not a number', () => {
    expect(quantile([], 0.5)).toBeNaN();
    expect([median([]), median([4]), median([4, 1]), median([9, 1, 4])]).toEqual([NaN, 4, 2.5, 4]);
    expect(quantile([3, 1, 2], 0.99)).toBe(3);
  });
});
