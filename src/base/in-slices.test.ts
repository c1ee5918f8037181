import { describe, expect, test } from '@jest/globals';
import { SimulatedClock } from './clock.ts';
import { inSlices } from './in-slices.ts';

describe('long work in slices', () => {
  const seen: string[] = [];
  const turns: (() => void)[] = [];
  const clock = new SimulatedClock(undefined, (then) => void turns.push(then));

  function* steps(count: number, ms: number): Generator<void, void, undefined> {
    for (let i = 0; i < count; i++) {
      seen.push(`step ${i}`);
      clock.advance(ms);
      yield;
    }
  }

  test('what is short is done at once', () => {
    expect(inSlices(clock, steps(100, 0))).toBeUndefined();
    expect(seen.splice(0)).toHaveLength(100);
    expect(turns).toHaveLength(0);
  });

  test('what is long lets others have their turn, and tells when it is over', async () => {
    const told = inSlices(clock, steps(5, 3));
    while (turns.length > 0) {
      seen.push('others');
      turns.shift()?.();
      await Promise.resolve();
    }
    await told;
    expect(seen.splice(0)).toEqual(['step 0', 'step 1', 'others', 'step 2', 'step 3', 'others', 'step 4']);
  });

  test('what fails is told, at once or later', async () => {
    function* failing(ms: number): Generator<void, void, undefined> {
      clock.advance(ms);
      yield;
      throw new Error('no');
    }
    expect(() => inSlices(clock, failing(0))).toThrow('no');
    const later = inSlices(clock, failing(10));
    turns.shift()?.();
    await expect(later).rejects.toThrow('no');
  });
});
