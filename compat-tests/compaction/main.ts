/**
 * Logs with the same bytes, compacted by Apache Kafka and by Ottla with the same configs. What is left is told by Apache
 * Kafka's dump tool, and must be the same, batch by batch and record by record. Then more is written to both, and so on.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import kafkajs from 'kafkajs';
import { diskFileSystem, SeededRandom, silentLogger, systemClock, systemRandom } from '../../src/base/index.ts';
import { defaultLogConfig, LogDirectory, type LogConfig } from '../../src/storage/index.ts';
import { COMPRESSION_TYPES, prepareCompression } from '../../src/wire/records/index.ts';
import { Broker, reference, type BrokerKind } from '../brokers.ts';
import { Tally } from '../tally.ts';
import { createTopics } from '../topics.ts';
import { endAll, scenarios, Writer, type Scenario } from './histories.ts';

const run = promisify(execFile);
const tally = new Tally('compaction');
const ROUNDS = 3;
const STEPS = 150;
const seed = Number(process.env['SEED'] ?? 1);

const CLEANER = {
  'log.cleaner.backoff.ms': '100',
  'log.cleaner.min.cleanable.ratio': '0.01',
  'log.segment.delete.delay.ms': '100',
};

/** The producers' sequences go on from round to round; both folders are written alike. */
let sequences = new Map<string, Map<number, number>>();

function writtenWith({ written, configs }: Scenario): LogConfig {
  return {
    ...defaultLogConfig,
    cleanupPolicy: { delete: false, compact: true },
    segmentBytes: 6000,
    indexIntervalBytes: 300,
    messageTimestampType: configs['message.timestamp.type'] === 'LogAppendTime' ? 'LogAppendTime' : 'CreateTime',
    ...written,
  };
}

/** Writes the round's batches to a folder that no broker uses now. The same call writes the same bytes. */
function write(folder: string, round: number, nowMs: number): Map<string, number> {
  let clockMs = nowMs;
  const directory = LogDirectory.open({
    fs: diskFileSystem,
    clock: { ...systemClock, now: () => clockMs },
    random: systemRandom,
    logger: silentLogger,
    path: folder,
    nodeId: 1,
    producerIdExpirationMs: 86_400_000,
  });
  const activeOffsets = new Map<string, number>();
  for (const [index, scenario] of scenarios.entries()) {
    const { topic, step } = scenario;
    const config = writtenWith(scenario);
    clockMs = nowMs;
    const log = directory.openLog({ topic, partition: 0, config });
    const known = sequences.get(topic) ?? new Map<number, number>();
    const writer = new Writer(log, new SeededRandom(seed * 1000 + round * 100 + index), nowMs, new Map(known));
    for (let i = 0; i < STEPS; i++) step(writer, i);
    endAll(writer, topic);
    log.writeQueued();
    // Everything so far is compacted; the active segment is not.
    log.config = { ...config, segmentMs: 0 };
    clockMs = nowMs + 1;
    activeOffsets.set(topic, log.logEndOffset);
    writer.batch([{ timestampMs: nowMs + 100_000, key: Buffer.from('active'), value: Buffer.from('segment') }]);
    log.writeQueued();
    log.setHighWatermark(log.logEndOffset);
    written.set(topic, writer.sequences);
  }
  directory.close();
  return activeOffsets;
}
const written = new Map<string, Map<number, number>>();

async function untilCompacted(broker: Broker, activeOffsets: ReadonlyMap<string, number>): Promise<void> {
  const checkpoint = join(broker.dataFolder, 'cleaner-offset-checkpoint');
  const deadline = Date.now() + 60_000;
  for (;;) {
    const lines = readFileSync(checkpoint, 'utf8')
      .split('\n')
      .map((line) => line.trimEnd());
    const missing = [...activeOffsets].filter(([topic, offset]) => !lines.includes(`${topic} 0 ${offset}`));
    if (missing.length === 0) return;
    if (Date.now() > deadline) throw new Error(`not compacted: ${missing.join('; ')}; ${lines.join(' | ')}`);
    await sleep(50);
  }
}

/** What Apache Kafka's dump tool tells of all files of the topics' partitions. */
async function dump({ dataFolder }: Broker): Promise<string> {
  const files = topics.flatMap((topic) => {
    const folder = join(dataFolder, `${topic}-0`);
    const names = readdirSync(folder).filter((name) => /\.(log|index|timeindex|txnindex)$/.test(name));
    return names.map((name) => join(folder, name));
  });
  const options = ['--deep-iteration', '--print-data-log', '--index-sanity-check', '--files', files.join(',')];
  const { stdout, stderr } = await run(reference, ['tool', 'org.apache.kafka.tools.DumpLogSegments', ...options], {
    maxBuffer: 1 << 28,
  });
  return (stdout + stderr).replaceAll(dataFolder, '');
}

/** It also says of compacted segments that an offset is not followed by the next, which is as it should be. */
const COMPLAINT = /isvalid: false|exception|mismatch|corrupt|could not|cannot|not found|out of order|fail/i;

/** Segments, batches, records and aborted transactions, without what may differ: when it was compacted, how a codec packs. */
function comparable(dumped: string): Map<string, string[]> {
  const byTopic = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of dumped.split('\n')) {
    const file = /^Dumping \/?([^/]+)-0\/(.*)$/.exec(line);
    if (file !== null) {
      lines = byTopic.get(file[1] ?? '') ?? [];
      byTopic.set(file[1] ?? '', lines);
      if (file[2]?.endsWith('.log') === true) lines.push(`segment ${file[2]}`);
    } else if (line.startsWith('baseOffset:')) {
      let told = line.replace(/ position: \d+/, '').replace(/OptionalLong\[\d+\]/, 'OptionalLong[set]');
      const isPacked = !told.includes('compresscodec: none');
      if (isPacked || told.includes('OptionalLong[set]')) told = told.replace(/ (size|crc): \d+/g, '');
      lines.push(told);
    } else if (/^(\||version:)/.test(line)) lines.push(line);
  }
  return byTopic;
}

function firstDifference(ours: readonly string[], theirs: readonly string[]): string {
  const at = theirs.findIndex((line, i) => line !== ours[i]);
  const index = at < 0 ? theirs.length : at;
  return `line ${index} of ${theirs.length}: ${ours[index]} and not ${theirs[index]}`;
}

for (const type of COMPRESSION_TYPES) await prepareCompression(type);
const topics = scenarios.map(({ topic }) => topic);
const brokers = new Map<BrokerKind, Broker>();
try {
  // One folder with the topics, twice.
  const first = await Broker.start('ottla', CLEANER);
  brokers.set('ottla', first);
  await createTopics(
    first.address,
    scenarios.map(({ topic, configs }) => ({
      topic,
      configEntries: Object.entries({ 'cleanup.policy': 'compact', ...configs }).map(([name, value]) => ({
        name,
        value,
      })),
    })),
  );
  // Folders are made with the first record, and know then whose they are.
  const producer = new kafkajs.Kafka({ brokers: [first.address] }).producer();
  await producer.connect();
  await producer.sendBatch({
    topicMessages: topics.map((topic) => ({ topic, messages: [{ key: 'first', value: 'record' }] })),
  });
  await producer.disconnect();
  await first.down();
  const second = await Broker.start('ottla', CLEANER);
  brokers.set('apache', second);
  await second.down();
  rmSync(second.dataFolder, { recursive: true });
  cpSync(first.dataFolder, second.dataFolder, { recursive: true });

  for (let round = 1; round <= ROUNDS; round++) {
    const nowMs = Date.now();
    let activeOffsets = new Map<string, number>();
    for (const broker of brokers.values()) activeOffsets = write(broker.dataFolder, round, nowMs);
    sequences = new Map(written);
    for (const [kind, broker] of brokers) {
      const isDone = await tally.check(
        `round ${round}: ${kind} starts and compacts all`,
        async () => {
          await broker.upAs(kind);
          await untilCompacted(broker, activeOffsets);
        },
        150_000,
      );
      if (!isDone) throw new Error(broker.lastOutput.slice(-3000));
      await broker.down();
    }
    const dumps = new Map<BrokerKind, Map<string, string[]>>();
    for (const [kind, broker] of brokers) {
      const text = await dump(broker);
      dumps.set(kind, comparable(text));
      if (kind === 'ottla') {
        await tally.check(`round ${round}: the dump tool reads Ottla's segments and indexes without complaint`, () => {
          const complaints = text.split('\n').filter((line) => COMPLAINT.test(line) && !line.startsWith('|'));
          assert.deepEqual(complaints.slice(0, 3), []);
        });
      }
    }
    for (const topic of topics) {
      await tally.check(`round ${round}: the same is left of ${topic}`, () => {
        const ours = dumps.get('ottla')?.get(topic) ?? [];
        const theirs = dumps.get('apache')?.get(topic) ?? [];
        assert.ok(theirs.length > 5, `${theirs.length} lines`);
        assert.ok(
          ours.length === theirs.length && ours.every((line, i) => line === theirs[i]),
          firstDifference(ours, theirs),
        );
      });
    }
  }
} finally {
  for (const broker of brokers.values()) await broker.dispose();
}
tally.close();
