import { describe, expect, test } from '@jest/globals';
import { BufferPool } from './buffer-pool.ts';

describe('the pool of large buffers', () => {
  test('what is given back is used again, at any size of the same power of two', () => {
    const pool = new BufferPool(1 << 20);
    const first = pool.take(100_000);
    pool.recycle(first.subarray(10, 20));
    expect(pool.spareBytes).toBe(131_072);
    const second = pool.take(131_072);
    expect(second.buffer).toBe(first.buffer);
    expect(second).toHaveLength(131_072);
    expect(pool.spareBytes).toBe(0);
  });

  test('two that are in use at once are never the same', () => {
    const pool = new BufferPool(1 << 20);
    const taken = [pool.take(20_000), pool.take(20_000)];
    for (const buffer of taken) pool.recycle(buffer);
    pool.recycle(taken[0] as Buffer);
    const again = [pool.take(20_000), pool.take(20_000), pool.take(20_000)];
    expect(new Set(again.map(({ buffer }) => buffer)).size).toBe(3);
  });

  test('what is shared is used again when the last has given it back', () => {
    const pool = new BufferPool(1 << 20);
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
    const pool = new BufferPool(1 << 20);
    const taken = Array.from({ length: 20 }, () => pool.take(100_000));
    for (const buffer of taken) pool.recycle(buffer);
    expect(pool.spareBytes).toBe(8 * 131_072);
  });

  test.each([10, 3_000_000])('a buffer of %d bytes is not pooled', (size) => {
    const pool = new BufferPool(1 << 23);
    pool.recycle(pool.take(size));
    pool.recycle(Buffer.alloc(100_000));
    expect(pool.spareBytes).toBe(0);
  });
});
