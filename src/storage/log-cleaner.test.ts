import { describe, expect, jest, test } from '@jest/globals';
import { FileError, MemoryFileSystem } from '../base/index.ts';
import { CleanerFixture, contents, recordLines } from './cleaner-fixture.ts';
import { fileName } from './file-names.ts';
import type { PartitionLog } from './partition-log.ts';

const cleanerCheckpoint = (fixture: CleanerFixture): string =>
  fixture.fs.readFile('/data/cleaner-offset-checkpoint').toString();

describe('when a log is compacted', () => {
  function filled(fixture: CleanerFixture, log: PartitionLog, batches: number, key = 'k'): void {
    for (let i = 0; i < batches; i++) fixture.send(log, [`${key}=${i}`]);
    fixture.roll(log);
  }

  test('only when more than min.cleanable.dirty.ratio of it is dirty', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open({ minCleanableDirtyRatio: 0.01 });
    for (let i = 0; i < 100; i++) fixture.send(log, [`k${i}=v`]);
    fixture.roll(log);
    await fixture.clean();
    log.config = { ...log.config, minCleanableDirtyRatio: 0.5 };
    filled(fixture, log, 10);
    await fixture.clean();
    expect(contents(log).filter((line) => / k=/.test(line))).toHaveLength(10);
    // The config is obeyed from the next look on.
    log.config = { ...log.config, minCleanableDirtyRatio: 0.05 };
    await fixture.clean();
    expect(contents(log).filter((line) => / k=/.test(line))).toHaveLength(1);
  });

  test('not while its records are younger than min.compaction.lag.ms', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open({ minCompactionLagMs: 60_000 });
    filled(fixture, log, 3);
    await fixture.clean();
    expect(contents(log)).toHaveLength(3);
    fixture.clock.advance(60_000);
    await fixture.clean();
    expect(contents(log)).toEqual(['2 k=2']);
  });

  test('however clean, once a record has waited for max.compaction.lag.ms', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open({ minCleanableDirtyRatio: 1, maxCompactionLagMs: 60_000 });
    filled(fixture, log, 3);
    await fixture.clean();
    expect(contents(log)).toHaveLength(3);
    fixture.clock.advance(60_001);
    await fixture.clean();
    expect(contents(log)).toEqual(['2 k=2']);
  });

  test('again and again, a backoff after there was nothing to do', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open();
    await fixture.clean();
    filled(fixture, log, 3);
    fixture.clock.advance(14_998);
    await fixture.cleaner.idle();
    expect(contents(log)).toHaveLength(3);
    fixture.clock.advance(1);
    await fixture.cleaner.idle();
    expect(contents(log)).toEqual(['2 k=2']);
  });

  test('the filthiest first', async () => {
    const fixture = new CleanerFixture();
    const clean = fixture.open({}, 'clean');
    const filthy = fixture.open({}, 'filthy');
    for (let i = 0; i < 50; i++) fixture.send(clean, [`k${i}=v`]);
    fixture.roll(clean);
    await fixture.clean();
    filled(fixture, clean, 3);
    filled(fixture, filthy, 3);
    const order: string[] = [];
    for (const log of [clean, filthy]) {
      jest.spyOn(log.compaction, 'createCleaned').mockImplementationOnce((baseOffset) => {
        order.push(log.topic);
        return log.compaction.createCleaned(baseOffset);
      });
    }
    await fixture.clean();
    expect(order).toEqual(['filthy', 'clean']);
  });

  test('in several rounds when its keys are more than fit into log.cleaner.dedupe.buffer.size', async () => {
    const fixture = new CleanerFixture();
    fixture.cleanerConfig = { ...fixture.cleanerConfig, dedupeBufferBytes: 24 * 12 };
    const log = fixture.open();
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 30; i++) fixture.send(log, [`k${i}=${round}`, `l${i}=${round}`]);
    }
    fixture.roll(log);
    await fixture.clean();
    expect(contents(log)).toHaveLength(60);
    expect(contents(log).every((line) => line.endsWith('=2'))).toBe(true);
  });

  test('never, when its policy is delete; from when it becomes compact on', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open({ cleanupPolicy: { delete: true, compact: false } });
    filled(fixture, log, 3);
    await fixture.clean();
    expect(contents(log)).toHaveLength(3);
    log.config = { ...log.config, cleanupPolicy: { delete: true, compact: true } };
    await fixture.clean();
    expect(contents(log)).toHaveLength(1);
  });

  test('where it was left, says a checkpoint in the directory', async () => {
    const fixture = new CleanerFixture();
    let log = fixture.open();
    filled(fixture, log, 5);
    await fixture.clean();
    expect(cleanerCheckpoint(fixture)).toMatch(/^0\n1\norders 0 5\s*$/);
    await fixture.restart();
    log = fixture.open();
    expect(log.compaction.firstDirtyOffset).toBe(5);
    fixture.directory.deleteLog(log);
    expect(cleanerCheckpoint(fixture)).toBe('0\n0\n');
  });

  test('from the front again where a checkpoint is not one of this log', async () => {
    const fixture = new CleanerFixture();
    fixture.fs.replaceFile('/data/cleaner-offset-checkpoint', '0\n1\norders 0 1000\n');
    await fixture.restart();
    const log = fixture.open();
    filled(fixture, log, 5);
    await fixture.clean();
    expect(contents(log)).toEqual(['4 k=4']);
  });

  test('what was cut off and written anew is dirty again', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open();
    filled(fixture, log, 5);
    await fixture.clean();
    log.setHighWatermark(3);
    log.truncateTo(3);
    expect(log.compaction.firstDirtyOffset).toBe(3);
  });
});

describe('segments', () => {
  test('become one where they fit into segment.bytes together', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open({ segmentBytes: 100 });
    for (let i = 0; i < 20; i++) fixture.send(log, ['k=v']);
    fixture.roll(log);
    expect(log.segmentCount).toBe(21);
    log.config = { ...log.config, segmentBytes: 100_000 };
    await fixture.clean();
    expect(log.segmentCount).toBe(2);
    expect(contents(log)).toEqual(['19 k=v']);
  });

  test('that were replaced stay as .deleted for file.delete.delay.ms', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open({ fileDeleteDelayMs: 5000 });
    for (let i = 0; i < 5; i++) fixture.send(log, ['k=v']);
    fixture.roll(log);
    await fixture.clean();
    expect(fixture.files(log)).toContain(`${fileName(0, '.log')}.deleted`);
    expect(fixture.files(log).filter((name) => /cleaned|swap/.test(name))).toEqual([]);
    fixture.clock.advance(5000);
    expect(fixture.files(log).filter((name) => name.endsWith('.deleted'))).toEqual([]);
  });

  test('that a reader is at are still read as they were', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open();
    for (let i = 0; i < 5; i++) fixture.send(log, [`k=${i}`]);
    fixture.roll(log);
    const plan = log.plan({ from: 0, maxBytes: 1_000_000, upTo: 5, minOneBatch: true });
    if (plan.kind === 'refused') throw new Error('refused');
    const before = log.read(plan).toString('hex');
    await fixture.clean();
    expect(contents(log)).toEqual(['4 k=4']);
    expect(log.read(plan).toString('hex')).toBe(before);
    expect((await log.readLater(plan)).toString('hex')).toBe(before);
  });

  test('that a coordinator is loading from are left for those that took their place', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open({ fileDeleteDelayMs: 0 });
    for (let i = 0; i < 30; i++) fixture.send(log, [`k${i % 20}=${i}`]);
    fixture.roll(log);
    const loading = log.batches(0);
    const loaded = [loading.next().value, loading.next().value].filter((batch) => batch !== undefined);
    await fixture.clean();
    fixture.clock.advance(1);
    expect(fixture.files(log).filter((name) => name.endsWith('.deleted'))).toEqual([]);
    const lines = recordLines([...loaded, ...loading]);
    expect(lines.slice(0, 3)).toEqual(['0 k0=0', '1 k1=1', '10 k10=10']);
    expect(lines).toHaveLength(2 + 20 + 1);
  });

  test('keep the time of the youngest they were made of', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open({ segmentBytes: 100_000 });
    fixture.send(log, ['k=1']);
    const written = fixture.clock.now();
    fixture.clock.advance(50_000);
    fixture.roll(log);
    await fixture.clean();
    expect(fixture.fs.info(`/data/orders-0/${fileName(0, '.log')}`)?.modifiedMs).toBe(written);
  });
});

describe('what happens meanwhile', () => {
  function dirty(fixture: CleanerFixture): PartitionLog {
    const log = fixture.open();
    for (let i = 0; i < 50; i++) fixture.send(log, [`k=${i}`]);
    fixture.roll(log);
    return log;
  }

  /** Lets the cleaner come half-way. */
  async function begin(fixture: CleanerFixture): Promise<void> {
    fixture.cleanerConfig = { ...fixture.cleanerConfig, maxBytesPerSecond: 1000, ioBufferBytes: 400 };
    fixture.cleaner.start();
    for (let i = 0; i < 50; i++) await Promise.resolve();
    fixture.clock.advance(4000);
    for (let i = 0; i < 50; i++) await Promise.resolve();
  }

  const leftovers = (fixture: CleanerFixture, folder: string) =>
    fixture.fs.list(folder).filter((name) => /cleaned|swap/.test(name));

  test('records that come in are there afterwards, and are compacted the next time', async () => {
    const fixture = new CleanerFixture();
    const log = dirty(fixture);
    fixture.cleaner.start();
    for (let i = 0; i < 10; i++) fixture.send(log, [`k=later ${i}`]);
    await fixture.cleaner.idle();
    const lines = contents(log);
    expect(lines.at(-1)).toMatch(/k=later 9$/);
    fixture.roll(log);
    await fixture.clean();
    expect(contents(log)).toHaveLength(1);
  });

  test('a topic that is deleted takes the unfinished segment with it', async () => {
    const fixture = new CleanerFixture();
    const log = dirty(fixture);
    await begin(fixture);
    fixture.directory.deleteLog(log);
    await fixture.cleaner.close();
    expect(fixture.directory.isOffline).toBe(false);
    expect(fixture.fs.list('/data').filter((name) => name.startsWith('orders-0'))).toHaveLength(1);
  });

  test('a log that is cut is left alone', async () => {
    const fixture = new CleanerFixture();
    const log = dirty(fixture);
    await begin(fixture);
    log.truncateFullyAndStartAt(100);
    await fixture.cleaner.close();
    expect(contents(log)).toEqual([]);
    expect(log.logStartOffset).toBe(100);
    expect(leftovers(fixture, log.directory)).toEqual([]);
    expect(fixture.directory.isOffline).toBe(false);
  });

  test('a policy that is delete now ends it', async () => {
    const fixture = new CleanerFixture();
    const log = dirty(fixture);
    await begin(fixture);
    log.config = { ...log.config, cleanupPolicy: { delete: true, compact: false } };
    fixture.clock.advance(60_000);
    await fixture.cleaner.idle();
    expect(contents(log)).toHaveLength(50);
    expect(leftovers(fixture, log.directory)).toEqual([]);
  });

  test('a stop does not wait for it to end', async () => {
    const fixture = new CleanerFixture();
    const log = dirty(fixture);
    await begin(fixture);
    await fixture.cleaner.close();
    expect(contents(log)).toHaveLength(50);
    expect(leftovers(fixture, log.directory)).toEqual([]);
  });

  test('log.cleaner.io.max.bytes.per.second makes it take its time', async () => {
    const fixture = new CleanerFixture();
    const log = dirty(fixture);
    const bytes = log.sizeInBytes;
    fixture.cleanerConfig = { ...fixture.cleanerConfig, maxBytesPerSecond: bytes / 10, ioBufferBytes: 400 };
    const from = fixture.clock.now();
    fixture.cleaner.start();
    while (contents(log).length > 1) {
      for (let i = 0; i < 20; i++) await Promise.resolve();
      fixture.clock.advance(50);
    }
    // Read twice, and next to nothing written.
    expect(fixture.clock.now() - from).toBeGreaterThan(18_000);
    expect(fixture.clock.now() - from).toBeLessThan(30_000);
  });

  test("a log that is cut while its new segment waits to take the old ones' place keeps those", async () => {
    const fs = new MemoryFileSystem();
    const fixture = new CleanerFixture(fs);
    const log = dirty(fixture);
    let isNamed = false;
    fs.fault = (operation, path) => {
      if (operation === 'rename' && path.endsWith('.log.cleaned')) isNamed = true;
      if (operation !== 'sync directory' || !isNamed) return;
      isNamed = false;
      log.truncateTo(10);
    };
    await fixture.clean();
    expect(isNamed).toBe(false);
    // What was left was compacted anew: of the one given up there is only the 49th.
    expect(contents(log)).toEqual(['9 k=9']);
    expect(leftovers(fixture, log.directory)).toEqual([]);
    await fixture.restart();
    expect(contents(fixture.open())).toEqual(['9 k=9']);
  });

  test('a segment that cannot be synced while the next is gone through takes the directory offline', async () => {
    const fs = new MemoryFileSystem();
    const fixture = new CleanerFixture(fs);
    const log = fixture.open({ segmentBytes: 400 });
    for (let i = 0; i < 50; i++) fixture.send(log, [`k${i}=v`]);
    fixture.roll(log);
    const made = new Set<string>();
    fs.fault = (operation, path) => {
      if (operation === 'create' && path.endsWith('.log.cleaned')) made.add(path);
      if (operation === 'sync' && made.has(path)) throw new FileError('EIO', operation, path);
    };
    await fixture.clean();
    expect(made.size).toBeGreaterThan(0);
    expect(log.isOffline).toBe(true);
    fs.fault = undefined;
    await fixture.restart();
    const again = fixture.open({ segmentBytes: 400 });
    expect(contents(again)).toHaveLength(50);
    expect(leftovers(fixture, again.directory)).toEqual([]);
  });

  test('a damaged segment is found, and left as it is from then on', async () => {
    const fixture = new CleanerFixture();
    const log = dirty(fixture);
    const file = fixture.fs.open(`/data/orders-0/${fileName(0, '.log')}`);
    file.write([Buffer.from([0xff])], 100);
    file.close();
    const before = fixture.fs.readFile(`/data/orders-0/${fileName(0, '.log')}`);
    await fixture.clean();
    await fixture.clean();
    expect(fixture.fs.readFile(`/data/orders-0/${fileName(0, '.log')}`)).toEqual(before);
    expect(log.isOffline).toBe(false);
    const other = fixture.open({}, 'other');
    for (let i = 0; i < 5; i++) fixture.send(other, [`k=${i}`]);
    fixture.roll(other);
    await fixture.clean();
    expect(contents(other)).toHaveLength(1);
  });

  test('a disk that is full takes the directory offline', async () => {
    const fs = new MemoryFileSystem();
    const fixture = new CleanerFixture(fs);
    const log = dirty(fixture);
    fs.fault = (operation, path) => {
      if (operation === 'write' && path.endsWith('.cleaned')) throw new FileError('ENOSPC', operation, path);
    };
    await fixture.clean();
    expect(log.isOffline).toBe(true);
    expect(fixture.directory.isOffline).toBe(true);
  });
});

describe('retention of compacted logs', () => {
  test('segments below the log start offset go, policy compact or not', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open({ segmentBytes: 100, minCleanableDirtyRatio: 1 });
    for (let i = 0; i < 5; i++) fixture.send(log, [`k${i}=v`]);
    fixture.roll(log);
    log.deleteRecordsBefore(3);
    fixture.directory.enforceRetention(fixture.clock.now());
    expect(log.firstBaseOffset).toBe(0);
    await fixture.clean();
    expect(log.firstBaseOffset).toBe(3);
  });

  test('compact,delete: what is older than retention.ms goes as well', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open({
      segmentBytes: 100,
      cleanupPolicy: { delete: true, compact: true },
      retentionMs: 60_000,
    });
    for (let i = 0; i < 5; i++) fixture.send(log, [`k${i}=v`]);
    fixture.roll(log);
    fixture.clock.advance(61_000);
    fixture.send(log, ['young=v']);
    fixture.roll(log);
    await fixture.clean();
    expect(contents(log)).toEqual(['6 young=v']);
    expect(log.logStartOffset).toBe(6);
  });
});
