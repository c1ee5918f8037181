import { expect, test } from '@jest/globals';
import { SimulatedClock, type Clock } from './clock.ts';
import { EventLoopDelay } from './event-loop-delay.ts';

/** A clock whose event loop can be held up. */
function busyClock(): { clock: Clock; turn: (ms: number) => void; stall: (ms: number) => void } {
  const simulated = new SimulatedClock();
  let aheadMs = 0;
  return {
    clock: { ...simulated, ...bound(simulated), elapsed: () => simulated.elapsed() + aheadMs },
    turn: (ms) => simulated.advance(ms),
    stall: (ms) => (aheadMs += ms),
  };
}

const bound = (clock: SimulatedClock): Pick<Clock, 'now' | 'after' | 'endOfTurn'> => ({
  now: () => clock.now(),
  after: (ms, then) => clock.after(ms, then),
  endOfTurn: (then) => clock.endOfTurn(then),
});

const counts = ({ histogram }: EventLoopDelay): Record<string, number> =>
  Object.fromEntries(
    [...histogram.counts.entries()].flatMap(([i, n]) => (n > 0 ? [[histogram.bounds[i] ?? '+', n]] : [])),
  );

test('a loop that is never held up delays nobody', () => {
  const { clock, turn } = busyClock();
  const delay = new EventLoopDelay(clock);
  delay.start();
  turn(1_000);
  expect(counts(delay)).toEqual({ 1: 50 });
  expect(delay.longestMs).toBe(0);
});

test('a stall delays everyone who would have come during it', () => {
  const { clock, turn, stall } = busyClock();
  const delay = new EventLoopDelay(clock);
  delay.start();
  turn(10);
  stall(95);
  turn(10);
  // Due at 20, 40, 60, 80, 100; seen at 115.
  expect(counts(delay)).toEqual({ 15: 1, 40: 1, 75: 2, 100: 1 });
  expect(delay.longestMs).toBe(95);
});

test('starting again changes nothing, and stopping ends it', () => {
  const { clock, turn } = busyClock();
  const delay = new EventLoopDelay(clock);
  delay.start();
  delay.start();
  turn(100);
  delay.stop();
  turn(100);
  expect(counts(delay)).toEqual({ 1: 5 });
});
