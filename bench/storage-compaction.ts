import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { SeededRandom } from '../src/base/index.ts';
import { buildBatch } from '../src/wire/records/index.ts';
import { Broker, type BrokerKind } from '../compat-tests/brokers.ts';
import { connectAdmin, createTopics, untilPartitions } from '../compat-tests/topics.ts';
import { append, MB, openDirectory, openLog, written, type Row, type Scale } from './storage-fixture.ts';

const TOPIC = 'compacted';
const RECORDS_A_BATCH = 16;
/** Holds compaction back until all is ready. */
const configsWith = (minLagMs: string) => [
  { name: 'cleanup.policy', value: 'compact' },
  { name: 'min.compaction.lag.ms', value: minLagMs },
];

interface Compacted {
  readonly rate: number;
  readonly cpuSecondsPerGb: number;
}

/** The same records, compacted by each broker alone with the same configs: a fifth of them is left. */
export async function compaction({ size, withApacheKafka }: Scale): Promise<Row[]> {
  const bytes = 400 * MB * size;
  const ours = await compacted('ottla', bytes);
  const theirs = withApacheKafka ? await compacted('apache', bytes) : undefined;
  const besideApache = (figure: number | undefined): Row['beside'] => ({ what: 'Apache Kafka', figure: figure ?? NaN });
  return [
    { what: 'compact 1 KiB records', unit: 'MB/s', figure: ours.rate, beside: besideApache(theirs?.rate) },
    {
      what: 'compact 1 KiB records, the whole broker',
      unit: 'cpu s/GB',
      figure: ours.cpuSecondsPerGb,
      beside: besideApache(theirs?.cpuSecondsPerGb),
    },
  ];
}

async function compacted(kind: BrokerKind, bytes: number): Promise<Compacted> {
  const broker = await Broker.start(kind, {
    'log.cleaner.backoff.ms': '100',
    'log.cleaner.min.cleanable.ratio': '0.01',
  });
  try {
    const topic = { topic: TOPIC, configEntries: configsWith(String(2 ** 40)) };
    await createTopics(broker.address, [topic]);
    await broker.down();
    const { dirtyEnd, dirtyBytes } = await fill(broker.dataFolder, bytes);
    await broker.up();
    const admin = connectAdmin(broker.address);
    await admin.connect();
    await untilPartitions({ admin, address: broker.address }, TOPIC, 1);
    const cpuBefore = cpuSeconds(broker.pid);
    const start = performance.now();
    const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: TOPIC, configEntries: configsWith('0') };
    await admin.alterConfigs({ validateOnly: false, resources: [resource] });
    const checkpoint = join(broker.dataFolder, 'cleaner-offset-checkpoint');
    const isDone = (): boolean =>
      readFileSync(checkpoint, 'utf8')
        .split('\n')
        .some((line) => line.trimEnd() === `${TOPIC} 0 ${dirtyEnd}`);
    while (!isDone()) {
      if (performance.now() - start > 120_000) throw new Error('nothing was compacted');
      await sleep(20);
    }
    const took = (performance.now() - start) / 1000;
    const cpu = cpuSeconds(broker.pid) - cpuBefore;
    await admin.disconnect();
    return { rate: dirtyBytes / took / MB, cpuSecondsPerGb: (cpu * 1e9) / dirtyBytes };
  } catch (cause) {
    const state = broker.isRunning ? 'which runs' : 'which has ended';
    throw new Error(`compaction by ${kind}, ${state}: ${String(cause)}\n${broker.lastOutput}`, { cause });
  } finally {
    await broker.dispose();
  }
}

/** Writes to the topic's folder while the broker is down. The active segment, which is not compacted, holds one record. */
async function fill(folder: string, bytes: number): Promise<{ dirtyEnd: number; dirtyBytes: number }> {
  const directory = openDirectory(folder);
  const config = { cleanupPolicy: { delete: false, compact: true }, segmentBytes: 64 * 1024 * 1024 };
  const log = openLog(directory, TOPIC, config);
  const random = new SeededRandom(1);
  const keys = Math.round(bytes / 1100 / 5);
  const nowMs = Date.now() - 1000;
  const write = (count: number, timestampMs: number): void =>
    append(
      log,
      buildBatch({
        baseOffset: 0,
        records: Array.from({ length: count }, () => ({
          timestampMs,
          key: Buffer.from(`key ${random.below(keys)}`),
          value: random.bytes(1024),
          headers: [],
        })),
      }),
    );
  while (log.sizeInBytes < bytes) {
    write(RECORDS_A_BATCH, nowMs);
    if (log.logEndOffset % 1024 === 0) await written(log);
  }
  await written(log);
  const [dirtyEnd, dirtyBytes] = [log.logEndOffset, log.sizeInBytes];
  log.config = { ...log.config, segmentMs: 0 };
  write(1, nowMs + 1);
  await written(log);
  log.setHighWatermark(log.logEndOffset);
  directory.close();
  return { dirtyEnd, dirtyBytes };
}

/** Of all processes of the group that `pid` leads. */
function cpuSeconds(pid: number): number {
  let ticks = 0;
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(fields[2]) === pid) ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      // It has ended since.
    }
  }
  return ticks / 100;
}
