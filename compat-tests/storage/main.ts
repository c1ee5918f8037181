import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { diskFileSystem, RecordingLogger, systemClock, systemRandom } from '../../src/base/index.ts';
import { defaultLogConfig, LogDirectory, type LogConfig, type PartitionLog } from '../../src/storage/index.ts';
import {
  buildBatch,
  COMPRESSION_TYPES,
  controlRecordKey,
  endTransactionMarker,
  prepareCompression,
  recordsOf,
  type BatchInput,
} from '../../src/wire/records/index.ts';
import { Broker, reference } from '../brokers.ts';
import { Tally } from '../tally.ts';
import { compiledJava } from '../toolchain.ts';

const run = promisify(execFile);
const MAX_OUTPUT = { maxBuffer: 256 * 1024 * 1024 };
const START_MS = 1_700_000_000_000;

/** What the dump tool says when a file is not as it should be. Of every segment but the first it says that -1 is followed by its base. */
const COMPLAINTS =
  /mismatch|not found|invalid bytes|isvalid: false|^ +\d+ is followed by|out of order|exception|corrupt|sanity check failed|Could not/i;

function openDirectory(path: string, logger = new RecordingLogger()): LogDirectory {
  return LogDirectory.open({
    fs: diskFileSystem,
    clock: systemClock,
    random: systemRandom,
    logger,
    path,
    nodeId: 1,
    producerIdExpirationMs: 86_400_000,
  });
}

function batch(values: readonly string[], timestampMs: number, input: Partial<BatchInput> = {}): Buffer {
  const records = values.map((value, i) => ({
    timestampMs: timestampMs + i,
    key: Buffer.from('key'),
    value: Buffer.from(value),
  }));
  return buildBatch({ baseOffset: 0, records, ...input });
}

function marker(type: 'ABORT' | 'COMMIT', producerId: number): Buffer {
  const records = [{ timestampMs: START_MS, key: controlRecordKey(type), value: endTransactionMarker(0) }];
  return buildBatch({ baseOffset: 0, records, producerId, producerEpoch: 0, isTransactional: true, isControl: true });
}

function append(log: PartitionLog, records: Buffer, leaderEpoch = 0): number {
  const origin = records.readInt16BE(21) & 0x20 ? 'coordinator' : 'client';
  const result = log.append(records, { leaderEpoch, origin });
  if (result.kind === 'refused') throw new Error(`${result.errorCode} ${result.errorMessage}`);
  return result.lastOffset;
}

function valuesOf(log: PartitionLog): string[] {
  const values: string[] = [];
  for (const found of log.batches(0)) {
    if (found.isControl) continue;
    assert(found.isValid());
    for (const { offset, value } of recordsOf(found, { maxBytes: 2 ** 26 }))
      values.push(`${log.topic}@${offset} ${String(value).trim()}`);
  }
  return values;
}

/** A folder with everything that a log of ours can hold. */
function writeFolder(path: string): void {
  const directory = openDirectory(path);
  const config: LogConfig = { ...defaultLogConfig, segmentBytes: 50_000, indexIntervalBytes: 500 };
  const plain = directory.openLog({ topic: 'plain', partition: 0, topicId: 'bxZwbVyLRUKHW5hxiyyxkQ', config });
  for (let i = 0; i < 2000; i++) {
    // Times that go back now and then.
    const values = Array.from({ length: 1 + (i % 5) }, (_, k) => `value ${i} ${k}`);
    append(
      plain,
      batch(values, START_MS + i * 10 - (i % 7) * 100, { producerId: 4, producerEpoch: 0, baseSequence: sequence }),
      i >> 9,
    );
    sequence += values.length;
  }
  const packed = directory.openLog({ topic: 'packed', partition: 0, config });
  for (let i = 0; i < 400; i++) {
    const compressionType = COMPRESSION_TYPES[i % COMPRESSION_TYPES.length] ?? 'none';
    append(packed, batch(['a'.repeat(300), 'b', 'c'], START_MS + i, { compressionType }));
  }
  const transactions = directory.openLog({ topic: 'transactions', partition: 0, config });
  for (let i = 0; i < 300; i++) {
    const producerId = 10 + (i % 3);
    append(
      transactions,
      batch(['t'], START_MS + i, {
        producerId,
        producerEpoch: 0,
        baseSequence: Math.floor(i / 3),
        isTransactional: true,
      }),
    );
    if (i % 3 === 2) for (const id of [11, 10, 12]) append(transactions, marker(id === 11 ? 'ABORT' : 'COMMIT', id));
  }
  directory.openLog({ topic: 'empty', partition: 0, config, makeFolder: true });
  directory.close();
}
let sequence = 0;

async function dump(files: readonly string[], ...options: string[]): Promise<string> {
  const args = ['tool', 'org.apache.kafka.tools.DumpLogSegments', ...options, '--files', files.join(',')];
  const { stdout, stderr } = await run(reference, args, MAX_OUTPUT);
  return stdout + stderr;
}

function assertClean(output: string): void {
  const complaints = output.split('\n').filter((line) => COMPLAINTS.test(line));
  assert.deepEqual(complaints.slice(0, 3), []);
}

function filesOf(folder: string, suffix: RegExp): string[] {
  return readdirSync(folder)
    .filter((name) => suffix.test(name))
    .map((name) => join(folder, name));
}

async function dumpTool(tally: Tally): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ottla-storage-'));
  try {
    writeFolder(folder);
    const folders = ['plain-0', 'packed-0', 'transactions-0', 'empty-0'].map((name) => join(folder, name));
    const logs = folders.flatMap((path) => filesOf(path, /\.log$/));
    const indexes = folders.flatMap((path) => filesOf(path, /\.(index|timeindex|txnindex|snapshot)$/));
    await tally.check(`the dump tool reads ${logs.length} segments to the last record`, async () => {
      const output = await dump(logs, '--deep-iteration');
      assertClean(output);
      const records = output.match(/^\| offset: /gm)?.length ?? 0;
      assert.equal(records, 2000 * 3 + 400 * 3 + 600);
    });
    await tally.check(
      `the dump tool finds ${indexes.length} indexes and snapshots to be what the logs say`,
      async () => {
        const output = await dump(indexes);
        assertClean(output);
        assert.equal(output.match(/^version: \d+ producerId: 11 /gm)?.length, 100);
        assert.match(output, /producerId: 4 producerEpoch: 0 .*lastSequence: 5999 /);
      },
    );
    await tally.check('the dump tool passes the indexes in its sanity check', async () => {
      const output = await dump(
        indexes.filter((path) => /\.(index|timeindex)$/.test(path)),
        '--index-sanity-check',
      );
      assertClean(output);
      assert.match(output, /passed sanity check/);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function sharedFolder(tally: Tally): Promise<void> {
  const classPath = await compiledJava([join(import.meta.dirname, 'Storage.java')]);
  const java = async (mode: string, broker: Broker): Promise<string[]> => {
    const { stdout } = await run('java', ['-Xmx256m', '-cp', classPath, 'Storage', mode, broker.address], MAX_OUTPUT);
    return stdout.split('\n').filter((line) => line.includes('@'));
  };
  const broker = await Broker.start('apache', {
    // The records are years old, and half a minute after its start it looks for such.
    'log.retention.ms': '-1',
    'transaction.state.log.num.partitions': '1',
    'offsets.topic.num.partitions': '1',
  });
  try {
    await java('feed', broker);
    const theirs = await java('drain', broker);
    await broker.down();
    const logger = new RecordingLogger();
    const config = {
      ...defaultLogConfig,
      segmentBytes: 1048576,
      indexIntervalBytes: 1000,
      messageTimestampAfterMaxMs: Number.MAX_SAFE_INTEGER,
    };
    const topics = ['plain', 'packed', 'transactions', 'empty'];
    const added: string[] = [];
    await tally.check('a folder that Apache Kafka closed opens here without repairs', () => {
      const directory = openDirectory(broker.dataFolder, logger);
      assert(directory.wasCleanShutdown);
      const values = topics.flatMap((topic) => {
        const log = directory.openLog({ topic, partition: 0, config });
        assert.equal(log.topicId, directory.found.find((found) => found.topic === topic)?.topicId);
        assert.equal(log.highWatermark, log.logEndOffset);
        const aborted = log.abortedTransactions(0, log.logEndOffset);
        if (topic === 'transactions') assert.equal(aborted.length, 2);
        return valuesOf(log);
      });
      const committed = new Set(theirs);
      assert.deepEqual(
        values.filter((value) => committed.has(value)),
        [...committed].sort(byTopic(topics)),
      );
      assert.equal(values.length, committed.size + 2);
      assert.deepEqual(
        logger.lines.filter(({ level }) => level === 'warn'),
        [],
      );
      directory.close({ brokerEpoch: 1 });
    });
    await tally.check('it grows here', () => {
      const directory = openDirectory(broker.dataFolder, logger);
      for (const topic of topics) {
        const log = directory.openLog({ topic, partition: 0, config });
        for (let i = 0; i < 3000; i++) {
          const value = `ours ${i} ${'.'.repeat(200)}`;
          added.push(`${topic}@${append(log, batch([value], START_MS + 100_000_000 + i))} ${value}`);
        }
        log.setHighWatermark(log.logEndOffset);
      }
      directory.close({ brokerEpoch: 1 });
    });
    await tally.check('Apache Kafka reads on where we wrote', async () => {
      await broker.up();
      const lines = await java('drain', broker);
      assert.deepEqual(new Set(lines), new Set([...theirs, ...added]));
      // A controller that is asked before its election is over says so as an error; files have nothing to do with it.
      const complaints = broker.lastOutput
        .split('\n')
        .filter(
          (line) => /rebuild|corrupt/i.test(line) || (/\bERROR\b/.test(line) && !line.includes('[ControllerApis ')),
        );
      assert.deepEqual(complaints.slice(0, 3), []);
    });
    await tally.check('after a kill -9 of Apache Kafka the folder is recovered here', async () => {
      await broker.kill();
      const directory = openDirectory(broker.dataFolder, logger);
      assert(!directory.wasCleanShutdown);
      const values = topics.flatMap((topic) => valuesOf(directory.openLog({ topic, partition: 0, config })));
      assert.equal(values.length, theirs.length + added.length + 2);
      directory.close({ brokerEpoch: 1 });
    });
  } finally {
    await broker.dispose();
  }
}

function byTopic(topics: readonly string[]): (a: string, b: string) => number {
  const place = (line: string): [number, number] => {
    const [topic = '', rest = ''] = line.split('@');
    return [topics.indexOf(topic), Number.parseInt(rest)];
  };
  return (a, b) => {
    const [[topicA, offsetA], [topicB, offsetB]] = [place(a), place(b)];
    return topicA - topicB || offsetA - offsetB;
  };
}

const tally = new Tally('storage');
await Promise.all(COMPRESSION_TYPES.map((type) => prepareCompression(type)));
await dumpTool(tally);
if (process.argv[2] !== 'dump') await sharedFolder(tally);
tally.close();
