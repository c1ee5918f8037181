import { systemRandom } from '../../src/base/index.ts';
import { ErrorCode, errorName } from '../../src/wire/index.ts';
import { ProduceRequest, ProduceResponse } from '../../src/wire/messages/index.ts';
import { buildBatch, prepareCompression, type CompressionType } from '../../src/wire/records/index.ts';
import { Link, prepare, type Target } from './link.ts';
import { Meter, type Figures } from './measure.ts';
import { createTopic, decode } from './topic.ts';

const VERSION = 11;
/** Distinct batches: data that repeats itself would be flattered by caches. */
const DISTINCT = 16;

export interface ProduceLoad extends Target {
  readonly topic: string;
  readonly partitions: number;
  readonly connections: number;
  /** Requests under way on each connection. */
  readonly inFlight: number;
  readonly recordBytes: number;
  readonly recordsPerBatch: number;
  /** Each request has a batch for so many partitions. */
  readonly partitionsPerRequest: number;
  readonly compression: CompressionType;
  readonly acks: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  readonly brokerPid: number | undefined;
}

/** Sends prepared batches, always as many as may be under way, and measures what comes of it. */
export async function produce(load: ProduceLoad): Promise<Figures> {
  await createTopic(load, load.topic, load.partitions);
  await prepareCompression(load.compression);
  const batches = Array.from({ length: DISTINCT }, () => makeBatch(load));
  const meter = new Meter(load.brokerPid);
  const links = await Promise.all(Array.from({ length: load.connections }, () => Link.open(load)));
  let isOver = false;
  const runs = links.map((link, i) => drive(link, requestsOf(load, i, batches), load, meter, () => isOver));
  await new Promise((done) => setTimeout(done, load.warmUpSeconds * 1000));
  meter.start();
  await new Promise((done) => setTimeout(done, load.seconds * 1000));
  const figures = meter.stop();
  isOver = true;
  await Promise.all(runs);
  for (const link of links) link.close();
  return figures;
}

interface Prepared {
  readonly frame: Buffer;
  readonly bytes: number;
}

function makeBatch({ recordBytes, recordsPerBatch, compression }: ProduceLoad): Buffer {
  const timestampMs = Date.now();
  const records = Array.from({ length: recordsPerBatch }, () => ({ timestampMs, key: null, value: text(recordBytes) }));
  return buildBatch({ baseOffset: 0, records, compressionType: compression });
}

/** Random capital letters, as Apache Kafka's perf tool sends them: of 8 bits some 4.7 are chance. */
function text(bytes: number): Buffer {
  return systemRandom.bytes(bytes).map((byte) => 65 + (byte % 26)) as Buffer;
}

/** What a connection sends in turn. Connections begin at different partitions. */
function requestsOf(load: ProduceLoad, connection: number, batches: readonly Buffer[]): readonly Prepared[] {
  const { partitions, partitionsPerRequest, acks, topic } = load;
  const requests = Math.max(DISTINCT, partitions / partitionsPerRequest);
  return Array.from({ length: requests }, (_, request) => {
    const partitionData = Array.from({ length: partitionsPerRequest }, (_, i) => ({
      index: ((connection + request) * partitionsPerRequest + i) % partitions,
      records: batches[(request * partitionsPerRequest + i) % DISTINCT] as Buffer,
    }));
    const value = { acks, timeoutMs: 30_000, topicData: [{ name: topic, partitionData }] };
    const bytes = partitionData.reduce((sum, { records }) => sum + records.length, 0);
    return { frame: prepare(ProduceRequest, VERSION, value), bytes };
  });
}

function drive(
  link: Link,
  requests: readonly Prepared[],
  { inFlight }: ProduceLoad,
  meter: Meter,
  isOver: () => boolean,
): Promise<void> {
  return new Promise((done, failed) => {
    let next = 0;
    let underWay = 0;
    const send = (): void => {
      const { frame, bytes } = requests[next++ % requests.length] as Prepared;
      const sentMs = performance.now();
      underWay++;
      link.send(frame, (reply) => {
        underWay--;
        const problem = problemIn(reply);
        if (problem !== undefined) return failed(new Error(problem));
        meter.answered(sentMs, bytes);
        if (!isOver()) send();
        else if (underWay === 0) done();
      });
    };
    for (let i = 0; i < inFlight; i++) send();
  });
}

function problemIn(reply: Buffer): string | undefined {
  for (const { partitionResponses } of decode(ProduceResponse, VERSION, reply).responses) {
    const failure = partitionResponses.find(({ errorCode }) => errorCode !== ErrorCode.NONE);
    if (failure !== undefined) return `partition ${failure.index} answered ${errorName(failure.errorCode)}`;
  }
  return undefined;
}
