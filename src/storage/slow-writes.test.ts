/** Appends to a disk that lets writers wait: the thread pool writes, and the event loop goes on. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { FileError, MemoryFileSystem, SimulatedClock } from '../base/index.ts';
import { append, LogFixture, read, refuse, values } from './log-fixture.ts';
import type { PartitionLog } from './partition-log.ts';
import { WritePace } from './write-pace.ts';

const MIB = 1024 * 1024;
const later = (): Promise<void> => new Promise((done) => setImmediate(done));

describe('a log on a busy disk', () => {
  let fs: MemoryFileSystem;
  let kit: LogFixture;
  let log: PartitionLog;
  let underWay: (() => void)[];
  let written: number[];

  beforeEach(() => {
    fs = new MemoryFileSystem();
    underWay = [];
    fs.busy = () => new Promise((done) => underWay.push(done));
    kit = new LogFixture(fs);
    open();
  });

  function open(): void {
    log = kit.open();
    written = [];
    log.onReadable((end) => written.push(end));
  }

  const send = (...records: string[]): Buffer => {
    const batch = kit.batch(records);
    append(log, batch);
    kit.endTurn();
    return batch;
  };

  /** The disk takes what is under way. */
  const take = async (): Promise<void> => {
    for (const done of underWay.splice(0)) done();
    await later();
  };

  /** What is appended next follows `before`, and nothing else has come back, when the log is opened again either. */
  async function expectToGoOnBehind(before: string): Promise<void> {
    append(log, kit.batch(['c']));
    log.writeQueued();
    await take();
    expect(values(read(log))).toEqual([before, 'c']);
    log.close();
    open();
    expect(values(log.batches(0))).toEqual([before, 'c']);
  }

  const fileSize = (): number => fs.info(`${kit.directory}/00000000000000000000.log`)?.size ?? 0;

  test('tells of what is appended when it is in the file, and shows nothing of it before', async () => {
    const { length } = send('a', 'b');
    expect([log.logEndOffset, log.writtenEndOffset, fileSize()]).toEqual([2, 0, 0]);
    expect(read(log)).toEqual([]);
    await take();
    expect([written, log.writtenEndOffset, fileSize()]).toEqual([[2], 2, length]);
    expect(values(read(log))).toEqual(['a', 'b']);
  });

  test('writes together what came during a write', async () => {
    send('a');
    send('b');
    send('c');
    expect(underWay).toHaveLength(1);
    await take();
    expect([written, underWay.length]).toEqual([[1], 1]);
    await take();
    expect(written).toEqual([1, 3]);
    expect(values(read(log))).toEqual(['a', 'b', 'c']);
  });

  test('goes on at once where the disk does', async () => {
    send('a');
    await take();
    fs.busy = undefined;
    kit.clock.advance(2_000);
    send('b');
    expect(written).toEqual([1, 2]);
  });

  test('tells of what came during a write though the disk is quick again by its end', async () => {
    send('a');
    send('b');
    fs.busy = undefined;
    kit.clock.advance(2_000);
    await take();
    expect(written).toEqual([1, 2]);
  });

  test('does not wait for the disk where all must be in the file now', async () => {
    send('a');
    send('b');
    expect(values(log.batches(0))).toEqual(['a', 'b']);
    expect(log.writtenEndOffset).toBe(2);
    send('c');
    await take();
    await take();
    expect(values(read(log))).toEqual(['a', 'b', 'c']);
  });

  test('needs the memory of a batch only until the batch counts as written', async () => {
    const batch = send('a');
    log.writeQueued();
    batch.fill(0);
    await take();
    expect(values(read(log))).toEqual(['a']);
  });

  test('syncs what it told of, where that is asked for', async () => {
    log.config = { ...log.config, flushMessages: 1 };
    const synced: number[] = [];
    fs.fault = (operation, path) => {
      if (operation === 'sync' && path.endsWith('.log')) synced.push(fileSize());
    };
    const sizes = [send('a').length, send('b').length];
    await take();
    await take();
    await later();
    expect(written).toEqual([1, 2]);
    expect(synced).toEqual([sizes[0], (sizes[0] as number) + (sizes[1] as number)]);
  });

  test('rolls, and what was under way to the old segment stays as it is', async () => {
    log.config = { ...log.config, segmentBytes: 100 };
    send('a');
    send('b');
    await take();
    await take();
    expect([log.segmentCount, written.at(-1)]).toEqual([2, 2]);
    expect(values(read(log))).toEqual(['a', 'b']);
  });

  test('cuts what is under way, which does not come back', async () => {
    send('a');
    await take();
    send('b', 'cut');
    log.truncateTo(1);
    await expectToGoOnBehind('a');
  });

  test('cuts what is under way from before it was closed, which does not come back', async () => {
    send('a');
    await take();
    send('b', 'cut');
    log.close();
    open();
    log.truncateTo(1);
    await expectToGoOnBehind('a');
  });

  test('is not written to by one that failed before', async () => {
    send('a');
    await take();
    send('b', 'lost');
    log.fail(new Error('the disk'));
    log.abandon();
    log = kit.open({}, { cleanShutdown: false });
    expect(log.logEndOffset).toBe(1);
    await expectToGoOnBehind('a');
  });

  test('has everything in the file when it is closed', async () => {
    send('a');
    send('b');
    log.close();
    expect(written).toEqual([2]);
    await take();
    open();
    expect(values(read(log))).toEqual(['a', 'b']);
  });

  test('is left with whole batches when the process is killed during a write', async () => {
    send('a');
    await take();
    send('b');
    kit.kill(log);
    await take();
    log = kit.open({}, { cleanShutdown: false });
    expect(values(read(log))).toEqual(['a', 'b']);
  });

  test('goes offline when the write fails, and tells of nothing that was not written', async () => {
    const failures: string[] = [];
    log.onFailed(({ message }) => failures.push(message));
    send('a');
    fs.fault = (operation, path) => {
      if (operation === 'write') throw new FileError('EIO', 'write', path);
    };
    await take();
    kit.endTurn();
    expect([log.isOffline, failures.length, written]).toEqual([true, 1, []]);
    expect(refuse(log, kit.batch(['b'])).errorMessage).toBe('the log is offline');
  });

  test('forgets what is under way when it is abandoned', async () => {
    send('a');
    log.abandon();
    await take();
    expect(written).toEqual([]);
  });

  test('writes much in portions, and tells of each', async () => {
    send('a');
    const large = 900 * 1024;
    for (const letter of 'bcdef') send(letter.repeat(large));
    const sizes: number[] = [];
    for (; underWay.length > 0; await take()) sizes.push(fileSize());
    expect(written).toEqual([1, 5, 6]);
    expect(sizes.map((size) => Math.floor(size / MIB))).toEqual([0, 0, 3]);
    expect(values(read(log)).map((value) => value?.length)).toEqual([1, large, large, large, large, large]);
  });

  describe('with a batch of nine MiB', () => {
    const value = Array.from({ length: 9 }, (_, i) => String(i).repeat(MIB)).join('');
    const all = (): unknown[] => values(read(log));

    beforeEach(() => {
      log.config = { ...log.config, maxMessageBytes: 64 * MIB };
      send(value);
    });

    test('writes it piece by piece, and tells of it when all of it is there', async () => {
      const sizes: number[] = [];
      for (; underWay.length > 0; await take()) sizes.push(fileSize());
      expect(sizes).toEqual([0, 4 * MIB, 8 * MIB]);
      expect(written).toEqual([1]);
      expect(all()).toEqual([value]);
    });

    test('goes on behind it when it is overtaken between two pieces', async () => {
      await take();
      expect([fileSize(), written]).toEqual([4 * MIB, []]);
      log.writeQueued();
      send('behind');
      await take();
      await take();
      expect(all()).toEqual([value, 'behind']);
      log.close();
      open();
      expect(all()).toEqual([value, 'behind']);
    });

    test('has nothing of it after a kill between two pieces', async () => {
      await take();
      kit.kill(log);
      await take();
      log = kit.open({}, { cleanShutdown: false });
      expect([log.logEndOffset, fileSize()]).toEqual([0, 0]);
    });
  });

  test('lets the event loop wait after all when too much is queued', () => {
    log.config = { ...log.config, maxMessageBytes: 64 * MIB };
    const large = (): void => void send('x'.repeat(50 * MIB));
    large();
    large();
    large();
    expect(log.writtenEndOffset).toBe(0);
    large();
    expect(log.writtenEndOffset).toBe(4);
  });
});

describe('the pace of writes to a disk', () => {
  const clock = new SimulatedClock();
  let isWritingBack: boolean;
  const disk = { isWritingBack: () => isWritingBack };

  beforeEach(() => {
    isWritingBack = true;
  });

  test('is told by a write that took long, for a quarter of a second', () => {
    const pace = new WritePace(clock, disk);
    pace.measure(0, () => clock.advance(4));
    expect(pace.isLater(1)).toBe(false);
    pace.measure(0, () => clock.advance(5));
    expect(pace.isLater(1)).toBe(true);
    clock.advance(250);
    expect(pace.isLater(1)).toBe(false);
  });

  test('grants a large write its time', async () => {
    const pace = new WritePace(clock, disk);
    pace.measure(4 * MIB, () => clock.advance(12));
    await pace.inTurn(async (copy) => {
      copy([Buffer.alloc(4 * MIB)], 4 * MIB);
      clock.advance(12);
    });
    expect(pace.isLater(1)).toBe(false);
    pace.measure(4 * MIB, () => clock.advance(14));
    expect(pace.isLater(1)).toBe(true);
  });

  test('is kept by writes of the thread pool that take long', async () => {
    const pace = new WritePace(clock, disk);
    pace.measure(0, () => clock.advance(5));
    clock.advance(200);
    await pace.inTurn(async () => clock.advance(5));
    clock.advance(200);
    expect(pace.isLater(1)).toBe(true);
  });

  test('is not told by one slow write while the system writes nothing back: it waited for a core', () => {
    isWritingBack = false;
    const pace = new WritePace(clock, disk);
    const write = (ms: number): void => pace.measure(0, () => clock.advance(ms));
    write(50);
    write(1);
    write(50);
    expect(pace.isLater(1)).toBe(false);
    write(5);
    expect(pace.isLater(1)).toBe(true);
  });

  test('is not kept by slow writes of the thread pool while the system writes nothing back', async () => {
    const pace = new WritePace(clock, disk);
    pace.measure(0, () => clock.advance(5));
    isWritingBack = false;
    clock.advance(200);
    await pace.inTurn(async () => clock.advance(50));
    expect(pace.isLater(1)).toBe(false);
  });

  test('is never waited for where more than 4 MiB are written in one go: they take the event loop too long on any disk', () => {
    const pace = new WritePace(clock, disk);
    expect(pace.isLater(4 * MIB)).toBe(false);
    expect(pace.isLater(4 * MIB + 1)).toBe(true);
  });

  test('lets two write at a time', async () => {
    const pace = new WritePace(clock, disk);
    const begun: (() => void)[] = [];
    const write = (): Promise<void> => new Promise<void>((done) => begun.push(done));
    for (let i = 0; i < 3; i++) void pace.inTurn(write);
    await later();
    expect(begun).toHaveLength(2);
    begun[0]?.();
    await later();
    expect(begun).toHaveLength(3);
  });
});
