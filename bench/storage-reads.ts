import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { systemRandom } from '../src/base/index.ts';
import { isAtHand, type PartitionLog } from '../src/storage/index.ts';
import {
  append,
  batchMaker,
  forget,
  inFolder,
  MB,
  median,
  openDirectory,
  openLog,
  percentile,
  seconds,
  written,
  type Row,
  type Scale,
} from './storage-fixture.ts';

const SEGMENT_BYTES = 1024 * 1024;
const FETCH_BYTES = 1024 * 1024;
const SMALL_FETCH_BYTES = 64 * 1024;
const READS = 400;
const ROUNDS = 5;

/** A log of many small segments: started, read at both ends, replayed, cold and hot, alone and beside a producer. */
export function reads({ segments }: Scale): Promise<Row[]> {
  return inFolder(async (folder) => {
    await fill(folder, segments);
    const rows: Row[] = [];

    const opening = { large: [] as number[], small: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      const again = openDirectory(folder);
      opening.small.push(1000 * (await seconds(() => void openLog(again, 'small'))));
      opening.large.push(1000 * (await seconds(() => void openLog(again, 'large'))));
      again.close();
    }
    const before = held();
    const directory = openDirectory(folder);
    const log = openLog(directory, 'large');
    log.setHighWatermark(log.logEndOffset);
    rows.push({
      what: `open a log of ${log.segmentCount} segments after a clean stop`,
      unit: 'ms',
      figure: median(opening.large),
      beside: { what: 'a log of one', figure: median(opening.small) },
    });

    forget(folder);
    const diskColdRate = plainRate(join(folder, 'large-0'));
    const diskHotRate = plainRate(join(folder, 'large-0'));
    await replay(log);
    const hotRate = await replay(log);
    rows.push({
      what: 'replay, hot',
      unit: 'MB/s',
      figure: hotRate,
      beside: { what: 'pread, hot', figure: diskHotRate },
    });
    forget(folder);
    const coldRate = await replay(log);
    rows.push({
      what: 'replay, cold',
      unit: 'MB/s',
      figure: coldRate,
      beside: { what: 'pread, cold', figure: diskColdRate },
    });

    const after = held();
    rows.push({
      what: 'open files after these replays',
      unit: '',
      figure: after.files - before.files,
      beside: { what: 'segments', figure: log.segmentCount },
    });
    rows.push({
      what: 'memory after them',
      unit: 'MiB',
      figure: after.memoryMiB,
      beside: { what: 'before the log was opened', figure: before.memoryMiB },
    });

    const tenth = Math.floor(log.logEndOffset / 10);
    const inFirst = (): number => systemRandom.below(tenth);
    const inLast = (): number => 9 * tenth + systemRandom.below(tenth - 100);
    // Twice, so that what is measured has been read before.
    for (const pick of [inFirst, inLast]) await latencies(log, pick);
    const [first, last] = [await latencies(log, inFirst), await latencies(log, inLast)];
    rows.push({
      what: 'read 64 KiB anywhere in the first tenth, hot, median',
      unit: 'ms',
      figure: median(first),
      beside: { what: 'in the last tenth', figure: median(last) },
    });
    await replay(log);
    forget(folder);
    const cold = await latencies(log, inFirst);
    rows.push({
      what: 'the same, cold, median',
      unit: 'ms',
      figure: median(cold),
      beside: { what: 'hot', figure: median(first) },
    });

    const producer = openLog(directory, 'producer');
    const alone = await stalls(producer, new Promise((done) => setTimeout(done, 2000)));
    for (const kind of ['hot', 'cold'] as const) {
      if (kind === 'cold') forget(folder);
      const beside = await stalls(producer, replay(log));
      rows.push({
        what: `append of 16 KiB beside a ${kind} replay, p99`,
        unit: 'ms',
        figure: percentile(beside, 0.99),
        beside: { what: 'alone', figure: percentile(alone, 0.99) },
      });
    }
    directory.close();
    return rows;
  });
}

/** What this process has open, and holds in memory. */
function held(): { readonly files: number; readonly memoryMiB: number } {
  return { files: readdirSync('/proc/self/fd').length, memoryMiB: process.memoryUsage().rss / 2 ** 20 };
}

async function fill(folder: string, segments: number): Promise<void> {
  const directory = openDirectory(folder);
  const log = openLog(directory, 'large', { segmentBytes: SEGMENT_BYTES });
  const make = batchMaker(16 * 1024);
  while (log.segmentCount < segments) {
    for (let i = 0; i < 64; i++) append(log, make());
    await written(log);
  }
  append(openLog(directory, 'small'), make());
  directory.close();
}

/** As the Fetch handler does. Returns how many bytes there were, and where the next read begins. */
async function readFrom(log: PartitionLog, from: number, maxBytes: number): Promise<{ bytes: number; next: number }> {
  await log.planPreparation(from, maxBytes);
  const plan = log.plan({ from, maxBytes, upTo: log.logEndOffset, minOneBatch: true });
  if (plan.kind === 'refused') throw new Error(`refused: ${plan.errorCode}`);
  const bytes = isAtHand(plan)
    ? log.read(plan, target(plan.sizeInBytes))
    : await log.readLater(plan, target(plan.sizeInBytes));
  if (bytes.length !== plan.sizeInBytes) throw new Error(`${bytes.length} of ${plan.sizeInBytes} bytes`);
  return { bytes: bytes.length, next: plan.endOffset };
}

/** Used over and over, as the broker's buffers are. */
const memory = Buffer.allocUnsafeSlow(4 * FETCH_BYTES);
const target = (bytes: number): Buffer => memory.subarray(0, bytes);

/** Reads all of a log, turn by turn. Returns MB/s. */
async function replay(log: PartitionLog): Promise<number> {
  let bytes = 0;
  const took = await seconds(async () => {
    for (let from = 0; from < log.logEndOffset;) {
      const read = await readFrom(log, from, FETCH_BYTES);
      bytes += read.bytes;
      from = read.next;
      await new Promise((done) => setImmediate(done));
    }
  });
  return bytes / took / MB;
}

async function latencies(log: PartitionLog, pick: () => number): Promise<number[]> {
  const all: number[] = [];
  for (let i = 0; i < READS; i++)
    all.push(1000 * (await seconds(async () => void (await readFrom(log, pick(), SMALL_FETCH_BYTES)))));
  return all;
}

/** How long appends took, ms, until `over`: each from when it was due, every 2 ms. */
async function stalls(log: PartitionLog, over: Promise<unknown>): Promise<number[]> {
  const make = batchMaker(16 * 1024);
  const all: number[] = [];
  let isOver = false;
  void over.finally(() => (isOver = true));
  while (!isOver) {
    const due = performance.now() + 2;
    await new Promise((done) => setTimeout(done, 2));
    append(log, make());
    await written(log);
    all.push(performance.now() - due);
  }
  await over;
  return all;
}

/** The same bytes by plain reads of the same size, MB/s. */
function plainRate(folder: string): number {
  const paths = readdirSync(folder).filter((name) => name.endsWith('.log'));
  const start = performance.now();
  let bytes = 0;
  for (const path of paths) {
    const file = openSync(join(folder, path), 'r');
    for (let read = -1, at = 0; read !== 0; at += read) bytes += read = readSync(file, memory, 0, FETCH_BYTES, at);
    closeSync(file);
  }
  return bytes / ((performance.now() - start) / 1000) / MB;
}
