import { describe, expect, test } from '@jest/globals';
import {
  FileError,
  MemoryFileSystem,
  RecordingLogger,
  SeededRandom,
  SimulatedClock,
  ZERO_UUID,
} from '../base/index.ts';
import { defaultLogConfig as config } from './log-config.ts';
import { DuplicateLogError, LogDirectories, type LogDirectoriesOptions } from './log-directories.ts';
import { append, LogFixture } from './log-fixture.ts';
import type { PartitionLog } from './partition-log.ts';

const TOPIC_ID = 'bxZwbVyLRUKHW5hxiyyxkQ';

class Disks {
  readonly clock = new SimulatedClock();
  readonly fs = new MemoryFileSystem({ clock: this.clock });
  readonly logger = new RecordingLogger();
  seed = 1;

  open(options: Partial<LogDirectoriesOptions> = {}): LogDirectories {
    return LogDirectories.open({
      fs: this.fs,
      clock: this.clock,
      random: new SeededRandom(this.seed++),
      logger: this.logger,
      paths: ['/a', '/b', '/c'],
      metadataPath: '/a',
      nodeId: 1,
      producerIdExpirationMs: 86_400_000,
      ...options,
    });
  }

  fail(path: string): void {
    this.fs.fault = (operation, file) => {
      if (file.startsWith(`${path}/`)) throw new FileError('EIO', operation, file);
    };
  }
}

function open(directories: LogDirectories, partition: number, directoryId = ZERO_UUID): PartitionLog {
  const log = directories.openLog({ topic: 'orders', partition, topicId: TOPIC_ID, config, directoryId });
  if (log === undefined) throw new Error('the log may lie in a directory that is offline');
  return log;
}

const pathOf = (directories: LogDirectories, log: PartitionLog): string | undefined =>
  directories.directoryOf(log)?.path;

function copy(fs: MemoryFileSystem, from: string, to: string): void {
  fs.makeDirectory(to);
  for (const name of fs.list(from)) fs.replaceFile(`${to}/${name}`, fs.readFile(`${from}/${name}`));
}

describe('identity', () => {
  test('all directories are of one cluster, and each has an id of its own', () => {
    const disks = new Disks();
    const first = disks.open();
    expect(new Set(first.directoryIds).size).toBe(3);
    first.close({ brokerEpoch: 7 });
    const again = disks.open();
    expect([again.clusterId, again.directoryIds]).toEqual([first.clusterId, first.directoryIds]);
    expect(again.previousBrokerEpoch).toBe(7);
  });

  test('a directory that is added joins the cluster of the others, and takes nothing from a clean stop', () => {
    const disks = new Disks();
    const first = disks.open({ paths: ['/b'], metadataPath: '/b' });
    open(first, 0);
    first.close({ brokerEpoch: 7 });
    const more = disks.open({ metadataPath: '/b' });
    expect([more.clusterId, more.previousBrokerEpoch]).toEqual([first.clusterId, 7]);
  });

  test('a directory of another cluster is refused', () => {
    const disks = new Disks();
    disks.open({ paths: ['/a'] }).close();
    disks.open({ paths: ['/b'], metadataPath: '/b' }).close();
    expect(() => disks.open()).toThrow(/\/b belongs to cluster .*another directory/);
    expect(() => disks.open({ paths: ['/a'] })).not.toThrow();
  });

  test('a copy of a directory is refused', () => {
    const disks = new Disks();
    disks.open({ paths: ['/a'] }).close();
    copy(disks.fs, '/a', '/b');
    expect(() => disks.open({ paths: ['/a', '/b'] })).toThrow(/same directory\.id.*one is a copy/);
  });

  test('a directory in use is refused, and the others are let go of', () => {
    const disks = new Disks();
    const other = disks.open({ paths: ['/c'], metadataPath: '/c' });
    expect(() => disks.open({ paths: ['/a', '/c'] })).toThrow(/\/c is in use/);
    other.close();
    expect(() => disks.open({ paths: ['/a'] })).not.toThrow();
  });

  test('metadata may have a directory of its own, which is locked too', () => {
    const disks = new Disks();
    const directories = disks.open({ metadataPath: '/m' });
    expect(directories.directoryIds).toHaveLength(3);
    expect(disks.fs.readFile('/m/meta.properties').toString()).toContain(directories.clusterId);
    expect(() => disks.open({ paths: ['/x'], metadataPath: '/m' })).toThrow(/in use/);
    directories.close();
    expect(disks.fs.info('/m/.kafka_cleanshutdown')).toBeUndefined();
  });
});

describe('places', () => {
  test('new partitions go where there are fewest logs, the first of equals first', () => {
    const directories = new Disks().open();
    const paths = [0, 1, 2, 3].map((partition) => pathOf(directories, open(directories, partition)));
    expect(paths).toEqual(['/a', '/b', '/c', '/a']);
    directories.deleteLog(open(directories, 1));
    expect(pathOf(directories, open(directories, 4))).toBe('/b');
  });

  test('what was found and not opened yet counts', () => {
    const disks = new Disks();
    const first = disks.open({ paths: ['/a'] });
    for (const partition of [0, 1]) append(open(first, partition), new LogFixture().batch(['x']));
    first.close();
    const again = disks.open();
    expect([2, 3, 4].map((partition) => pathOf(again, open(again, partition)))).toEqual(['/b', '/c', '/b']);
  });

  test('a partition is found where it lies, and made where the cluster says', () => {
    const disks = new Disks();
    const first = disks.open();
    const [, second] = [open(first, 0), open(first, 1)];
    const c = first.online.find(({ path }) => path === '/c')?.directoryId;
    expect(pathOf(first, open(first, 9, c))).toBe('/c');
    expect(pathOf(first, second)).toBe('/b');
    first.close();
    const again = disks.open();
    expect(pathOf(again, open(again, 1, c))).toBe('/b');
  });

  test('a cordoned directory takes no new partitions', () => {
    const directories = new Disks().open({ isCordoned: (path) => path === '/a' });
    expect([0, 1, 2].map((partition) => pathOf(directories, open(directories, partition)))).toEqual(['/b', '/c', '/b']);
    expect(directories.cordonedIds).toEqual([directories.online[0]?.directoryId]);
  });

  test('of two folders of a partition the one that the cluster knows of stays', () => {
    const disks = new Disks();
    const first = disks.open();
    const log = open(first, 0);
    append(log, new LogFixture().batch(['x']));
    first.close();
    copy(disks.fs, '/a/orders-0', '/b/orders-0');
    const b = first.online.find(({ path }) => path === '/b')?.directoryId;
    const again = disks.open();
    expect(() => open(again, 0)).toThrow(DuplicateLogError);
    expect(() => open(again, 0)).toThrow(/lies in \/a and in \/b: .*remove/);
    expect(pathOf(again, open(again, 0, b))).toBe('/b');
    expect(disks.fs.info('/a/orders-0')).toBeUndefined();
  });
});

describe('a disk that fails', () => {
  test('takes its directory away, and the others go on', async () => {
    const disks = new Disks();
    const directories = disks.open();
    const logs = [0, 1, 2].map((partition) => open(directories, partition));
    const offline: string[] = [];
    let isLost = false;
    directories.onOffline(({ path }) => offline.push(path));
    directories.onLost(() => (isLost = true));
    disks.fail('/b');
    for (const log of logs) append(log, new LogFixture().batch(['x']));
    await directories.checkpointLater();
    expect(offline).toEqual(['/b']);
    expect(logs.map(({ isOffline }) => isOffline)).toEqual([false, true, false]);
    expect(directories.directoryIds).toHaveLength(2);
    expect(directories.hasOffline).toBe(true);
    expect(isLost).toBe(false);
    expect(directories.describe().map(({ directory }) => directory?.path)).toEqual(['/a', undefined, '/c']);
    disks.fs.fault = undefined;
    directories.close({ brokerEpoch: 3 });
    expect(['/a', '/b', '/c'].map((path) => disks.fs.info(`${path}/.kafka_cleanshutdown`) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });

  test.each([
    ['the one with the metadata', '/a', 3],
    ['the last', '/c', 1],
  ])('is the end when it is %s', async (_, path, count) => {
    const disks = new Disks();
    const paths = ['/a', '/b', '/c'].slice(3 - count);
    const directories = disks.open({ paths, metadataPath: count === 1 ? '/m' : '/a' });
    open(directories, 0);
    let lost: Error | undefined;
    directories.onLost((error) => (lost = error));
    disks.fail(path);
    await directories.checkpointLater();
    expect(lost).toBeInstanceOf(FileError);
  });

  test('a new partition goes elsewhere when its directory turns out to be broken', () => {
    const disks = new Disks();
    const directories = disks.open();
    disks.fail('/a');
    expect(pathOf(directories, open(directories, 0))).toBe('/b');
    expect(directories.hasOffline).toBe(true);
  });

  test('at the start is left out with a reason, and what may lie there is not made anew elsewhere', () => {
    const disks = new Disks();
    const first = disks.open();
    const [, b] = first.online.map(({ directoryId }) => directoryId);
    for (const partition of [0, 1, 2]) open(first, partition);
    first.close({ brokerEpoch: 3 });
    disks.fail('/b');
    const again = disks.open();
    expect(disks.logger.lines.map(({ message }) => message)).toContain('a log directory is left out');
    expect(again.previousBrokerEpoch).toBeUndefined();
    expect(again.openLog({ topic: 'orders', partition: 1, topicId: TOPIC_ID, config, directoryId: b as string })).toBe(
      undefined,
    );
    expect(pathOf(again, open(again, 7))).toBe('/a');
  });

  test.each([
    ['the only one', { paths: ['/a'] }, '/a'],
    ['the one with the metadata', { metadataPath: '/a' }, '/a'],
    ['that of the metadata alone', { metadataPath: '/m' }, '/m'],
  ])('at the start is the end when it is %s', (_, options, path) => {
    const disks = new Disks();
    disks.fail(path);
    expect(() => disks.open(options)).toThrow(/cannot be used as a log directory: .*EIO/);
  });
});

test('a start that did not get far does not turn a crash into a clean stop', async () => {
  const disks = new Disks();
  const first = disks.open({ paths: ['/a'] });
  open(first, 0);
  await first.checkpointLater();
  // The process is killed here; the lock goes with it.
  const killed = new Disks();
  killed.fs.makeDirectory('/a/orders-0');
  copy(disks.fs, '/a/orders-0', '/a/orders-0');
  for (const name of disks.fs.list('/a').filter((each) => disks.fs.info(`/a/${each}`)?.isDirectory !== true))
    killed.fs.replaceFile(`/a/${name}`, disks.fs.readFile(`/a/${name}`));
  killed.open({ paths: ['/a'] }).close();
  expect(killed.fs.info('/a/.kafka_cleanshutdown')).toBeUndefined();
  const second = killed.open({ paths: ['/a'] });
  open(second, 0);
  second.close();
  expect(killed.fs.info('/a/.kafka_cleanshutdown')).toBeDefined();
});
