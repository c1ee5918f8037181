/** A log lives a random life beside a plain list. `OTTLA_RANDOM_USE_SEEDS=1000` tries so many. */
import { describe, expect, test } from '@jest/globals';
import { MemoryFileSystem, SeededRandom } from '../base/index.ts';
import { append, LogFixture, read, values } from './log-fixture.ts';
import type { PartitionLog } from './partition-log.ts';

const SEEDS = Number(process.env['OTTLA_RANDOM_USE_SEEDS'] ?? 150);

interface Kept {
  readonly base: number;
  readonly last: number;
  readonly values: readonly string[];
  readonly timestampMs: number;
  readonly epoch: number;
}

/** A log as a plain list of batches: slow, and right by looking at it. */
class Oracle {
  batches: Kept[] = [];
  start = 0;
  end = 0;

  from(offset: number, upTo: number): Kept[] {
    return this.batches.filter(({ base, last }) => last >= offset && last < upTo && base < upTo);
  }

  /** A cut within a batch leaves a gap that a restart does not remember. */
  restart(end: number): void {
    const last = this.batches.at(-1)?.last ?? this.start - 1;
    if (end <= last || end > this.end)
      throw new Error(`the log ends at ${end}, not between ${last + 1} and ${this.end}`);
    this.end = end;
  }

  cut(offset: number): void {
    this.batches = this.batches.filter(({ last }) => last < offset);
    this.end = offset;
  }
}

/** What is written to it stays on its way for a while, if it is busy. */
class BusyDisk {
  readonly fs = new MemoryFileSystem();
  readonly #random: SeededRandom;
  readonly #writes: (() => void)[] = [];

  constructor(seed: number, isBusy: boolean) {
    this.#random = new SeededRandom(seed);
    if (isBusy) this.fs.busy = () => new Promise((done) => this.#writes.push(done));
  }

  async goOn(): Promise<void> {
    if (this.#random.chance(20)) await this.catchUp();
  }

  async catchUp(): Promise<void> {
    for (const write of this.#writes.splice(0)) write();
    await new Promise((done) => setImmediate(done));
  }
}

/** One life of a log: appends, reads, rolls, cuts, deletions and restarts in random order, always compared with the oracle. */
async function live(seed: number, isBusy: boolean): Promise<void> {
  const random = new SeededRandom(seed);
  const disk = new BusyDisk(seed, isBusy);
  const kit = new LogFixture(disk.fs);
  const config = {
    segmentBytes: random.pick([300, 2000, 20_000]),
    indexIntervalBytes: random.pick([1, 100, 4096]),
    segmentMs: random.pick([500, 1e9]),
    fileDeleteDelayMs: random.pick([0, 1000]),
    retentionMs: -1,
    retentionBytes: random.pick([-1, 3000]),
  };
  let log: PartitionLog = kit.open(config);
  let epoch = 0;
  const oracle = new Oracle();
  for (let step = 0; step < 120; step++) {
    const action = random.below(100);
    await disk.goOn();
    if (action < 50) {
      const count = 1 + random.below(4);
      const kept = Array.from({ length: count }, (_, i) => `${step}.${i}${'x'.repeat(random.below(30))}`);
      if (random.chance(5)) epoch += 1 + random.below(2);
      const { baseOffset } = append(log, kit.batch(kept), epoch);
      expect(baseOffset).toBe(oracle.end);
      oracle.batches.push({
        base: baseOffset,
        last: baseOffset + count - 1,
        values: kept,
        timestampMs: kit.clock.now(),
        epoch,
      });
      oracle.end += count;
    } else if (action < 60) kit.endTurn();
    else if (action < 65) kit.clock.advance(random.below(400));
    else if (action < 70 && oracle.end > 0) {
      const offset = Math.max(0, oracle.end - random.below(6));
      if (offset >= oracle.start) {
        log.truncateTo(offset);
        oracle.cut(offset);
      }
    } else if (action < 72) {
      log.close();
      log = kit.open(config, { logStartOffset: oracle.start });
      oracle.restart(log.logEndOffset);
    } else if (action < 74) {
      log.writeQueued();
      const recoveryPoint = random.pick([0, log.recoveryPoint]);
      kit.kill(log);
      log = kit.open(config, { cleanShutdown: false, logStartOffset: oracle.start, recoveryPoint });
      oracle.restart(log.logEndOffset);
    } else if (action < 77) {
      log.setHighWatermark(log.logEndOffset);
      log.deleteRecordsBefore(Math.min(log.highWatermark, oracle.start + random.below(4)));
      log.deleteOldSegments(kit.clock.now());
      oracle.start = log.logStartOffset;
    } else if (action < 79) await log.flushLater();
    else await compareReads(kit, log, oracle, random);
    expect([log.logStartOffset, log.logEndOffset]).toEqual([oracle.start, oracle.end]);
  }
  kit.endTurn();
  expect(values(log.batches(oracle.start))).toEqual(oracle.from(oracle.start, Infinity).flatMap((kept) => kept.values));
  for (let asked = 0; asked <= epoch; asked++) {
    const last = oracle.batches.findLast((kept) => kept.epoch === asked && kept.base >= oracle.start)?.last;
    const next = oracle.batches.find((kept) => kept.last >= oracle.start && kept.epoch > asked)?.base;
    if (last === undefined || next === undefined) continue;
    const { endOffset } = log.endOffsetForEpoch(asked);
    expect(endOffset).toBeGreaterThan(last);
    expect(endOffset).toBeLessThanOrEqual(next);
  }
}

async function compareReads(kit: LogFixture, log: PartitionLog, oracle: Oracle, random: SeededRandom): Promise<void> {
  const written = log.writtenEndOffset;
  const from = oracle.start + random.below(oracle.end - oracle.start + 1);
  const upTo = from + random.below(30);
  const maxBytes = 1 + random.below(2000);
  const expected = oracle.from(from, Math.min(upTo, written));
  const batches = read(log, { from, upTo, maxBytes });
  expect(batches.map(({ baseOffset }) => baseOffset)).toEqual(
    expected.slice(0, batches.length).map(({ base }) => base),
  );
  const bytes = batches.reduce((sum, batch) => sum + batch.sizeInBytes, 0);
  if (batches.length > 1) expect(bytes).toBeLessThanOrEqual(maxBytes);
  if (batches.length === 0) expect(expected).toEqual([]);
  if (batches.length < expected.length) {
    const [next] = read(log, { from: (expected[batches.length] as Kept).base, maxBytes: 1 });
    expect(bytes + (next?.sizeInBytes ?? 0)).toBeGreaterThan(maxBytes);
  }
  const all = oracle.from(oracle.start, Infinity);
  if (all.length === 0) return;
  const wanted = random.pick(all).timestampMs - random.below(2);
  const first = all.find(({ timestampMs }) => timestampMs >= wanted) as Kept;
  expect((await kit.settled(log.offsetForTimestamp(wanted)))?.offset).toBe(Math.max(first.base, oracle.start));
}

describe('a log under random use', () => {
  const seeds = Array.from({ length: SEEDS }, (_, seed) => seed);

  test.each(seeds)('does what a plain list does (seed %i)', async (seed) => live(seed, false));
  test.each(seeds)('does so on a disk that is busy (seed %i)', async (seed) => live(seed, true));
});
