import { describe, expect, jest, test } from '@jest/globals';
import { FileError, MemoryFileSystem, type File } from '../base/index.ts';
import { ErrorCode } from '../wire/index.ts';
import { append, LogFixture, read, refuse, values } from './log-fixture.ts';

describe('appending', () => {
  test('gives each batch the next offsets and the leader epoch, and reads them back', () => {
    const kit = new LogFixture();
    const log = kit.open();
    expect(append(log, kit.batch(['a', 'b']), 3)).toMatchObject({ baseOffset: 0, lastOffset: 1, isDuplicate: false });
    expect(append(log, kit.batch(['c']), 3)).toMatchObject({ baseOffset: 2, lastOffset: 2, logAppendTimeMs: -1 });
    kit.endTurn();
    const batches = read(log);
    expect(values(batches)).toEqual(['a', 'b', 'c']);
    expect(batches.map((batch) => [batch.baseOffset, batch.partitionLeaderEpoch, batch.isValid()])).toEqual([
      [0, 3, true],
      [2, 3, true],
    ]);
    expect(log.logEndOffset).toBe(3);
  });

  test('writes all batches of one turn at its end, and tells once', () => {
    const kit = new LogFixture();
    const log = kit.open();
    const written = jest.fn();
    log.onReadable(written);
    append(log, kit.batch(['a']));
    append(log, kit.batch(['b']));
    expect(log.writtenEndOffset).toBe(0);
    expect(read(log)).toEqual([]);
    kit.endTurn();
    expect(written.mock.calls).toEqual([[2]]);
    expect(values(read(log))).toEqual(['a', 'b']);
  });

  test('writes at once when more than a megabyte waits, and tells at the end of the turn', () => {
    const kit = new LogFixture();
    const log = kit.open({ maxMessageBytes: 2 ** 22 });
    const written = jest.fn();
    log.onReadable(written);
    append(log, kit.batch(['x'.repeat(2 ** 20)]));
    expect(log.writtenEndOffset).toBe(1);
    expect(written).not.toHaveBeenCalled();
    kit.endTurn();
    expect(written.mock.calls).toEqual([[1]]);
  });

  test('goes offline when the disk refuses: nothing is reported as written, later calls answer a storage error', () => {
    const fs = new MemoryFileSystem();
    const kit = new LogFixture(fs);
    const log = kit.open();
    append(log, kit.batch(['a']));
    kit.endTurn();
    const [written, failed] = [jest.fn(), jest.fn()];
    log.onReadable(written);
    log.onFailed(failed);
    fs.fault = (operation, path) => {
      if (operation === 'write' && path.endsWith('.log')) throw new FileError('ENOSPC', operation, path);
    };
    append(log, kit.batch(['b']));
    kit.endTurn();
    kit.endTurn();
    expect(written).not.toHaveBeenCalled();
    expect(failed).toHaveBeenCalledTimes(1);
    expect(log.isOffline).toBe(true);
    expect(refuse(log, kit.batch(['c'])).errorCode).toBe(ErrorCode.KAFKA_STORAGE_ERROR);
    const plan = log.plan({ from: 0, maxBytes: 100, upTo: 1, minOneBatch: true });
    expect(plan).toEqual({ kind: 'refused', errorCode: ErrorCode.KAFKA_STORAGE_ERROR });
  });

  test('a sync that fails takes the log offline too: what waits for the end of the turn is not written', () => {
    const fs = new MemoryFileSystem();
    const kit = new LogFixture(fs);
    const log = kit.open();
    const [written, failed] = [jest.fn(), jest.fn()];
    log.onReadable(written);
    log.onFailed(failed);
    append(log, kit.batch(['a']));
    fs.fault = (operation, path) => {
      if (operation === 'sync') throw new FileError('EIO', operation, path);
    };
    log.flush();
    kit.endTurn();
    kit.endTurn();
    expect(written).not.toHaveBeenCalled();
    expect(failed).toHaveBeenCalledTimes(1);
  });

  test('a replica takes its leader\u2019s batches as they are, and none of a later epoch', () => {
    const kit = new LogFixture();
    const leader = kit.open();
    append(leader, kit.batch(['a', 'b']), 1);
    append(leader, kit.batch(['c']), 2);
    kit.endTurn();
    const plan = leader.plan({ from: 0, maxBytes: 1e6, upTo: 3, minOneBatch: true });
    if (plan.kind === 'refused') throw new Error('refused');
    const bytes = leader.read(plan);
    const follower = new LogFixture().open({}, { clock: kit.clock });
    append(follower, Buffer.from(bytes), 1, 'replication');
    expect(follower.logEndOffset).toBe(2);
    append(
      follower,
      Buffer.from(bytes).subarray(plan.sizeInBytes - read(leader, { from: 2 })[0]!.sizeInBytes),
      2,
      'replication',
    );
    kit.endTurn();
    expect(values(read(follower))).toEqual(['a', 'b', 'c']);
    expect(follower.endOffsetForEpoch(1)).toEqual({ leaderEpoch: 1, endOffset: 2 });
    expect(follower.append(Buffer.from(bytes), { leaderEpoch: 2, origin: 'replication' }).kind).toBe('refused');
  });
});

describe('reading', () => {
  function threeBatches() {
    const kit = new LogFixture();
    const log = kit.open();
    for (const group of [['a', 'b'], ['c', 'd'], ['e']]) append(log, kit.batch(group));
    kit.endTurn();
    return { kit, log };
  }

  test('an offset within a batch is served with the whole batch', () => {
    const { log } = threeBatches();
    expect(values(read(log, { from: 3 }))).toEqual(['c', 'd', 'e']);
  });

  test('the first batch comes whole even if it is larger than asked for, unless that is not wanted', () => {
    const { log } = threeBatches();
    expect(values(read(log, { from: 0, maxBytes: 1 }))).toEqual(['a', 'b']);
    expect(values(read(log, { from: 0, maxBytes: 1, minOneBatch: false }))).toEqual([]);
  });

  test('the room that is left is filled with the beginning of the next batch', () => {
    const { log } = threeBatches();
    const [first] = read(log, { maxBytes: 1 });
    const size = first?.sizeInBytes ?? 0;
    for (const [maxBytes, minOneBatch, sizeInBytes] of [
      [0, true, size],
      [size, true, size],
      [size + 10, true, size + 10],
      [10, false, 0],
      [0, false, 0],
      [-1, false, 0],
    ] as const)
      expect(log.plan({ from: 0, maxBytes, upTo: 5, minOneBatch })).toMatchObject({ kind: 'plan', sizeInBytes });
    expect(log.plan({ from: 0, maxBytes: size + 10, upTo: 5, minOneBatch: true })).toMatchObject({ endOffset: 2 });
  });

  test('no batch that reaches the bound is read', () => {
    const { log } = threeBatches();
    expect(values(read(log, { upTo: 4 }))).toEqual(['a', 'b', 'c', 'd']);
    expect(values(read(log, { upTo: 3 }))).toEqual(['a', 'b']);
    expect(values(read(log, { from: 4, upTo: 4 }))).toEqual([]);
  });

  test('an offset that is not there is out of range; the log end is there', () => {
    const { log } = threeBatches();
    const plan = log.plan({ from: 6, maxBytes: 100, upTo: 6, minOneBatch: true });
    expect(plan).toEqual({ kind: 'refused', errorCode: ErrorCode.OFFSET_OUT_OF_RANGE });
    expect(read(log, { from: 5 })).toEqual([]);
  });

  test('a read at the tail of the log looks nothing up in files', () => {
    const fs = new MemoryFileSystem();
    const kit = new LogFixture(fs);
    const log = kit.open();
    for (let i = 0; i < 500; i++) append(log, kit.batch([String(i)]));
    kit.endTurn();
    fs.fault = (operation, path) => {
      throw new FileError('EIO', operation, path);
    };
    for (const from of [499, 450, 400]) {
      expect(log.plan({ from, maxBytes: 1000, upTo: 500, minOneBatch: true })).toMatchObject({ kind: 'plan' });
    }
  });

  test('a read between large batches looks nothing up in files, whatever small ones lie before and behind', () => {
    const fs = new MemoryFileSystem();
    const kit = new LogFixture(fs);
    const log = kit.open();
    const sizes = [10, 10, ...Array.from({ length: 300 }, () => 5000), 10, ...Array.from({ length: 300 }, () => 5000)];
    for (const size of sizes) append(log, kit.batch(['x'.repeat(size)]));
    kit.endTurn();
    const planAt = (from: number) => log.plan({ from, maxBytes: 50_000, upTo: sizes.length, minOneBatch: true });
    let lookups = 0;
    fs.fault = (operation) => void (operation === 'read' && lookups++);
    const offsets = [20, 280, 310, 450];
    const plans = offsets.map(planAt);
    expect(lookups).toBe(0);
    // The one behind the small one has no entry.
    planAt(303);
    expect(lookups).toBeGreaterThan(0);
    log.close();
    // An index from a file does not say what lies between its entries.
    const reopened = kit.open();
    lookups = 0;
    const found = offsets.map((from) =>
      reopened.plan({ from, maxBytes: 50_000, upTo: sizes.length, minOneBatch: true }),
    );
    expect(lookups).toBeGreaterThan(0);
    const places = (all: typeof plans) =>
      all.map(
        (plan) => plan.kind === 'plan' && plan.parts.map(({ position, bytes }) => [position, bytes, plan.endOffset]),
      );
    expect(places(plans)).toEqual(places(found));
  });

  test('goes on into the next segments while there is room', () => {
    const kit = new LogFixture();
    const log = kit.open({ segmentBytes: 200 });
    for (let i = 0; i < 20; i++) append(log, kit.batch([String(i)]));
    kit.endTurn();
    expect(log.segmentCount).toBeGreaterThan(5);
    expect(values(read(log))).toHaveLength(20);
    expect(values(read(log, { from: 7, maxBytes: 400 }))[0]).toBe('7');
  });

  test('batches for a coordinator include what has not reached the file yet', () => {
    const { kit, log } = threeBatches();
    append(log, kit.batch(['f']));
    expect(values(log.batches(2))).toEqual(['c', 'd', 'e', 'f']);
    expect(values(log.batches(0, 4))).toEqual(['a', 'b', 'c', 'd']);
  });

  test('a plan made before the log was cut reads nothing', async () => {
    const { log } = threeBatches();
    const plan = log.plan({ from: 0, maxBytes: 1e6, upTo: 5, minOneBatch: true });
    if (plan.kind === 'refused') throw new Error('refused');
    log.truncateTo(2);
    expect(log.read(plan)).toHaveLength(0);
    expect(await log.readLater(plan)).toHaveLength(0);
    expect(values(read(log))).toEqual(['a', 'b']);
  });
});

describe('rolling', () => {
  test('begins a segment when the next batch would not fit', () => {
    const kit = new LogFixture();
    const log = kit.open({ segmentBytes: 150 });
    for (let i = 0; i < 3; i++) append(log, kit.batch(['x'.repeat(40)]));
    expect(kit.fs.list(kit.directory).filter((name) => name.endsWith('.log'))).toEqual([
      '00000000000000000000.log',
      '00000000000000000001.log',
      '00000000000000000002.log',
    ]);
    expect(log.segmentCount).toBe(3);
  });

  test('begins a segment when its records span segment.ms, seen from the records, or from the clock without timestamps', () => {
    const kit = new LogFixture();
    const log = kit.open({ segmentMs: 1000 });
    append(log, kit.batch(['a']));
    kit.clock.advance(900);
    append(log, kit.batch(['b']));
    expect(log.segmentCount).toBe(1);
    kit.clock.advance(200);
    append(log, kit.batch(['c']));
    expect(log.segmentCount).toBe(2);
  });

  test('begins a segment when an index is full', () => {
    const kit = new LogFixture();
    const log = kit.open({ segmentIndexBytes: 48, indexIntervalBytes: 1 });
    for (let i = 0; i < 20; i++) {
      kit.clock.advance(1);
      append(log, kit.batch(['a']));
    }
    expect(log.segmentCount).toBeGreaterThan(3);
  });
});

describe('flushing', () => {
  test('with flush.messages=1 a batch counts as written when it is synced', async () => {
    const synced: string[] = [];
    const fs = new MemoryFileSystem();
    fs.fault = (operation, path) => void (operation === 'sync' && synced.push(path));
    const kit = new LogFixture(fs);
    const log = kit.open({ flushMessages: 1 });
    const written = jest.fn();
    log.onReadable(written);
    append(log, kit.batch(['a']));
    kit.endTurn();
    expect(written).not.toHaveBeenCalled();
    await Promise.resolve();
    await new Promise((done) => setImmediate(done));
    expect(written.mock.calls).toEqual([[1]]);
    expect(synced.filter((path) => path.endsWith('.log'))).toHaveLength(1);
  });

  test('flush.ms moves the recovery point when it is due', async () => {
    const kit = new LogFixture();
    const log = kit.open({ flushMs: 1000 });
    append(log, kit.batch(['a']));
    kit.endTurn();
    kit.clock.advance(500);
    log.flushIfDue(kit.clock.now());
    await new Promise((done) => setImmediate(done));
    expect(log.recoveryPoint).toBe(0);
    kit.clock.advance(500);
    log.flushIfDue(kit.clock.now());
    await new Promise((done) => setImmediate(done));
    expect(log.recoveryPoint).toBe(1);
  });

  test('a rolled segment is synced in the background, and the recovery point follows', async () => {
    const kit = new LogFixture();
    const log = kit.open({ segmentBytes: 150 });
    for (let i = 0; i < 5; i++) append(log, kit.batch(['x'.repeat(40)]));
    kit.endTurn();
    await new Promise((done) => setImmediate(done));
    expect(log.recoveryPoint).toBe(4);
  });

  test('nothing that is synced after a roll blocks the event loop', async () => {
    const blocking: string[] = [];
    class Watched extends MemoryFileSystem {
      override syncDirectory(path: string): void {
        blocking.push(path);
        super.syncDirectory(path);
      }
      override async syncDirectoryLater(path: string): Promise<void> {
        super.syncDirectory(path);
      }
      override open(path: string, options?: { readonly create?: boolean }): File {
        const file = super.open(path, options);
        return { ...file, sync: () => void blocking.push(path) };
      }
    }
    const kit = new LogFixture(new Watched());
    const log = kit.open({ segmentBytes: 150 });
    const roll = async (): Promise<void> => {
      for (let i = 0; i < 5; i++) append(log, kit.batch(['x'.repeat(40)]));
      kit.endTurn();
      await new Promise((done) => setImmediate(done));
    };
    blocking.length = 0;
    await roll();
    expect([log.recoveryPoint, blocking]).toEqual([4, []]);
  });
});

describe('retention', () => {
  function rolled(config: object, count = 5) {
    const kit = new LogFixture();
    const log = kit.open({ segmentBytes: 150, ...config });
    for (let i = 0; i < count; i++) {
      append(log, kit.batch(['x'.repeat(40)]));
      kit.clock.advance(100);
    }
    kit.endTurn();
    log.setHighWatermark(log.logEndOffset);
    return { kit, log };
  }

  test('by time: segments whose newest record is too old go, files after file.delete.delay.ms', () => {
    const { kit, log } = rolled({ retentionMs: 250, fileDeleteDelayMs: 1000 });
    expect(log.deleteOldSegments(kit.clock.now())).toBe(3);
    expect(log.logStartOffset).toBe(3);
    expect(kit.fs.list(kit.directory)).toContain('00000000000000000000.log.deleted');
    kit.clock.advance(1000);
    expect(kit.fs.list(kit.directory).filter((name) => name.endsWith('.deleted'))).toEqual([]);
    expect(values(read(log))).toHaveLength(2);
  });

  test('by time, the last segment too: a new one is begun for what comes', () => {
    const { kit, log } = rolled({ retentionMs: 50 });
    kit.clock.advance(1000);
    expect(log.deleteOldSegments(kit.clock.now())).toBe(5);
    expect([log.logStartOffset, log.logEndOffset, log.segmentCount]).toEqual([5, 5, 1]);
    expect(append(log, kit.batch(['y'])).baseOffset).toBe(5);
  });

  test('by size: the oldest go while the rest is still as large as retention.bytes', () => {
    const { kit, log } = rolled({ retentionMs: -1, retentionBytes: 250 });
    const segment = log.sizeInBytes / 5;
    log.deleteOldSegments(kit.clock.now());
    expect(log.segmentCount).toBe(Math.ceil(250 / segment));
  });

  test('nothing above the high watermark goes', () => {
    const { kit, log } = rolled({ retentionMs: 0 });
    log.setHighWatermark(2);
    kit.clock.advance(1000);
    expect(log.deleteOldSegments(kit.clock.now())).toBe(2);
  });

  test('records deleted by request cannot be read, and their segments go', () => {
    const { kit, log } = rolled({ retentionMs: -1 });
    expect(log.deleteRecordsBefore(6)).toBe(ErrorCode.OFFSET_OUT_OF_RANGE);
    expect(log.deleteRecordsBefore(3)).toBe(ErrorCode.NONE);
    expect(log.plan({ from: 2, maxBytes: 1, upTo: 5, minOneBatch: true })).toEqual({
      kind: 'refused',
      errorCode: ErrorCode.OFFSET_OUT_OF_RANGE,
    });
    expect(log.deleteOldSegments(kit.clock.now())).toBe(3);
    expect(log.firstBaseOffset).toBe(3);
  });
});

describe('times', () => {
  async function withTimes(times: number[][], config = {}) {
    const kit = new LogFixture();
    const log = kit.open({ messageTimestampAfterMaxMs: Number.MAX_SAFE_INTEGER, ...config });
    for (const group of times) {
      const records = group.map((timestampMs) => ({ timestampMs, key: null, value: Buffer.from('v') }));
      append(log, kit.batch([], { records }));
    }
    return { kit, log };
  }

  test('finds the first record at or after a time, inside its batch', async () => {
    const { kit, log } = await withTimes([[10, 20, 30], [40]]);
    expect(await kit.settled(log.offsetForTimestamp(15))).toEqual({ offset: 1, timestampMs: 20, leaderEpoch: 0 });
    expect(await kit.settled(log.offsetForTimestamp(31))).toMatchObject({ offset: 3 });
    expect(await kit.settled(log.offsetForTimestamp(41))).toBeUndefined();
  });

  test('finds it where times do not rise, across segments', async () => {
    const { kit, log } = await withTimes([[50], [10], [60], [20]], { segmentBytes: 100, indexIntervalBytes: 1 });
    expect(await kit.settled(log.offsetForTimestamp(55))).toMatchObject({ offset: 2 });
    expect(await kit.settled(log.offsetForTimestamp(5))).toMatchObject({ offset: 0 });
  });

  test('finds the record with the greatest time', async () => {
    const { kit, log } = await withTimes([[10, 50, 30], [20]]);
    expect(await kit.settled(log.maxTimestampOffset())).toEqual({ offset: 1, timestampMs: 50, leaderEpoch: 0 });
    const empty = await withTimes([]);
    expect(await empty.kit.settled(empty.log.maxTimestampOffset())).toBeUndefined();
  });
});

describe('leader epochs', () => {
  test('each epoch ends where the next begins; later ones are not known', () => {
    const kit = new LogFixture();
    const log = kit.open();
    append(log, kit.batch(['a']), 1);
    append(log, kit.batch(['b', 'c']), 4);
    expect(log.latestEpoch).toBe(4);
    expect(log.endOffsetForEpoch(1)).toEqual({ leaderEpoch: 1, endOffset: 1 });
    expect(log.endOffsetForEpoch(3)).toEqual({ leaderEpoch: 1, endOffset: 1 });
    expect(log.endOffsetForEpoch(0)).toEqual({ leaderEpoch: 0, endOffset: 0 });
    expect(log.endOffsetForEpoch(4)).toEqual({ leaderEpoch: 4, endOffset: 3 });
    expect(log.endOffsetForEpoch(5)).toEqual({ leaderEpoch: -1, endOffset: -1 });
  });

  test('survive a restart and a cut', () => {
    const kit = new LogFixture();
    const log = kit.open();
    append(log, kit.batch(['a']), 1);
    append(log, kit.batch(['b']), 2);
    log.close();
    const again = kit.open();
    expect(again.latestEpoch).toBe(2);
    again.truncateTo(1);
    expect(again.latestEpoch).toBe(1);
  });
});

describe('transactions', () => {
  test('the last stable offset waits for open transactions, and for their markers to be committed', () => {
    const kit = new LogFixture();
    const log = kit.open();
    append(log, kit.batch(['a']));
    append(log, kit.batch(['t'], { producerId: 7, producerEpoch: 0, baseSequence: 0, isTransactional: true }));
    append(log, kit.batch(['b']));
    log.setHighWatermark(3);
    expect(log.lastStableOffset).toBe(1);
    const question = { producerId: 7, producerEpoch: 0, baseSequence: 0, raisesEpochs: false };
    expect(log.producerChecks.startVerification(question)).toBeUndefined();
    append(log, kit.marker(7, 0, 'ABORT'), 0, 'coordinator');
    expect(log.lastStableOffset).toBe(1);
    log.setHighWatermark(4);
    expect(log.lastStableOffset).toBe(4);
    expect(log.abortedTransactions(0, 4)).toEqual([{ producerId: 7, firstOffset: 1 }]);
    expect(log.abortedTransactions(4, 5)).toEqual([]);
  });

  test('committed ones are not listed; the list survives a clean stop and a crash', () => {
    const kit = new LogFixture();
    const log = kit.open({ segmentBytes: 300 });
    for (const producerId of [1, 2, 3]) {
      const producer = { producerId, producerEpoch: 0, isTransactional: true, baseSequence: 0 };
      append(log, kit.batch(['t'], producer));
      append(log, kit.marker(producerId, 0, producerId === 2 ? 'COMMIT' : 'ABORT'), 0, 'coordinator');
    }
    const expected = [
      { producerId: 1, firstOffset: 0 },
      { producerId: 3, firstOffset: 4 },
    ];
    expect(log.abortedTransactions(0, 6)).toEqual(expected);
    log.close();
    expect(kit.open().abortedTransactions(0, 6)).toEqual(expected);
    expect(kit.open({}, { cleanShutdown: false }).abortedTransactions(0, 6)).toEqual(expected);
  });

  test('a marker of a coordinator that was replaced is fenced', () => {
    const kit = new LogFixture();
    const log = kit.open();
    append(log, kit.batch(['t'], { producerId: 7, producerEpoch: 0, baseSequence: 0, isTransactional: true }));
    append(log, kit.marker(7, 0, 'COMMIT', 5), 0, 'coordinator');
    const { errorCode } = refuse(log, kit.marker(7, 0, 'COMMIT', 4), 'coordinator');
    expect(errorCode).toBe(ErrorCode.TRANSACTION_COORDINATOR_FENCED);
  });
});
