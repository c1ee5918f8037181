import { describe, expect, test } from '@jest/globals';
import { FileError, MemoryFileSystem, RecordingLogger, SeededRandom, SimulatedClock } from '../base/index.ts';
import { withoutChecksum } from './blank-checksum.ts';
import { defaultLogConfig } from './log-config.ts';
import { LogDirectoryError } from './log-directory-error.ts';
import { LogDirectory, type LogDirectoryOptions } from './log-directory.ts';
import { append, LogFixture, values } from './log-fixture.ts';
import { TopicIdMismatchError } from './recovery.ts';

const PATH = '/data';
const TOPIC_ID = 'bxZwbVyLRUKHW5hxiyyxkQ';
const config = defaultLogConfig;

class Disk {
  readonly clock = new SimulatedClock();
  readonly fs = new MemoryFileSystem({ clock: this.clock, simulateCrashes: true });
  readonly logger = new RecordingLogger();
  readonly batch = (value: string) => new LogFixture().batch([value]);

  open(options: Partial<LogDirectoryOptions> = {}): LogDirectory {
    return LogDirectory.open({
      fs: this.fs,
      clock: this.clock,
      random: new SeededRandom(7),
      logger: this.logger,
      path: PATH,
      nodeId: 1,
      producerIdExpirationMs: 86_400_000,
      ...options,
    });
  }

  text(name: string): string {
    return withoutChecksum(this.fs.readFile(`${PATH}/${name}`).toString()) ?? 'damaged';
  }

  write(name: string, text: string): void {
    this.fs.replaceFile(`${PATH}/${name}`, text);
  }
}

describe('identity', () => {
  test('a new folder gets ids, which stay', () => {
    const disk = new Disk();
    const first = disk.open({ clusterId: 'qYoMEZXcS_SKP2PzAl8-WA' });
    expect(disk.text('meta.properties')).toBe(
      `#\ncluster.id=qYoMEZXcS_SKP2PzAl8-WA\ndirectory.id=${first.directoryId}\nnode.id=1\nversion=1\n# checksum:\n`,
    );
    first.close();
    const second = disk.open({ random: new SeededRandom(8) });
    expect([second.clusterId, second.directoryId]).toEqual([first.clusterId, first.directoryId]);
  });

  test.each([
    ['of another cluster', 'cluster.id=a\nnode.id=1\nversion=1\n', /belongs to cluster a.*another directory/],
    ['of another node', 'cluster.id=b\nnode.id=2\nversion=1\n', /belongs to node 2.*node\.id/],
    ['of a later format', 'cluster.id=b\nnode.id=1\nversion=2\n', /version 2.*version 1/],
    ['without a cluster', 'node.id=1\nversion=1\n', /cluster\.id/],
  ])('a folder %s is refused, with what to do', (_, meta, message) => {
    const disk = new Disk();
    disk.fs.makeDirectory(PATH);
    disk.write('meta.properties', meta);
    expect(() => disk.open({ clusterId: 'b' })).toThrow(LogDirectoryError);
    expect(() => disk.open({ clusterId: 'b' })).toThrow(message);
  });

  test('a folder has one broker at a time', () => {
    const disk = new Disk();
    const first = disk.open();
    expect(() => disk.open()).toThrow(/in use by another broker/);
    first.close();
    disk.open();
  });

  test('a file of Apache Kafka\u2019s is understood', () => {
    const disk = new Disk();
    disk.fs.makeDirectory(PATH);
    const lines = [
      '#',
      '#Sun Nov 22 02:25:35 UTC 2026',
      'node.id=1',
      'directory.id=o32mNLSq9oO4y7-HVTv1cA',
      'version=1',
    ];
    disk.write('meta.properties', [...lines, 'cluster.id=VMd7TYhTSpqcNcncPhgJow', ''].join('\n'));
    const directory = disk.open();
    expect([directory.clusterId, directory.directoryId]).toEqual(['VMd7TYhTSpqcNcncPhgJow', 'o32mNLSq9oO4y7-HVTv1cA']);
  });
});

describe('stopping and starting', () => {
  test('a clean stop leaves a marker and offsets, and the next start believes the files', async () => {
    const disk = new Disk();
    const directory = disk.open();
    const log = directory.openLog({ topic: 'a-b', partition: 3, topicId: TOPIC_ID, config });
    append(log, disk.batch('x'));
    append(log, disk.batch('y'));
    log.setHighWatermark(2);
    log.deleteRecordsBefore(1);
    directory.close({ brokerEpoch: 13 });
    expect(disk.text('.kafka_cleanshutdown')).toBe('{"version":0,"brokerEpoch":13}');
    expect(disk.text('recovery-point-offset-checkpoint')).toBe('0\n1\na-b 3 2\n');
    expect(disk.text('log-start-offset-checkpoint')).toBe('0\n1\na-b 3 1\n');
    expect(disk.text('replication-offset-checkpoint')).toBe('0\n1\na-b 3 2\n');
    expect(disk.text('a-b-3/partition.metadata')).toBe(`version: 0\ntopic_id: ${TOPIC_ID}`);

    const again = disk.open();
    expect([again.wasCleanShutdown, again.previousBrokerEpoch]).toEqual([true, 13]);
    expect(disk.fs.info(`${PATH}/.kafka_cleanshutdown`)).toBeUndefined();
    expect(again.found).toEqual([{ topic: 'a-b', partition: 3, topicId: TOPIC_ID }]);
    const reopened = again.openLog({ topic: 'a-b', partition: 3, config });
    expect([reopened.topicId, reopened.logStartOffset, reopened.logEndOffset, reopened.highWatermark]).toEqual([
      TOPIC_ID,
      1,
      2,
      2,
    ]);
  });

  test('after a crash logs are recovered, from damaged checkpoints too', () => {
    const disk = new Disk();
    const directory = disk.open();
    const log = directory.openLog({ topic: 't', partition: 0, topicId: TOPIC_ID, config });
    append(log, disk.batch('x'));
    log.flush();
    directory.checkpoint();
    disk.write('recovery-point-offset-checkpoint', '0\n2\nt 0 1\n');
    disk.fs.crash(new SeededRandom(1));
    const again = disk.open();
    expect(again.wasCleanShutdown).toBe(false);
    expect(disk.logger.lines.map(({ message }) => message).join()).toContain('checkpoint is damaged');
    expect(values(again.openLog({ topic: 't', partition: 0, config }).batches(0))).toEqual(['x']);
  });

  test('checkpoints are written beside the event loop, and give way to what is written at once meanwhile', async () => {
    const disk = new Disk();
    const directory = disk.open();
    const log = directory.openLog({ topic: 't', partition: 0, topicId: TOPIC_ID, config });
    for (const value of ['x', 'y', 'z']) append(log, disk.batch(value));
    log.flush();
    log.setHighWatermark(3);
    log.deleteRecordsBefore(1);
    await directory.checkpointLater();
    expect(disk.text('replication-offset-checkpoint')).toBe('0\n1\nt 0 3\n');
    expect(disk.text('log-start-offset-checkpoint')).toBe('0\n1\nt 0 1\n');
    log.deleteRecordsBefore(2);
    const underWay = directory.checkpointLogStartsLater();
    log.deleteRecordsBefore(3);
    directory.checkpointLogStarts();
    await underWay;
    expect(disk.text('log-start-offset-checkpoint')).toBe('0\n1\nt 0 3\n');
  });

  test('checkpoints of logs that were not opened are carried over', () => {
    const disk = new Disk();
    const directory = disk.open();
    append(directory.openLog({ topic: 't', partition: 0, config }), disk.batch('x'));
    directory.close();
    disk.open().close();
    expect(disk.text('recovery-point-offset-checkpoint')).toBe('0\n1\nt 0 1\n');
  });

  test('a start that takes long says how far it is, now and then', () => {
    const disk = new Disk();
    const first = disk.open();
    for (let partition = 0; partition < 40; partition++) {
      const log = first.openLog({ topic: 't', partition, config });
      append(log, disk.batch('x'));
      log.flush();
    }
    disk.fs.crash(new SeededRandom(1));
    const logger = new RecordingLogger();
    const again = disk.open({ logger });
    for (let partition = 0; partition < 40; partition++) {
      disk.clock.advance(400);
      again.openLog({ topic: 't', partition, config });
    }
    const told = logger.lines.filter(({ message }) => message.startsWith('recovered')).map(({ message }) => message);
    expect(told).toEqual([
      'recovered 13 of 40 logs',
      'recovered 26 of 40 logs',
      'recovered 39 of 40 logs',
      'recovered 40 of 40 logs',
    ]);
  });

  test('fifty empty partitions open again without reading a segment', () => {
    const disk = new Disk();
    const first = disk.open();
    for (let partition = 0; partition < 50; partition++)
      first.openLog({ topic: 't', partition, topicId: TOPIC_ID, config, makeFolder: true });
    first.close();
    let reads = 0;
    const directory = disk.open();
    disk.fs.fault = (operation, path) =>
      void (operation === 'read' && /\.(log|index|timeindex)$/.test(path) && reads++);
    for (const { topic, partition, topicId } of directory.found)
      directory.openLog({ topic, partition, topicId, config });
    expect([...directory.logs()]).toHaveLength(50);
    expect(reads).toBe(0);
    expect(disk.logger.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });
});

describe('a partition without records', () => {
  const where = { topic: 't', partition: 0, topicId: TOPIC_ID, config };
  const onDisk = (disk: Disk) => disk.fs.list(PATH).filter((name) => name.startsWith('t-0'));

  test('has no folder, before and after a stop', () => {
    const disk = new Disk();
    const directory = disk.open();
    const log = directory.openLog(where);
    log.assignEpoch(3);
    expect([log.logStartOffset, log.logEndOffset, log.sizeInBytes, log.topicId]).toEqual([0, 0, 0, TOPIC_ID]);
    log.deleteOldSegments(1e15);
    log.truncateTo(0);
    directory.checkpoint();
    directory.close();
    expect(onDisk(disk)).toEqual([]);
    const again = disk.open();
    expect([again.isEmpty, again.wasCleanShutdown]).toEqual([true, true]);
    expect(again.openLog(where).logEndOffset).toBe(0);
  });

  test('gets it with the first one, and what the folder has to say', () => {
    const disk = new Disk();
    const directory = disk.open();
    const log = directory.openLog(where);
    log.assignEpoch(3);
    append(log, disk.batch('x'));
    log.flush();
    expect(onDisk(disk)).toEqual(['t-0']);
    expect(disk.fs.list(`${PATH}/t-0`)).toEqual([
      '00000000000000000000.log',
      'leader-epoch-checkpoint',
      'partition.metadata',
    ]);
    disk.fs.crash(new SeededRandom(1));
    const again = disk.open();
    expect(again.found).toHaveLength(1);
    expect(values(again.openLog(where).batches(0))).toEqual(['x']);
  });

  test('of many at a time, one sync of the folder above keeps the names of all', async () => {
    const disk = new Disk();
    const directory = disk.open();
    const logs = [0, 1, 2].map((partition) => directory.openLog({ ...where, partition }));
    for (const log of logs) append(log, disk.batch('x'));
    const synced: string[] = [];
    disk.fs.fault = (operation, path) => void (operation.startsWith('sync') && synced.push(path));
    await Promise.all(logs.map((log) => log.flushLater()));
    expect(logs.map(({ recoveryPoint }) => recoveryPoint)).toEqual([1, 1, 1]);
    expect(synced.filter((path) => path === PATH)).toHaveLength(1);
    disk.fs.fault = undefined;
    disk.fs.crash(new SeededRandom(1));
    const again = disk.open();
    expect([0, 1, 2].map((partition) => values(again.openLog({ ...where, partition }).batches(0)))).toEqual([
      ['x'],
      ['x'],
      ['x'],
    ]);
  });

  test('leaves nothing when it is deleted', () => {
    const disk = new Disk();
    const directory = disk.open();
    const log = directory.openLog(where);
    append(log, disk.batch('never written'));
    directory.deleteLog(log);
    disk.clock.advance(100_000);
    expect([onDisk(disk), directory.isOffline]).toEqual([[], false]);
  });

  test('gets it where a log is to begin at another offset', () => {
    const disk = new Disk();
    const directory = disk.open();
    directory.openLog(where).truncateFullyAndStartAt(7);
    directory.close();
    const again = disk.open().openLog(where);
    expect([again.logStartOffset, again.logEndOffset]).toEqual([7, 7]);
  });
});

describe('deleting a partition', () => {
  test('renames its folder at once and removes it after file.delete.delay.ms', () => {
    const disk = new Disk();
    const directory = disk.open();
    const log = directory.openLog({ topic: 't', partition: 0, config: { ...config, fileDeleteDelayMs: 1000 } });
    append(log, disk.batch('x'));
    log.flush();
    directory.deleteLog(log);
    const deleted = () => disk.fs.list(PATH).filter((name) => name.startsWith('t-0'));
    expect(deleted()).toEqual([expect.stringMatching(/^t-0\.[0-9a-f]{32}-delete$/)]);
    const again = directory.openLog({ topic: 't', partition: 0, config, makeFolder: true });
    expect(again.logEndOffset).toBe(0);
    disk.clock.advance(1000);
    expect(deleted()).toEqual(['t-0']);
  });

  test('what a stopped broker did not get to remove goes at the next start', () => {
    const disk = new Disk();
    const directory = disk.open();
    directory.deleteLog(directory.openLog({ topic: 't', partition: 0, config, makeFolder: true }));
    directory.close();
    disk.open();
    expect(disk.fs.list(PATH).filter((name) => name.endsWith('-delete'))).toEqual([]);
  });

  test('the folder of an earlier topic of the same name is not taken for the new one', () => {
    const disk = new Disk();
    const directory = disk.open();
    directory.openLog({ topic: 't', partition: 0, topicId: TOPIC_ID, config, makeFolder: true });
    directory.close();
    const again = disk.open();
    const other = { topic: 't', partition: 0, topicId: 'AAAAAAAAAAAAAAAAAAAAAQ', config };
    expect(() => again.openLog(other)).toThrow(TopicIdMismatchError);
    again.deletePartition('t', 0, 0);
    expect(again.openLog(other).topicId).toBe(other.topicId);
  });
});

test('a disk that fails takes all logs of the folder offline, once, and leaves no marker of a clean stop', async () => {
  const disk = new Disk();
  const directory = disk.open();
  const logs = [0, 1, 2].map((partition) => directory.openLog({ topic: 't', partition, config }));
  const failures: Error[] = [];
  directory.onFailed((error) => failures.push(error));
  disk.fs.fault = (operation, path) => {
    if (operation === 'write' && path.includes('t-1')) throw new FileError('EIO', operation, path);
  };
  for (const log of logs) append(log, disk.batch('x'));
  await new Promise((done) => setImmediate(done));
  expect(failures).toHaveLength(1);
  expect(logs.map((log) => log.isOffline)).toEqual([true, true, true]);
  expect(directory.isOffline).toBe(true);
  disk.fs.fault = undefined;
  directory.close();
  expect(disk.fs.list(PATH)).not.toContain('.kafka_cleanshutdown');
});
