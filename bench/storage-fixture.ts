import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskFileSystem, silentLogger, systemClock, systemRandom } from '../src/base/index.ts';
import { defaultLogConfig, LogDirectory, type LogConfig, type PartitionLog } from '../src/storage/index.ts';
import { buildBatch } from '../src/wire/records/index.ts';

/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly figure: number;
  /** What it is measured against, in the same unit. */
  readonly beside: { readonly what: string; readonly figure: number };
}

export interface Scale {
  /** 1 for the whole, less for a smoke test. */
  readonly size: number;
  /** Of the log that is read, 1 MiB each. */
  readonly segments: number;
  readonly withApacheKafka: boolean;
}

export const MB = 1e6;

/** Runs `work` with a folder that is gone afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'ottla-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function openDirectory(path: string): LogDirectory {
  return LogDirectory.open({
    fs: diskFileSystem,
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    path,
    nodeId: 1,
    producerIdExpirationMs: 86_400_000,
  });
}

export function openLog(directory: LogDirectory, topic: string, config: Partial<LogConfig> = {}): PartitionLog {
  return directory.openLog({ topic, partition: 0, config: { ...defaultLogConfig, ...config } });
}

/** A batch of 1 KiB records, of about `bytes`, for one append: appending writes to it. */
export function batchMaker(bytes: number): () => Buffer {
  const records = Array.from({ length: Math.max(1, Math.round(bytes / 1034)) }, () => ({
    timestampMs: Date.now(),
    key: null,
    value: systemRandom.bytes(1024),
    headers: [],
  }));
  const batch = buildBatch({ baseOffset: 0, records });
  return () => Buffer.from(batch);
}

export function append(log: PartitionLog, batch: Buffer): void {
  const result = log.append(batch, { leaderEpoch: 0, origin: 'client' });
  if (result.kind === 'refused') throw new Error(`refused: ${result.errorCode} ${result.errorMessage}`);
}

const waiting = new WeakMap<PartitionLog, (() => void)[]>();

/** Resolves when everything so far counts as written. */
export function written(log: PartitionLog): Promise<void> {
  let waiters = waiting.get(log);
  if (waiters === undefined) {
    waiting.set(log, (waiters = []));
    const all = waiters;
    log.onReadable((end) => {
      if (end >= log.logEndOffset) for (const resolve of all.splice(0)) resolve();
    });
  }
  if (log.writtenEndOffset >= log.logEndOffset) return Promise.resolve();
  return new Promise((resolve) => waiters.push(resolve));
}

/** Asks the system to forget what it holds of the files in a folder and below. */
export function forget(folder: string): void {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = names.map((entry) => join(entry.parentPath, entry.name));
  const script =
    'import os, sys\nfor p in sys.stdin.read().split("\\0"):\n  f = os.open(p, os.O_RDONLY)\n  os.fdatasync(f)\n' +
    '  os.posix_fadvise(f, 0, 0, os.POSIX_FADV_DONTNEED)\n  os.close(f)';
  execFileSync('python3', ['-c', script], { input: paths.join('\0') });
}

export async function seconds(work: () => Promise<void> | void): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

export function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? NaN;
}

export function percentile(figures: readonly number[], part: number): number {
  return [...figures].sort((a, b) => a - b)[Math.min(figures.length - 1, Math.floor(figures.length * part))] ?? NaN;
}
