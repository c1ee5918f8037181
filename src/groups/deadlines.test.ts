import { describe, expect, test } from '@jest/globals';
import { bytesKept } from '../base/collected-heap.check.ts';
import { SeededRandom } from '../base/index.ts';
import { deadline, Deadlines } from './deadlines.ts';

describe('deadlines', () => {
  test('are taken in order, when they are due', () => {
    const deadlines = new Deadlines<string>();
    for (const [what, at] of Object.entries({ c: 30, a: 10, b: 20 })) deadlines.set(deadline(what), at);
    expect(deadlines.next()).toBe(10);
    expect([9, 20, 20, 20].map((now) => deadlines.take(now)?.what)).toEqual([undefined, 'a', 'b', undefined]);
    expect(deadlines.next()).toBe(30);
  });

  test('that are moved or called off are due when they were said to be last, once', () => {
    const deadlines = new Deadlines<string>();
    const [later, sooner, off] = [deadline('later'), deadline('sooner'), deadline('off')];
    for (const one of [later, sooner, off]) deadlines.set(one, 20);
    deadlines.set(later, 50);
    deadlines.set(sooner, 5);
    deadlines.cancel(off);
    expect(deadlines.next()).toBe(5);
    expect([100, 100, 100].map((now) => deadlines.take(now)?.what)).toEqual(['sooner', 'later', undefined]);
    deadlines.set(off, 7);
    expect(deadlines.take(7)?.what).toBe('off');
    expect(deadlines.next()).toBeUndefined();
  });

  test('that are called off are not kept until their time', () => {
    const deadlines = new Deadlines<string>();
    deadlines.set(deadline('stays'), 10);
    const kept = bytesKept(() => {
      for (let i = 0; i < 50_000; i++) {
        const one = deadline('x'.repeat(100) + i);
        deadlines.set(one, 20 + i);
        deadlines.cancel(one);
      }
    });
    expect(kept).toBeLessThan(2_000_000);
    expect(deadlines.take(10)?.what).toBe('stays');
  });

  test('200 seeds: the earliest is what a scan over all finds', () => {
    let taken = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const random = new SeededRandom(seed);
      const deadlines = new Deadlines<number>();
      const all = Array.from({ length: seed % 2 === 0 ? 10 : 200 }, (_, i) => deadline(i));
      for (let now = 0; now < 200; now++) {
        const one = random.pick(all);
        if (random.chance(80)) deadlines.set(one, now + random.below(50));
        else deadlines.cancel(one);
        const earliest = Math.min(...all.map(({ atMs }) => atMs));
        const next = deadlines.next() ?? Infinity;
        if (next !== earliest) throw new Error(`seed ${seed}, at ${now}: ${next} instead of ${earliest}`);
        if (random.chance(70)) continue;
        const isTaken = deadlines.take(now) !== undefined;
        if (isTaken !== earliest <= now) throw new Error(`seed ${seed}, at ${now}: taken ${isTaken}, due ${earliest}`);
        taken += Number(isTaken);
      }
    }
    expect(taken).toBeGreaterThan(1000);
  });
});
