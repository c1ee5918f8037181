/**
 * How long a broker takes to open its logs after a clean stop, and to recover them after a crash.
 *   node --import tsx bench/recovery.ts [--partitions 1000] [--gigabytes 1] [--folder DIR]
 * Fills a folder (of its own below DIR, removed afterwards) with records of 1 KiB, and opens it: cleanly, after a crash with
 * recovery points a minute old, as the broker writes them down, and after one without any, when everything is read again.
 * Beside it the time to read as much from the same disk, which bounds the last. Prints a table.
 */
import { closeSync, mkdtempSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { diskFileSystem, silentLogger, systemClock, systemRandom } from '../src/base/index.ts';
import { defaultLogConfig, LogDirectory, type PartitionLog } from '../src/storage/index.ts';
import { buildBatch } from '../src/wire/records/index.ts';

const { values } = parseArgs({
  options: {
    partitions: { type: 'string', default: '1000' },
    gigabytes: { type: 'string', default: '1' },
    folder: { type: 'string', default: tmpdir() },
  },
});
const partitions = Number(values.partitions);
const bytesPerPartition = Math.ceil((Number(values.gigabytes) * 1024 ** 3) / partitions);
const config = { ...defaultLogConfig, segmentBytes: Math.max(1024 ** 2, Math.ceil(bytesPerPartition / 4)) };
const BATCH_RECORDS = 64;
const RECOVERY_POINTS = 'recovery-point-offset-checkpoint';

const path = mkdtempSync(join(values.folder, 'ottla-recovery-'));
const open = (): LogDirectory =>
  LogDirectory.open({
    fs: diskFileSystem,
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    path,
    nodeId: 1,
    producerIdExpirationMs: 86_400_000,
  });
const logsOf = (directory: LogDirectory): PartitionLog[] =>
  Array.from({ length: partitions }, (_, partition) => directory.openLog({ topic: 't', partition, config }));
const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

function batchOf(value: Buffer): Buffer {
  const timestampMs = Date.now();
  const records = Array.from({ length: BATCH_RECORDS }, () => ({ timestampMs, key: null, value }));
  return buildBatch({ baseOffset: 0, records });
}

async function fill(logs: readonly PartitionLog[], bytes: number): Promise<void> {
  const batch = batchOf(systemRandom.bytes(1024));
  for (const log of logs) {
    const end = log.sizeInBytes + bytes;
    while (log.sizeInBytes < end) {
      const outcome = log.append(Buffer.from(batch), { leaderEpoch: 0, origin: 'client' });
      if (outcome.kind === 'refused') throw new Error(outcome.errorMessage);
    }
    await turn();
  }
}

/** Seconds to open all logs. The broker that had the folder before is taken to be dead. */
function opening(): { readonly directory: LogDirectory; readonly seconds: number } {
  const startedMs = performance.now();
  const directory = open();
  const logs = logsOf(directory);
  const seconds = (performance.now() - startedMs) / 1000;
  if (logs.some((log) => log.logEndOffset === 0)) throw new Error('a log is empty');
  return { directory, seconds };
}

/** A crash leaves the lock of a process that is gone, and no marker. */
function crash(directory: LogDirectory): void {
  for (const log of directory.logs()) log.abandon();
  directory.fail(new Error('crashed'));
  directory.close();
}

function readEverything(): number {
  const startedMs = performance.now();
  const target = Buffer.alloc(1024 ** 2);
  for (const file of readdirSync(path, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.log')) continue;
    const fd = openSync(join(path, file), 'r');
    while (readSync(fd, target) > 0);
    closeSync(fd);
  }
  return (performance.now() - startedMs) / 1000;
}

try {
  const first = open();
  await fill(logsOf(first), bytesPerPartition);
  first.close();
  const rows: (readonly [string, number])[] = [['reading all segments', readEverything()]];
  const cleanly = opening();
  rows.push(['open after a clean stop', cleanly.seconds]);
  // What a minute may bring: a hundredth more.
  await fill([...cleanly.directory.logs()], bytesPerPartition / 100);
  crash(cleanly.directory);
  const recovered = opening();
  rows.push(['recover after a crash, from the recovery points', recovered.seconds]);
  crash(recovered.directory);
  rmSync(join(path, RECOVERY_POINTS));
  const anew = opening();
  rows.push(['recover everything, without recovery points', anew.seconds]);
  crash(anew.directory);
  console.log(`${partitions} partitions, ${values.gigabytes} GiB, Node ${process.version}\n\n| | s |\n| --- | --- |`);
  for (const [name, seconds] of rows) console.log(`| ${name} | ${seconds.toFixed(1)} |`);
} finally {
  rmSync(path, { recursive: true, force: true });
}
