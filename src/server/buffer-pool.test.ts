import { describe, expect, test } from '@jest/globals';
import { SimulatedClock } from '../base/index.ts';
import { BufferPool } from './buffer-pool.ts';

describe('the pool of large buffers', () => {
  test('what is given back is used again, at any size of the same power of two', () => {
    const pool = new BufferPool(1 << 20, new SimulatedClock());
    const first = pool.take(100_000);
    pool.recycle(first.subarray(10, 20));
    expect(pool.spareBytes).toBe(131_072);
    const second = pool.take(131_072);
    expect(second.buffer).toBe(first.buffer);
    expect(second).toHaveLength(131_072);
    expect(pool.spareBytes).toBe(0);
  });

  test('two that are in use at once are never the same', () => {
    const pool = new BufferPool(1 << 20, new SimulatedClock());
    const taken = [pool.take(20_000), pool.take(20_000)];
    for (const buffer of taken) pool.recycle(buffer);
    pool.recycle(taken[0] as Buffer);
    const again = [pool.take(20_000), pool.take(20_000), pool.take(20_000)];
    expect(new Set(again.map(({ buffer }) => buffer)).size).toBe(3);
  });

  test('what is shared is used again when the last has given it back', () => {
    const pool = new BufferPool(1 << 20, new SimulatedClock());
    const buffer = pool.take(20_000);
    pool.share(buffer);
    pool.recycle(buffer);
    expect(pool.spareBytes).toBe(0);
    pool.recycle(buffer);
    expect(pool.spareBytes).toBe(32_768);
    pool.share(buffer);
    pool.recycle(buffer);
    expect(pool.spareBytes).toBe(32_768);
  });

  test('no more than its limit lies unused', () => {
    const pool = new BufferPool(1 << 20, new SimulatedClock());
    const taken = Array.from({ length: 20 }, () => pool.take(100_000));
    for (const buffer of taken) pool.recycle(buffer);
    expect(pool.spareBytes).toBe(8 * 131_072);
  });

  test('of a full one the largest makes room', () => {
    const pool = new BufferPool(1 << 23, new SimulatedClock());
    const taken = [pool.take(5 << 20), pool.take(3 << 20), pool.take(1 << 20), pool.take(1 << 20)];
    for (const buffer of taken) pool.recycle(buffer);
    expect(pool.spareBytes).toBe(5 << 20);
    pool.recycle(pool.take(6 << 20));
    expect(pool.spareBytes).toBe(5 << 20);
  });

  test.each([10, 33 << 20])('a buffer of %d bytes is not pooled', (size) => {
    const pool = new BufferPool(1 << 26, new SimulatedClock());
    pool.recycle(pool.take(size));
    pool.recycle(Buffer.alloc(100_000));
    expect(pool.spareBytes).toBe(0);
  });

  test('beyond 1 MiB one of another size will do, up to twice as large', () => {
    const pool = new BufferPool(1 << 26, new SimulatedClock());
    const large = pool.take(8_400_000);
    pool.recycle(large);
    expect(pool.spareBytes).toBe(9 << 20);
    expect(pool.take(4 << 20).buffer).not.toBe(large.buffer);
    expect(pool.take((4 << 20) + 1).buffer).toBe(large.buffer);
  });

  test('what nobody wanted for 10 s is given up, and no more than that', () => {
    const clock = new SimulatedClock();
    const pool = new BufferPool(1 << 20, clock);
    const taken = Array.from({ length: 4 }, () => pool.take(100_000));
    for (const buffer of taken) pool.recycle(buffer);
    const use = (): void => pool.recycle(pool.take(100_000));
    for (let second = 0; second < 20; second++) {
      use();
      clock.advance(1_000);
    }
    expect(pool.spareBytes).toBe(131_072);
    use();
    clock.advance(10_000);
    expect(pool.spareBytes).toBe(131_072);
    clock.advance(10_000);
    expect(pool.spareBytes).toBe(0);
  });
});
