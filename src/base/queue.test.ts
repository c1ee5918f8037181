import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Queue } from './queue.ts';

describe('a queue', () => {
  test('does what an array does', () => {
    const steps = fc.array(fc.oneof(fc.nat(), fc.constantFrom('shift' as const, 'clear' as const)));
    fc.assert(
      fc.property(steps, (todo) => {
        const queue = new Queue<number>();
        let array: number[] = [];
        for (const step of todo) {
          if (step === 'shift') expect(queue.shift()).toBe(array.shift());
          else if (step === 'clear') {
            queue.clear();
            array = [];
          } else {
            queue.push(step);
            array.push(step);
          }
          expect([queue.length, queue.first, queue.last]).toEqual([array.length, array[0], array.at(-1)]);
        }
      }),
    );
  });
});
