/** Zeros behind the batches of a log that grows fast: its appends only write over what the file has already. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  diskFileSystem,
  FileError,
  MemoryFileSystem,
  RecordingLogger,
  SeededRandom,
  systemClock,
} from '../base/index.ts';
import { defaultLogConfig, type LogConfig } from './log-config.ts';
import { append, LogFixture, read, values } from './log-fixture.ts';
import type { PartitionLogOptions } from './log-types.ts';
import { PartitionLog } from './partition-log.ts';
import { WritePace } from './write-pace.ts';

const STEP_BYTES = 1_000;
const FAST_BYTES = 300;
const later = (): Promise<void> => new Promise((done) => setImmediate(done));

describe('a log that grows fast', () => {
  let fs: MemoryFileSystem;
  let kit: LogFixture;
  let log: PartitionLog;
  let written: number[];
  let arrive: (() => void)[];

  beforeEach(() => {
    fs = new MemoryFileSystem({ simulateCrashes: true });
    arrive = [];
    kit = new LogFixture(fs);
    open();
  });

  function open(config: Partial<LogConfig> = {}, options: Partial<PartitionLogOptions> = {}): void {
    // Only the zeros take their time.
    const writePace = new WritePace(kit.clock, fs);
    // As Apache Kafka's default is.
    const flushMessages = Number(2n ** 63n - 1n);
    log = kit.open(
      { flushMessages, ...config },
      { headroom: { stepBytes: STEP_BYTES, fastBytes: FAST_BYTES }, writePace, ...options },
    );
    fs.busy = () => new Promise((done) => arrive.push(done));
    written = [];
    log.onReadable((end) => written.push(end));
  }

  const send = (value: string, bytes = 100): number => {
    const batch = kit.batch([value.padEnd(bytes, '.')]);
    append(log, batch);
    kit.endTurn();
    return batch.length;
  };

  /** The zeros that were on their way are there. */
  const zerosArrive = async (): Promise<void> => {
    for (const done of arrive.splice(0)) done();
    await later();
    kit.endTurn();
  };

  const fileSize = (segment = 0): number =>
    fs.info(`${kit.directory}/${String(segment).padStart(20, '0')}.log`)?.size ?? 0;
  const texts = (): string[] => values(read(log)).map((value) => value.replace(/\.+$/, ''));

  test('gets zeros behind its batches, which nobody sees', async () => {
    const sent = send('a') + send('b');
    expect([arrive.length, fileSize()]).toEqual([1, sent]);
    await zerosArrive();
    expect([log.sizeInBytes, fileSize()]).toEqual([sent, sent + STEP_BYTES]);
    expect(texts()).toEqual(['a', 'b']);
  });

  test('writes over them, and gets more when half of them are used', async () => {
    const two = send('a') + send('b');
    await zerosArrive();
    send('c');
    expect([arrive.length, fileSize()]).toEqual([0, two + STEP_BYTES]);
    send('d');
    send('e');
    expect([arrive.length, fileSize()]).toEqual([1, two + STEP_BYTES]);
    await zerosArrive();
    expect(fileSize()).toBe(two + 2 * STEP_BYTES);
    expect(texts()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('does not write while they are on their way, and tells of what came meanwhile when it is in the file', async () => {
    send('a');
    send('b');
    send('c');
    send('d');
    expect(written).toEqual([1, 2]);
    expect(texts()).toEqual(['a', 'b']);
    await zerosArrive();
    expect(written).toEqual([1, 2, 4]);
    expect(texts()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('does not wait for them where all must be in the file now, and they come behind it', async () => {
    const sent = send('a') + send('b') + send('c');
    expect(values(log.batches(0))).toHaveLength(3);
    expect(fileSize()).toBe(sent);
    await zerosArrive();
    expect(fileSize()).toBe(sent + STEP_BYTES);
    expect(texts()).toEqual(['a', 'b', 'c']);
  });

  test('has them on a disk', async () => {
    const root = mkdtempSync(join(tmpdir(), 'ottla-headroom-'));
    try {
      log = PartitionLog.open({
        fs: { ...diskFileSystem, isWritingBack: () => true },
        clock: systemClock,
        random: new SeededRandom(1),
        logger: kit.logger,
        directory: join(root, 'orders-0'),
        topic: 'orders',
        partition: 0,
        config: defaultLogConfig,
        producerIdExpirationMs: 86_400_000,
        cleanShutdown: true,
      });
      for (let i = 0; i < 2; i++) append(log, kit.batch(['x'.repeat(900_000)]));
      await later();
      const { sizeInBytes } = log;
      const sizeOnDisk = (): number => statSync(join(root, 'orders-0', `${'0'.repeat(20)}.log`)).size;
      while (sizeOnDisk() < sizeInBytes + 1024 * 1024) await later();
      log.close();
      expect(sizeOnDisk()).toBe(sizeInBytes);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  test('has none when it is slow', async () => {
    for (let i = 0; i < 20; i++) {
      send('a');
      kit.clock.advance(1_000);
    }
    expect(arrive).toEqual([]);
  });

  test('has none while the disk is at rest', async () => {
    fs.isWritingBack = () => false;
    for (let i = 0; i < 20; i++) send('a');
    expect(arrive).toEqual([]);
  });

  test('has none where each append is synced', async () => {
    log.config = { ...log.config, flushMessages: 1 };
    for (let i = 0; i < 20; i++) send('a');
    expect(arrive).toEqual([]);
  });

  test('has none at the end of a segment: rolling finds nothing to cut off', async () => {
    log.config = { ...log.config, segmentBytes: 3_000 };
    const cuts: string[] = [];
    fs.fault = (operation, path) => void (operation === 'truncate' && path.endsWith('0.log') && cuts.push(path));
    let [before, sent] = [0, 0];
    while (log.segmentCount === 1) {
      expect(fileSize()).toBeLessThanOrEqual(3_000);
      before = sent;
      sent += send('a');
      await zerosArrive();
    }
    expect([cuts, fileSize()]).toEqual([[], before]);
    expect(before).toBeGreaterThan(2 * STEP_BYTES);
  });

  test('is cut to its batches when it is rolled before, zeros on their way too', async () => {
    log.config = { ...log.config, segmentMs: 1_000 };
    const sent = send('a') + send('b');
    kit.clock.advance(2_000);
    send('c');
    expect([log.segmentCount, fileSize()]).toEqual([2, sent]);
    await zerosArrive();
    expect(fileSize()).toBe(sent);
    expect(texts()).toEqual(['a', 'b', 'c']);
  });

  test('is cut to its batches when it is closed, zeros on their way too', async () => {
    const sent = send('a') + send('b');
    await zerosArrive();
    log.close();
    expect(fileSize()).toBe(sent);
    open();
    const more = send('c') + send('d');
    log.close();
    await zerosArrive();
    expect(fileSize()).toBe(sent + more);
    open();
    expect(texts()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('that is opened again while zeros are on their way keeps what is appended then', async () => {
    let sent = send('a') + send('b');
    log.close();
    open({ segmentMs: 1_000 });
    sent += send('c');
    await zerosArrive();
    expect([log.sizeInBytes, fileSize()]).toEqual([sent, sent + STEP_BYTES]);
    kit.clock.advance(2_000);
    send('d');
    expect([log.segmentCount, fileSize()]).toEqual([2, sent]);
    expect(texts()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('gives them back when it is slow again, and the disk at rest', async () => {
    let sent = send('a') + send('b');
    await zerosArrive();
    kit.clock.advance(90_000);
    expect(fileSize()).toBe(sent + STEP_BYTES);
    fs.isWritingBack = () => false;
    kit.clock.advance(30_000);
    sent += send('c');
    kit.clock.advance(30_000);
    expect(fileSize()).toBe(sent);
    sent += send('d');
    expect([log.sizeInBytes, fileSize()]).toEqual([sent, sent]);
    expect(texts()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('keeps them while the thread pool writes over them', async () => {
    let isSlow = false;
    fs.isWritingBack = () => !isSlow;
    open({}, { writePace: new WritePace(kit.clock, fs, () => isSlow) });
    const sent = send('a') + send('b');
    await zerosArrive();
    isSlow = true;
    send('c');
    kit.clock.advance(30_000);
    expect(fileSize()).toBe(sent + STEP_BYTES);
    await zerosArrive();
    expect(texts()).toEqual(['a', 'b', 'c']);
    kit.clock.advance(30_000);
    expect(fileSize()).toBe(log.sizeInBytes);
  });

  test('is cut where a follower must, zeros on their way too', async () => {
    const sent = send('a');
    send('b');
    log.truncateTo(1);
    await zerosArrive();
    expect(log.sizeInBytes).toBe(sent);
    send('c');
    await zerosArrive();
    expect(texts()).toEqual(['a', 'c']);
  });

  test('after a crash ends where its batches do, and nobody is warned', async () => {
    const sent = send('a') + send('b');
    await zerosArrive();
    kit.kill(log);
    const logger = new RecordingLogger();
    open({}, { cleanShutdown: false, logger });
    expect([log.sizeInBytes, fileSize(), logger.lines]).toEqual([sent, sent, []]);
    expect(texts()).toEqual(['a', 'b']);
  });

  test('after a crash goes on behind zeros at the end of a segment before the last', async () => {
    log.config = { ...log.config, segmentMs: 1_000 };
    const sent = send('a') + send('b');
    kit.clock.advance(2_000);
    send('c');
    kit.kill(log);
    const file = fs.open(`${kit.directory}/${'0'.repeat(20)}.log`);
    file.write([Buffer.alloc(STEP_BYTES)], sent);
    open({}, { cleanShutdown: false });
    expect([fileSize(), texts()]).toEqual([sent, ['a', 'b', 'c']]);
  });

  test('that came to its end with zeros all the same is opened without them', async () => {
    const sent = send('a') + send('b');
    log.close();
    await zerosArrive();
    fs.open(`${kit.directory}/${'0'.repeat(20)}.log`).write([Buffer.alloc(5)], sent);
    open({}, { recoveryPoint: 2 });
    expect(log.sizeInBytes).toBe(sent);
    send('c');
    expect(texts()).toEqual(['a', 'b', 'c']);
    log.close();
    await zerosArrive();
    expect(fileSize()).toBeGreaterThan(sent + 5);
    open();
    expect(texts()).toEqual(['a', 'b', 'c']);
  });

  test('is not opened where zeros have taken the place of batches that were synced', () => {
    const sent = send('a', 10);
    const lost = send('b', 10);
    log.close();
    fs.open(`${kit.directory}/${'0'.repeat(20)}.log`).write([Buffer.alloc(lost)], sent);
    expect(() => open({}, { recoveryPoint: 2 })).toThrow(/zeros, where batches up to offset 2 were/);
  });

  test('goes on without them where the disk has no room for them', async () => {
    let asked = 0;
    fs.busy = async () => {
      asked++;
      throw new FileError('ENOSPC', 'write', 'a full disk');
    };
    send('a');
    send('b');
    send('c');
    await later();
    kit.endTurn();
    send('d');
    expect([texts(), log.isOffline, asked]).toEqual([['a', 'b', 'c', 'd'], false, 1]);
  });
});
