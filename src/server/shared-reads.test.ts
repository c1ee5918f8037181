import { describe, expect, test } from '@jest/globals';
import { SimulatedClock } from '../base/index.ts';
import type { ReadPlan } from '../storage/index.ts';
import { BufferPool } from './buffer-pool.ts';
import { SharedReads } from './shared-reads.ts';

const BYTES = 8192;
const segment = {} as ReadPlan['parts'][number]['segment'];
const planOf = (position: number, truncations = 0): ReadPlan => ({
  kind: 'plan',
  sizeInBytes: BYTES,
  endOffset: 1,
  truncations,
  parts: [{ segment, position, bytes: BYTES }],
});

/** Gives what was asked for filled with the number of the read. */
class FakeLog {
  reads = 0;

  read(_: ReadPlan, target: Buffer): Buffer {
    return target.fill(++this.reads);
  }
}

function shared() {
  const turn: (() => void)[] = [];
  const pool = new BufferPool(1 << 20, new SimulatedClock());
  const reads = new SharedReads({ pool, clock: new SimulatedClock(0, (then) => turn.push(then)) });
  return { pool, reads, log: new FakeLog(), endTurn: () => turn.splice(0).forEach((then) => then()) };
}

describe('reads that are shared', () => {
  test('the same bytes are read once in a turn, others and those of the next turn anew', () => {
    const { reads, log, endTurn } = shared();
    const first = reads.read(log, planOf(0));
    expect(reads.read(log, planOf(0))).toBe(first);
    expect(log.reads).toBe(1);
    reads.read(log, planOf(BYTES));
    reads.read(log, planOf(BYTES, 1));
    expect(log.reads).toBe(3);
    endTurn();
    reads.read(log, planOf(BYTES, 1));
    expect(log.reads).toBe(4);
  });

  test('what several wanted in a turn those of the next have as well, and so on', () => {
    const { reads, log, endTurn } = shared();
    for (let turn = 0; turn < 3; turn++) {
      for (let reader = 0; reader < 2; reader++) reads.read(log, planOf(0));
      endTurn();
    }
    expect(log.reads).toBe(1);
    endTurn();
    reads.read(log, planOf(0));
    expect(log.reads).toBe(2);
  });

  test('their memory is for nobody else until all have sent it and nobody wants it in the turn after', () => {
    const { pool, reads, log, endTurn } = shared();
    const sent = [0, 1, 2].map(() => reads.read(log, planOf(0)));
    for (const records of sent) pool.recycle(records);
    expect(pool.spareBytes).toBe(0);
    endTurn();
    endTurn();
    expect(pool.spareBytes).toBe(BYTES);

    const slow = reads.read(log, planOf(0));
    endTurn();
    expect(pool.spareBytes).toBe(0);
    pool.recycle(slow);
    expect(pool.spareBytes).toBe(BYTES);
  });
});
