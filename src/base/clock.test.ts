import { describe, expect, test } from '@jest/globals';
import { bytesKept } from './collected-heap.check.ts';
import { every, SimulatedClock, systemClock } from './index.ts';
import { inOneGo } from './clock.ts';

describe('the simulated clock', () => {
  test('fires what falls due, in order of time and then of setting, those set meanwhile included', () => {
    const clock = new SimulatedClock(1_000);
    const fired: string[] = [];
    clock.after(20, () => fired.push(`b at ${clock.now()}`));
    clock.after(10, () => {
      fired.push(`a at ${clock.now()}`);
      clock.after(5, () => fired.push(`c at ${clock.now()}`));
    });
    clock.after(20, () => fired.push(`d at ${clock.now()}`));
    clock.advance(20);
    expect(fired).toEqual(['a at 1010', 'c at 1015', 'b at 1020', 'd at 1020']);
  });

  test('a cancelled timer does not fire, and nothing fires before its time', () => {
    const clock = new SimulatedClock();
    let fired = 0;
    clock.after(10, () => fired++).cancel();
    clock.after(11, () => fired++);
    clock.advance(10);
    expect(fired).toBe(0);
    expect(clock.untilNext()).toBe(1);
    clock.advance(1);
    expect(fired).toBe(1);
    expect(clock.untilNext()).toBeUndefined();
  });

  test('a job done every so often goes on until it is stopped', () => {
    const clock = new SimulatedClock();
    let done = 0;
    const stop = every(clock, 10, () => done++);
    clock.advance(35);
    expect(done).toBe(3);
    stop();
    clock.advance(100);
    expect(done).toBe(3);
  });

  test('a job that stops itself is not done again', () => {
    const clock = new SimulatedClock();
    let done = 0;
    const stop = every(clock, 10, () => {
      done++;
      stop();
    });
    clock.advance(100);
    expect(done).toBe(1);
  });
});

describe('the system clock', () => {
  test('the end of a turn comes after its promises, timers fire, and elapsed time never goes back', async () => {
    const order: string[] = [];
    const before = systemClock.elapsed();
    await new Promise<void>((done) => {
      systemClock.endOfTurn(() => {
        order.push('end of turn');
        systemClock.after(1, done);
      });
      void Promise.resolve().then(() => order.push('promise'));
    });
    expect(order).toEqual(['promise', 'end of turn']);
    expect(systemClock.elapsed()).toBeGreaterThanOrEqual(before);
  });

  test('all of a turn ends in one go, before what that promised', async () => {
    const order: string[] = [];
    await new Promise<void>((done) => {
      systemClock.endOfTurn(() => {
        order.push('first');
        void Promise.resolve().then(() => order.push('what the first promised'));
        systemClock.endOfTurn(() => {
          order.push('the next turn');
          done();
        });
      });
      systemClock.endOfTurn(() => order.push('second'));
    });
    expect(order).toEqual(['first', 'second', 'what the first promised', 'the next turn']);
  });

  test('at the end of a turn one that fails keeps nobody from theirs', () => {
    const turns: (() => void)[] = [];
    const endOfTurn = inOneGo((run) => turns.push(run));
    const order: string[] = [];
    endOfTurn(() => order.push('first'));
    endOfTurn(() => {
      throw new Error('second');
    });
    endOfTurn(() => order.push('third'));
    expect(turns).toHaveLength(1);
    expect(turns[0]).toThrow('second');
    expect(order).toEqual(['first']);
    expect(turns).toHaveLength(2);
    turns[1]?.();
    expect(order).toEqual(['first', 'third']);
  });

  test('a cancelled timer leaves nothing behind, whatever its delay was', () => {
    const kept = bytesKept(() => {
      for (let i = 0; i < 50_000; i++) systemClock.after(86_400_000 - i, () => undefined).cancel();
    });
    expect(kept).toBeLessThan(2_000_000);
  });
});
