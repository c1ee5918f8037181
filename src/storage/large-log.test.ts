import { describe, expect, jest, test } from '@jest/globals';
import { FileError } from '../base/index.ts';
import type { RecordBatch } from '../wire/records/index.ts';
import { scanBatches } from '../wire/records/index.ts';
import { append, LogFixture, read, values } from './log-fixture.ts';
import { OpenSegments } from './open-segments.ts';
import { PageCache } from './page-cache.ts';
import type { PartitionLog } from './partition-log.ts';
import { floorSegment, isAtHand, type ReadPlan } from './read-plan.ts';
import type { Segment } from './segment.ts';
import { WatchedFileSystem } from './watched-file-system.ts';

const SEGMENTS = 2000;

/** A log of many small segments, stopped cleanly and opened again. */
function largeLog(): { fs: WatchedFileSystem; kit: LogFixture; log: PartitionLog } {
  const fs = new WatchedFileSystem();
  const kit = new LogFixture(fs);
  const config = { segmentBytes: 200, indexIntervalBytes: 50 };
  const first = kit.open(config);
  for (let i = 0; i < 2 * SEGMENTS; i++) append(first, kit.batch([`value ${i}`]));
  kit.endTurn();
  first.close();
  fs.forget();
  const log = kit.open(config, { highWatermark: 2 * SEGMENTS });
  return { fs, kit, log };
}

const isOfLog = (path: string): boolean => /\.(log|index|timeindex|txnindex)$/.test(path);

describe('a log of thousands of segments', () => {
  const { fs, kit, log } = largeLog();
  const opening = { opened: [...fs.opened], reads: [...fs.reads], looks: fs.looks };
  const { segmentCount, logEndOffset } = log;

  test('opens after a clean stop by its last segment alone', () => {
    expect(segmentCount).toBeGreaterThanOrEqual(SEGMENTS);
    const used = new Set([...opening.opened, ...opening.reads.map(({ path }) => path)].filter(isOfLog));
    const [last = ''] = fs
      .list('/data/orders-0')
      .filter((name) => name.endsWith('.log'))
      .slice(-1);
    expect([...used].filter((path) => !path.includes(last.slice(0, 20)))).toEqual([]);
    expect(used.size).toBeGreaterThan(0);
    expect(opening.looks).toBeLessThan(20);
  });

  test('is read from any offset at the cost of its end', () => {
    const costOf = (from: number): number => {
      fs.forget();
      expect(values(read(log, { from, maxBytes: 150 }))[0]).toBe(`value ${from}`);
      return fs.opened.length + fs.reads.length + fs.looks;
    };
    const ends = [logEndOffset - 5, logEndOffset - 9].map(costOf);
    const others = [1, 500, 1999, 2700, 3500].map(costOf);
    expect(Math.max(...others)).toBeLessThanOrEqual(Math.max(...ends));
  });

  test('holds few files open and few indexes in memory however much of it is read', () => {
    fs.forget();
    expect(values(read(log, { from: 0 }))).toHaveLength(logEndOffset);
    for (let from = 1; from < logEndOffset; from += 7) read(log, { from, maxBytes: 100 });
    expect(new Set(fs.opened).size).toBeGreaterThan(1000);
    expect(fs.openFiles).toBeLessThan(260);
  });

  test('tells at read committed that nothing was aborted without opening anything, and looks for files once', () => {
    fs.forget();
    expect(log.abortedTransactions(0, 10)).toEqual([]);
    expect(fs.opened).toEqual([]);
    fs.forget();
    expect(log.abortedTransactions(5, 12)).toEqual([]);
    expect(fs.looks).toBe(0);
  });

  test('lets others have their turn between segments when it is searched by time first', async () => {
    fs.forget();
    let most = 0;
    const found = log.offsetForTimestamp(Number.MAX_SAFE_INTEGER);
    for (let turn = 0; turn < 100; turn++) {
      const before = fs.opened.length;
      kit.endTurn();
      await Promise.resolve();
      most = Math.max(most, fs.opened.length - before);
    }
    expect(most).toBeLessThanOrEqual(3);
    expect(fs.opened.length).toBeGreaterThan(0);
    expect(await kit.settled(found)).toBeUndefined();
  });

  test('remembers the largest timestamps, so that a second search by time opens only what it finds', async () => {
    expect(await kit.settled(log.offsetForTimestamp(Number.MAX_SAFE_INTEGER))).toBeUndefined();
    fs.forget();
    expect(await kit.settled(log.offsetForTimestamp(Number.MAX_SAFE_INTEGER))).toBeUndefined();
    expect(fs.reads).toEqual([]);
  });

  test('finds the segment of an offset in a logarithm of steps', () => {
    let steps = 0;
    const segments = Array.from({ length: 10_000 }, (_, i) => ({
      get baseOffset() {
        steps++;
        return i * 10;
      },
    })) as unknown as Segment[];
    expect([0, 5, 4321, 99_989, 99_990, 200_000].map((offset) => floorSegment(segments, offset))).toEqual([
      0, 0, 432, 9998, 9999, 9999,
    ]);
    expect(steps).toBeLessThan(6 * 16);
  });
});

describe('open segments', () => {
  const segment = (indexBytes: number) => ({ indexBytes, release: jest.fn() });

  test('the least recently used lets go when the indexes take too much', () => {
    const open = new OpenSegments(100, 1000);
    const [first, second, third] = [segment(400), segment(400), segment(400)];
    open.used(first);
    open.used(second);
    open.used(first);
    open.used(third);
    expect([first, second, third].map(({ release }) => release.mock.calls.length)).toEqual([0, 1, 0]);
  });

  test('one that takes too much alone is left until there is another', () => {
    const open = new OpenSegments(100, 1000);
    const [large, small] = [segment(5000), segment(1)];
    open.used(large);
    expect(large.release).not.toHaveBeenCalled();
    open.used(small);
    expect(large.release).toHaveBeenCalled();
    expect(small.release).not.toHaveBeenCalled();
  });
});

/** A log of a few segments that nobody has read since the start. */
function coldLog(): { fs: WatchedFileSystem; kit: LogFixture; log: PartitionLog } {
  const fs = new WatchedFileSystem();
  const kit = new LogFixture(fs);
  const config = { segmentBytes: 300_000, indexIntervalBytes: 4096 };
  const first = kit.open(config);
  for (let i = 0; i < 400; i++) append(first, kit.batch([`${i} ${'x'.repeat(2000)}`]));
  kit.endTurn();
  first.close();
  const log = kit.open(config, { highWatermark: 400 });
  fs.forget();
  return { fs, kit, log };
}

function planned(log: PartitionLog, from: number, maxBytes: number): ReadPlan {
  const plan = log.plan({ from, maxBytes, upTo: Infinity, minOneBatch: true });
  if (plan.kind === 'refused') throw new Error(`refused: ${plan.errorCode}`);
  return plan;
}

const wholeBatches = (bytes: Buffer): RecordBatch[] => scanBatches(bytes).batches;
const firstValue = (bytes: Buffer): string => values(wholeBatches(bytes).slice(0, 1))[0]?.split(' ')[0] ?? '';

describe('cold data', () => {
  test.each([
    ['within a segment', 30, 100_000],
    ['over several segments', 100, 500_000],
    ['over all of them', 20, 760_000],
    ['from the start', 0, 250_000],
    ['a single batch', 77, 1],
  ])('is planned and read without waiting for the disk: %s', async (_, from, maxBytes) => {
    const { fs, log } = coldLog();
    await log.planPreparation(from, maxBytes);
    const plan = planned(log, from, maxBytes);
    if (!isAtHand(plan)) await log.readLater(plan);
    expect(firstValue(log.read(plan))).toBe(String(from));
    expect(fs.blockingReads).toEqual([]);
    expect(isAtHand(plan)).toBe(true);
    expect(log.planPreparation(from, maxBytes)).toBeUndefined();
  });

  test('what was written lately is read at once, and so is the tail of the log', () => {
    const { kit, log } = coldLog();
    for (let i = 400; i < 800; i++) append(log, kit.batch([`${i} ${'x'.repeat(2000)}`]));
    kit.endTurn();
    for (const from of [795, 700, 450]) {
      expect(log.planPreparation(from, 10_000)).toBeUndefined();
      expect(isAtHand(planned(log, from, 10_000))).toBe(true);
    }
    expect(log.planPreparation(50, 10_000)).toBeDefined();
    expect(log.planPreparation(800, 10_000)).toBeUndefined();
    expect(log.planPreparation(900, 10_000)).toBeUndefined();
  });

  test('a missing index is no matter: planning makes it anew', async () => {
    const { fs, log } = coldLog();
    fs.remove('/data/orders-0/00000000000000000000.index');
    await log.planPreparation(30, 10_000);
    expect(firstValue(log.read(planned(log, 30, 10_000)))).toBe('30');
  });

  test('a disk that does not give it fails the read, not the preparation', async () => {
    const { fs, log } = coldLog();
    fs.fault = (operation, path) => {
      if (operation === 'read' && path.endsWith('.log')) throw new FileError('EIO', operation, path);
    };
    await log.planPreparation(30, 10_000);
    expect(log.plan({ from: 30, maxBytes: 10_000, upTo: Infinity, minOneBatch: true }).kind).toBe('refused');
  });

  test('only a few reads wait for the disk at a time: syncs have a way too', async () => {
    const { fs, log } = coldLog();
    const plan = planned(log, 0, 10_000);
    const buffers = await Promise.all(Array.from({ length: 20 }, () => log.readLater(plan)));
    expect(buffers.map(firstValue)).toEqual(Array.from({ length: 20 }, () => '0'));
    expect(fs.mostReadsUnderWay).toBe(2);
  });

  /** Begins a read that gets stuck in the disk. */
  async function stuckRead(log: PartitionLog, fs: WatchedFileSystem) {
    const plan = planned(log, 30, 50_000);
    let release: () => void = () => undefined;
    fs.hold = new Promise((done) => (release = done));
    const reading = log.readLater(plan);
    await Promise.resolve();
    return { plan, reading, release };
  }

  test('a log that is cut while it is read gives nothing of the read', async () => {
    const { fs, kit, log } = coldLog();
    const { reading, release } = await stuckRead(log, fs);
    log.truncateTo(20);
    append(log, kit.batch(['another']));
    kit.endTurn();
    release();
    expect(await reading).toHaveLength(0);
  });

  test('a segment that is deleted while it is read gives nothing but what it had, and no file stays open', async () => {
    const { fs, kit, log } = coldLog();
    const openBefore = fs.openFiles;
    const { reading, release } = await stuckRead(log, fs);
    log.deleteRecordsBefore(380);
    expect(log.deleteOldSegments(kit.clock.now())).toBeGreaterThan(0);
    kit.clock.advance(log.config.fileDeleteDelayMs);
    release();
    expect(['', '30']).toContain(firstValue(await reading));
    expect(fs.openFiles).toBeLessThanOrEqual(openBefore);
  });

  test('a segment whose files are gone before its turn gives nothing', async () => {
    const { kit, log } = coldLog();
    const plan = planned(log, 30, 50_000);
    log.deleteRecordsBefore(380);
    log.deleteOldSegments(kit.clock.now());
    kit.clock.advance(log.config.fileDeleteDelayMs);
    expect(await log.readLater(plan)).toHaveLength(0);
  });
});

describe('what is believed to be in memory', () => {
  const MIB = 1 << 20;

  test('is what was written or read last, in pieces', () => {
    const cache = new PageCache(256 * MIB);
    const [file, other] = [cache.pieces(), cache.pieces()];
    file.read(10 * MIB, MIB);
    expect([file.has(10 * MIB, MIB), file.has(9 * MIB, 2 * MIB), file.has(11 * MIB, 1)]).toEqual([true, false, false]);
    other.written(0, 255 * MIB);
    expect(file.has(10 * MIB, MIB)).toBe(true);
    other.written(255 * MIB, 2 * MIB);
    expect([file.has(10 * MIB, MIB), other.has(200 * MIB, MIB)]).toEqual([false, true]);
  });

  test('reading the same again and again drives nothing out, and keeps it', () => {
    const cache = new PageCache(256 * MIB);
    const [file, other] = [cache.pieces(), cache.pieces()];
    file.read(0, MIB);
    for (let i = 0; i < 1000; i++) other.read(0, MIB);
    expect(file.has(0, MIB)).toBe(true);
    other.written(MIB, 200 * MIB);
    file.read(0, MIB);
    other.written(201 * MIB, 200 * MIB);
    expect(file.has(0, MIB)).toBe(true);
  });
});

describe('batches larger than the interval of the index', () => {
  const SIZE = 300;
  /** @param isSmall which of them are smaller than that after all */
  const logOf = (isSmall: (i: number) => boolean): { fs: WatchedFileSystem; log: PartitionLog; ends: number[] } => {
    const fs = new WatchedFileSystem();
    const kit = new LogFixture(fs);
    const log = kit.open({ indexIntervalBytes: 1000 });
    const ends: number[] = [];
    for (let i = 0; i < SIZE; i++) {
      const bytes = kit.batch([`${i} ${'x'.repeat(isSmall(i) ? 10 : 1000 + 7 * i)}`, 'last']);
      append(log, bytes);
      ends.push((ends.at(-1) ?? 0) + bytes.length);
    }
    kit.endTurn();
    fs.forget();
    return { fs, log, ends };
  };

  test.each([
    ['all of them', () => false],
    ['not the tenth each time', (i: number): boolean => i % 10 === 9],
    ['not the second', (i: number): boolean => i === 1],
    ['none but the last', (i: number): boolean => i < SIZE - 1],
  ])('every offset leads to its batch, and a plan ends where it should: %s', (_, isSmall) => {
    const { log, ends } = logOf(isSmall);
    for (let i = 0; i < SIZE; i++) {
      for (const from of [2 * i, 2 * i + 1]) {
        const plan = planned(log, from, 8000);
        const fits = ends.findLastIndex((end) => end <= (ends[i - 1] ?? 0) + 8000);
        expect(firstValue(log.read(plan))).toBe(String(i));
        expect(plan.endOffset).toBe(2 * fits + 2);
        expect(plan.sizeInBytes).toBe(Math.min(8000, (ends.at(-1) as number) - (ends[i - 1] ?? 0)));
      }
    }
  });

  test('are planned without a look at the log', () => {
    const { fs, log } = logOf(() => false);
    for (let from = 4; from < 2 * SIZE; from++) planned(log, from, 8000);
    expect(fs.reads).toEqual([]);
  });
});
