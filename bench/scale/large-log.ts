import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ErrorCode, errorName } from '../../src/wire/index.ts';
import {
  FetchRequest,
  FetchResponse,
  ListOffsetsRequest,
  ListOffsetsResponse,
  ProduceRequest,
  ProduceResponse,
} from '../../src/wire/messages/index.ts';
import { endOf } from '../load/consume.ts';
import { Link, prepare, type Target } from '../load/link.ts';
import { createTopic, decode } from '../load/topic.ts';
import type { Curve, Figures } from './curve.ts';
import { took } from './curve.ts';
import { Subject } from './subject.ts';
import { batchOf } from './trickle.ts';

const TOPIC = 'scale';
const GB = 1e9;
const MIB = 1024 * 1024;
const RECORDS = 64;
const RECORD_BYTES = 1024;
const UNDER_WAY = 16;
const READ_BYTES = 256 * MIB;
const FETCH_BYTES = MIB;
const VERSIONS = { produce: 11, fetch: 11, listOffsets: 7 };
const LATEST = -1;

/** One partition that grows: how fast at each size, what a restart takes then, and reading at its start, middle and end. */
export const largeLog: Curve = {
  name: 'large-log',
  title: 'One partition with records of 1 KiB',
  axis: 'GB',
  at: [1, 5, 10, 25, 50],
  panels: [
    { title: 'Appending', unit: 'MB/s', columns: ['append MB/s'] },
    { title: 'Reading', unit: 'MB/s', columns: ['start MB/s', 'middle MB/s', 'end MB/s'] },
    { title: 'First answer', unit: 'ms', columns: ['at start ms', 'at middle ms', 'at end ms', 'by time ms'] },
    { title: 'Restart', unit: 's', columns: ['stop s', 'start s'] },
    { title: 'Idle memory after the restart, and index files', unit: 'MiB', columns: ['RSS MiB', 'index MiB'] },
  ],
  async *measure(sizes) {
    const subject = await Subject.start({ 'log.retention.ms': '-1' });
    try {
      await createTopic(subject.target, TOPIC, 1);
      const log = new GrowingLog(subject);
      for (const size of sizes) yield await log.growTo(size * GB);
    } finally {
      await subject.broker.dispose();
    }
  },
};

class GrowingLog {
  readonly #subject: Subject;
  #bytes = 0;
  /** When the log had about half of what it has. */
  readonly #times: { readonly bytes: number; readonly timeMs: number }[] = [];

  constructor(subject: Subject) {
    this.#subject = subject;
  }

  async growTo(bytes: number): Promise<Figures> {
    const subject = this.#subject;
    const { broker, target } = subject;
    const before = this.#bytes;
    const growing = await subject.during(async () => {
      while (this.#bytes < bytes) await this.#append(Math.min(GB, bytes - this.#bytes));
    });
    const grownGb = (this.#bytes - before) / GB;
    const stop = await took(() => broker.down());
    const start = await took(() => broker.up());
    const { residentMiB } = subject;
    const end = await endOffset(target, LATEST);
    const middleMs = this.#times.findLast(({ bytes: then }) => then <= this.#bytes / 2)?.timeMs ?? 0;
    const byTime = await took(() => endOffset(target, middleMs));
    const places = { start: 0, middle: end / 2, end: end - READ_BYTES / RECORD_BYTES };
    const read: Record<string, number> = {};
    for (const [place, offset] of Object.entries(places)) {
      const { firstMs, seconds } = await readFrom(target, Math.max(0, Math.floor(offset)));
      read[`at ${place} ms`] = firstMs;
      read[`${place} MB/s`] = READ_BYTES / 1e6 / seconds;
    }
    return {
      'append MB/s': (grownGb * 1000) / growing.seconds,
      'append cpu s/GB': growing.cpuSeconds / grownGb,
      'append loop p99.9 ms': growing.loop.p999,
      'append peak RSS MiB': growing.peakMiB,
      'stop s': stop / 1000,
      'start s': start / 1000,
      'RSS MiB': residentMiB,
      'index MiB': indexBytes(join(broker.dataFolder, `${TOPIC}-0`)) / MIB,
      'by time ms': byTime,
      ...read,
    };
  }

  /** Batches of the time when it is called. */
  async #append(bytes: number): Promise<void> {
    this.#times.push({ bytes: this.#bytes, timeMs: Date.now() });
    const records = batchOf(RECORDS, RECORD_BYTES);
    const topicData = [{ name: TOPIC, partitionData: [{ index: 0, records }] }];
    const frame = prepare(ProduceRequest, VERSIONS.produce, { acks: -1, timeoutMs: 60_000, topicData });
    const end = this.#bytes + bytes;
    const link = await Link.open(this.#subject.target);
    await new Promise<void>((done, failed) => {
      let underWay = 0;
      const send = (): void => {
        this.#bytes += records.length;
        underWay++;
        link.send(frame, (reply) => {
          const { responses } = decode(ProduceResponse, VERSIONS.produce, reply);
          const errorCode = responses[0]?.partitionResponses[0]?.errorCode ?? -1;
          if (errorCode !== ErrorCode.NONE) return failed(new Error(errorName(errorCode)));
          underWay--;
          if (this.#bytes < end) send();
          else if (underWay === 0) done();
        });
      };
      for (let i = 0; i < UNDER_WAY; i++) send();
    });
    link.close();
  }
}

/** The offset at a time, ms, or the end. */
async function endOffset(target: Target, timestamp: number): Promise<number> {
  const link = await Link.open(target);
  const topics = [{ name: TOPIC, partitions: [{ partitionIndex: 0, timestamp }] }];
  const frame = await link.request(prepare(ListOffsetsRequest, VERSIONS.listOffsets, { replicaId: -1, topics }));
  link.close();
  const answer = decode(ListOffsetsResponse, VERSIONS.listOffsets, frame).topics[0]?.partitions[0];
  if (answer?.errorCode !== ErrorCode.NONE) throw new Error(errorName(answer?.errorCode ?? -1));
  return answer.offset;
}

async function readFrom(target: Target, offset: number): Promise<{ firstMs: number; seconds: number }> {
  const link = await Link.open(target);
  const begunMs = performance.now();
  let firstMs = NaN;
  let next = offset;
  for (let bytes = 0; bytes < READ_BYTES;) {
    const partitions = [{ partition: 0, fetchOffset: next, partitionMaxBytes: FETCH_BYTES }];
    const topics = [{ topic: TOPIC, partitions }];
    const ask = { maxWaitMs: 0, minBytes: 1, maxBytes: FETCH_BYTES, topics, forgottenTopicsData: [] };
    const frame = await link.request(prepare(FetchRequest, VERSIONS.fetch, ask));
    if (Number.isNaN(firstMs)) firstMs = performance.now() - begunMs;
    const records = decode(FetchResponse, VERSIONS.fetch, frame).responses[0]?.partitions[0]?.records ?? null;
    const end = records === null ? undefined : endOf(records);
    if (records === null || end === undefined) break;
    bytes += records.length;
    next = end;
  }
  link.close();
  return { firstMs, seconds: (performance.now() - begunMs) / 1000 };
}

function indexBytes(folder: string): number {
  return readdirSync(folder)
    .filter((name) => name.endsWith('index'))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
