import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  append,
  batchMaker,
  inFolder,
  MB,
  median,
  openDirectory,
  openLog,
  seconds,
  written,
  type Row,
  type Scale,
} from './storage-fixture.ts';

interface Pattern {
  readonly what: string;
  readonly batchBytes: number;
  /** Appended in one turn of the event loop. */
  readonly batches: number;
  readonly sync: boolean;
  readonly totalBytes: number;
}

const ROUNDS = 3;
const KIB = 1024;

/** Appends against plain writes of the same sizes to a file beside, with and without a sync after each; turn by turn. */
export async function appends({ size }: Scale): Promise<Row[]> {
  const patterns: Pattern[] = [
    { what: 'append 64 x 16 KiB a turn', batchBytes: 16 * KIB, batches: 64, sync: false, totalBytes: 256 * MB * size },
    { what: 'append 1 x 16 KiB a turn', batchBytes: 16 * KIB, batches: 1, sync: false, totalBytes: 64 * MB * size },
    {
      what: 'append 16 KiB, `flush.messages=1`, each awaited',
      batchBytes: 16 * KIB,
      batches: 1,
      sync: true,
      totalBytes: 8 * MB * size,
    },
    {
      what: 'append 64 x 16 KiB, `flush.messages=1`, each turn awaited',
      batchBytes: 16 * KIB,
      batches: 64,
      sync: true,
      totalBytes: 128 * MB * size,
    },
  ];
  const rows: Row[] = [];
  // The first rounds are the compiler's.
  for (const pattern of patterns)
    await inFolder((folder) => appendRate(folder, { ...pattern, sync: false, totalBytes: 32 * MB }));
  for (const pattern of patterns) {
    const ours: number[] = [];
    const disks: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      disks.push(await inFolder((folder) => diskRate(join(folder, 'plain'), pattern)));
      ours.push(await inFolder((folder) => appendRate(folder, pattern)));
    }
    const beside = { what: pattern.sync ? 'pwrite + fdatasync' : 'pwrite', figure: median(disks) };
    rows.push({ what: pattern.what, unit: 'MB/s', figure: median(ours), beside });
  }
  return rows;
}

async function diskRate(path: string, { batchBytes, batches, sync, totalBytes }: Pattern): Promise<number> {
  const batch = batchMaker(batchBytes)();
  const bytes = Buffer.concat(Array.from({ length: batches }, () => batch));
  const turns = Math.max(1, Math.round(totalBytes / bytes.length));
  const file = openSync(path, 'w');
  const took = await seconds(async () => {
    for (let turn = 0; turn < turns; turn++) {
      writeSync(file, bytes, 0, bytes.length, turn * bytes.length);
      if (sync) fdatasyncSync(file);
    }
  });
  closeSync(file);
  return (turns * bytes.length) / took / MB;
}

async function appendRate(folder: string, { batchBytes, batches, sync, totalBytes }: Pattern): Promise<number> {
  const directory = openDirectory(folder);
  const log = openLog(directory, 'appends', sync ? { flushMessages: 1 } : {});
  const make = batchMaker(batchBytes);
  const { length } = make();
  const turns = Math.max(1, Math.round(totalBytes / (batches * length)));
  const took = await seconds(async () => {
    for (let turn = 0; turn < turns; turn++) {
      for (let i = 0; i < batches; i++) append(log, make());
      await written(log);
    }
  });
  directory.close();
  return (turns * batches * length) / took / MB;
}
