import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  buildBatch,
  COMPRESSION_TYPES,
  controlRecordKey,
  controlRecordTypeOf,
  convertBatch,
  coordinatorEpochOf,
  emptyBatch,
  endTransactionMarker,
  prepareCompression,
  RecordBatch,
  recordsOf,
  scanBatches,
  type BatchInput,
} from '../../src/wire/records/index.ts';
import { Tally } from '../tally.ts';
import { compiledJava } from '../toolchain.ts';

const NOW = 1_700_000_000_000;
const MAX_BYTES = 4 << 20;

const tally = new Tally('records');
const folder = mkdtempSync(join(tmpdir(), 'ottla-records-'));
try {
  await Promise.all(COMPRESSION_TYPES.map(prepareCompression));
  for (const [name, batch] of ours()) writeFileSync(join(folder, `ours-${name}.batch`), batch);
  const classPath = await compiledJava([fileURLToPath(new URL('Records.java', import.meta.url))]);
  execFileSync('java', ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', classPath, 'Records', folder], { stdio: 'pipe' });

  for (const file of readdirSync(folder).filter((name) => name.endsWith('.batch'))) {
    const [by, ...name] = file.slice(0, -'.batch'.length).split('-');
    const what = by === 'java' ? 'we read what Java wrote' : 'Java reads what we wrote';
    await tally.check(`${what}: ${name.join('-')}`, () => {
      same(describe(readFileSync(join(folder, file))), readFileSync(join(folder, `${file}.txt`), 'utf8'));
    });
  }
  for (const name of ['few-none', 'many-none', 'noise-none', 'compacted-none', 'commit', 'abort', 'leader-change']) {
    await tally.check(`the records of ${name}, built anew, are Java's bytes`, () => {
      const bytes = javas(name);
      same(rebuilt(new RecordBatch(bytes)).toString('hex'), bytes.toString('hex'));
    });
  }
  await tally.check('a batch that compaction emptied has the bytes that Java leaves', () => {
    const emptied = emptyBatch(new RecordBatch(javas('to-be-emptied')));
    same(emptied.toString('hex'), javas('emptied').toString('hex'));
  });
} catch (error) {
  tally.fail('the suite ran', error);
} finally {
  rmSync(folder, { recursive: true });
}
tally.close();

function javas(name: string): Buffer {
  return readFileSync(join(folder, `java-${name}.batch`));
}

function* ours(): Generator<[string, Buffer]> {
  const text = (i: number): Buffer => Buffer.from(`the value of ${i}${' '.repeat(i % 90)}`);
  const producer = { producerId: 5, producerEpoch: 2, baseSequence: 2 ** 31 - 2, isTransactional: true };
  const few: BatchInput = {
    ...producer,
    baseOffset: 100,
    partitionLeaderEpoch: 3,
    records: [
      { timestampMs: NOW, key: Buffer.from('key'), value: Buffer.from('value') },
      {
        timestampMs: NOW - 5,
        key: null,
        value: Buffer.from('no key'),
        headers: [
          { key: 'h', value: Buffer.from('1') },
          { key: 'ключ', value: null },
        ],
      },
      { timestampMs: NOW + 2 ** 34, key: Buffer.from('tombstone'), value: null },
      { timestampMs: NOW, key: Buffer.alloc(0), value: Buffer.alloc(0) },
    ],
  };
  const many: BatchInput = {
    baseOffset: 2 ** 40,
    records: Array.from({ length: 4_000 }, (_, i) => ({ timestampMs: NOW + i, key: text(i % 97), value: text(i) })),
  };
  const compacted: BatchInput = {
    baseOffset: 50,
    lastOffset: 120,
    deleteHorizonMs: NOW + 1_000,
    records: [
      { offset: 52, timestampMs: NOW, key: Buffer.from('a'), value: null },
      { offset: 90, timestampMs: NOW - 1, key: Buffer.from('b'), value: Buffer.from('2') },
    ],
  };
  for (const compressionType of COMPRESSION_TYPES) {
    yield [`few-${compressionType}`, buildBatch({ ...few, compressionType })];
    yield [`many-${compressionType}`, buildBatch({ ...many, compressionType })];
    yield [`compacted-${compressionType}`, buildBatch({ ...compacted, compressionType })];
    const appended = new RecordBatch(buildBatch({ ...few, compressionType }));
    appended.setBaseOffset(7_000);
    appended.setPartitionLeaderEpoch(9);
    appended.setMaxTimestamp('LogAppendTime', NOW + 1);
    yield [`appended-${compressionType}`, appended.bytes];
    for (const from of COMPRESSION_TYPES) {
      const batch = new RecordBatch(buildBatch({ ...many, compressionType: from }));
      yield [`from-${from}-to-${compressionType}`, convertBatch(batch, { compressionType, maxBytes: MAX_BYTES })];
    }
  }
  for (const type of ['COMMIT', 'ABORT'] as const) {
    const record = { timestampMs: NOW, key: controlRecordKey(type), value: endTransactionMarker(12) };
    const marker = { ...producer, baseSequence: -1, baseOffset: 9, isControl: true, records: [record] };
    yield [type.toLowerCase(), buildBatch(marker)];
  }
  yield ['two-batches', Buffer.concat([buildBatch(few), buildBatch({ ...few, baseOffset: 104 })])];
}

/** The batch built again from what was read of it. */
function rebuilt(batch: RecordBatch): Buffer {
  return buildBatch({
    baseOffset: batch.baseOffset,
    lastOffset: batch.lastOffset,
    records: recordsOf(batch, { maxBytes: MAX_BYTES }).map((record) =>
      // The records' own timestamps do not show under an append time; this suite's are all NOW then.
      batch.timestampType === 'LogAppendTime' ? { ...record, timestampMs: NOW } : record,
    ),
    timestampType: batch.timestampType,
    logAppendTimeMs: batch.maxTimestamp,
    producerId: batch.producerId,
    producerEpoch: batch.producerEpoch,
    baseSequence: batch.baseSequence,
    isTransactional: batch.isTransactional,
    isControl: batch.isControl,
    partitionLeaderEpoch: batch.partitionLeaderEpoch,
    ...(batch.deleteHorizonMs === null ? {} : { deleteHorizonMs: batch.deleteHorizonMs }),
  });
}

/** What Records.java says of the same bytes. */
function describe(bytes: Buffer): string {
  const lines: string[] = [];
  const { batches, problem } = scanBatches(bytes);
  if (problem !== null) return `refused: ${problem.message}`;
  for (const batch of batches) {
    if (!batch.isValid()) return 'refused: wrong crc';
    lines.push(
      [
        ...['batch', batch.baseOffset, batch.lastOffset, batch.sizeInBytes, batch.partitionLeaderEpoch],
        ...[batch.compressionType, batch.timestampType, batch.maxTimestamp],
        ...[batch.producerId, batch.producerEpoch, batch.baseSequence, batch.lastSequence],
        ...[batch.isTransactional, batch.isControl, batch.deleteHorizonMs ?? -1, batch.recordCount],
      ].join(' '),
    );
    for (const record of recordsOf(batch, { maxBytes: MAX_BYTES })) {
      const line: (string | number)[] = [
        'record',
        record.offset,
        record.timestampMs,
        hex(record.key),
        hex(record.value),
      ];
      for (const { key, value } of record.headers) line.push(`${hex(Buffer.from(key))}=${hex(value)}`);
      if (batch.isControl) {
        const type = controlRecordTypeOf(record.key);
        line.push(type);
        if (type === 'COMMIT' || type === 'ABORT') line.push(coordinatorEpochOf(record.value));
      }
      lines.push(line.join(' '));
    }
  }
  return `${lines.join('\n')}\n`;
}

function hex(bytes: Buffer | null): string {
  return bytes === null ? 'null' : `x${bytes.toString('hex')}`;
}

/** Throws the first line in which they differ. */
function same(ours: string, theirs: string): void {
  if (ours === theirs) return;
  const others = theirs.split('\n');
  const index = ours.split('\n').findIndex((line, i) => line !== others[i]);
  throw new Error(`ours ${ours.split('\n')[index]?.slice(0, 300)}, Java's ${others[index]?.slice(0, 300)}`);
}
