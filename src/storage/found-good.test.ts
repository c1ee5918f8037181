import { expect, test } from '@jest/globals';
import { join } from 'node:path';
import { scanBatches } from '../wire/records/index.ts';
import { CorruptSegmentError } from './corrupt-segment-error.ts';
import { append, LogFixture } from './log-fixture.ts';
import type { PartitionLog } from './partition-log.ts';

const config = { segmentBytes: 1000, indexIntervalBytes: 300 };
const RECORDS = 3;

/** Segments of several batches of three records each, closed cleanly. */
function closedLog() {
  const kit = new LogFixture();
  const log = kit.open(config);
  for (let i = 0; i < 30; i++) append(log, kit.batch([`a${i}`, `b${i}`, `c${i}`]));
  kit.endTurn();
  const end = log.logEndOffset;
  log.close();
  return { kit, end };
}

/** The offset that a read from `from` begins with, or how it is refused. */
function firstRead(log: PartitionLog, from: number): number | 'refused' {
  for (let tries = 0; tries < 2; tries++) {
    try {
      const plan = log.plan({ from, maxBytes: 150, upTo: Infinity, minOneBatch: true });
      if (plan.kind === 'refused') return 'refused';
      const [batch] = scanBatches(log.read(plan)).batches;
      if (batch !== undefined) return batch.baseOffset;
    } catch (error) {
      if (!(error instanceof CorruptSegmentError)) throw error;
      return 'refused';
    }
  }
  return 'refused';
}

test.each([-1, -RECORDS, -50, 1, 50])(
  'a batch whose base offset was moved by %i is neither served nor passed over, wherever a reader begins',
  (moved) => {
    const { kit, end } = closedLog();
    const names = kit.fs.list(kit.directory).filter((name) => name.endsWith('.log'));
    expect(names.length).toBeGreaterThan(2);
    for (const name of names.slice(0, -1)) {
      const path = join(kit.directory, name);
      const whole = kit.fs.readFile(path);
      for (const [index, batch] of scanBatches(whole).batches.entries()) {
        const { baseOffset } = batch;
        if (baseOffset + moved < 0) continue;
        const damaged = Buffer.from(whole);
        damaged.writeBigInt64BE(BigInt(baseOffset + moved), batch.at);
        kit.fs.replaceFile(path, damaged);
        for (let from = 0; from < end; from++) {
          const log = kit.open(config);
          const expected = from - (from % RECORDS);
          const got = firstRead(log, from);
          if (expected === baseOffset) expect([index, from, got]).toEqual([index, from, 'refused']);
          else if (got !== 'refused') expect([index, from, got]).toEqual([index, from, expected]);
          log.abandon();
        }
      }
      kit.fs.replaceFile(path, whole);
    }
  },
);

test('a batch that reaches beyond its segment, by its length, is not served with the next one', () => {
  const { kit, end } = closedLog();
  const [first = ''] = kit.fs.list(kit.directory).filter((name) => name.endsWith('.log'));
  const path = join(kit.directory, first);
  const whole = kit.fs.readFile(path);
  const { batches } = scanBatches(whole);
  const last = batches.at(-1);
  for (const more of [1, 50, 500, 5000]) {
    const damaged = Buffer.from(whole);
    damaged.writeInt32BE(damaged.readInt32BE((last?.at ?? 0) + 8) + more, (last?.at ?? 0) + 8);
    kit.fs.replaceFile(path, damaged);
    const log = kit.open(config);
    const plan = log.plan({ from: 0, maxBytes: 10_000, upTo: end, minOneBatch: true });
    if (plan.kind === 'refused') throw new Error('the batches before it are refused');
    const served = log.read(plan);
    expect([more, served]).toEqual([more, whole.subarray(0, last?.at)]);
    log.abandon();
  }
});
