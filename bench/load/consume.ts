import { ErrorCode, errorName } from '../../src/wire/index.ts';
import { FetchRequest, FetchResponse } from '../../src/wire/messages/index.ts';
import { RecordBatch } from '../../src/wire/records/index.ts';
import { Link, prepare, type Target } from './link.ts';
import { Meter, type Figures } from './measure.ts';
import { decode } from './topic.ts';

const VERSION = 11;

export interface ConsumeLoad extends Target {
  readonly topic: string;
  readonly partitions: number;
  /** Partitions are shared among them; each asks for one answer at a time. */
  readonly connections: number;
  readonly maxBytes: number;
  readonly partitionMaxBytes: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly brokerPid: number | undefined;
}

/** Reads partitions from their starts, again and again where they end, and measures what comes of it. */
export async function consume(load: ConsumeLoad): Promise<Figures> {
  const meter = new Meter(load.brokerPid);
  const links = await Promise.all(Array.from({ length: load.connections }, () => Link.open(load)));
  let isOver = false;
  const runs = links.map((link, i) => {
    const all = Array.from({ length: load.partitions }, (_, partition) => partition);
    const own = load.connections > load.partitions ? [i % load.partitions] : all.filter((p) => p % links.length === i);
    return drive(link, own, load, meter, () => isOver);
  });
  await new Promise((done) => setTimeout(done, load.warmUpSeconds * 1000));
  meter.start();
  await new Promise((done) => setTimeout(done, load.seconds * 1000));
  const figures = meter.stop();
  isOver = true;
  await Promise.all(runs);
  for (const link of links) link.close();
  return figures;
}

function drive(
  link: Link,
  partitions: readonly number[],
  load: ConsumeLoad,
  meter: Meter,
  isOver: () => boolean,
): Promise<void> {
  const offsets = new Map(partitions.map((partition) => [partition, 0]));
  return new Promise((done, failed) => {
    const ask = (): void => {
      const sentMs = performance.now();
      link.send(request(load, offsets), (reply) => {
        const { errorCode, responses } = decode(FetchResponse, VERSION, reply);
        if (errorCode !== ErrorCode.NONE) return failed(new Error(errorName(errorCode)));
        let bytes = 0;
        for (const { partitions: answered } of responses) {
          for (const { partitionIndex, errorCode: code, records } of answered) {
            if (code !== ErrorCode.NONE) return failed(new Error(`partition ${partitionIndex}: ${errorName(code)}`));
            bytes += records?.length ?? 0;
            const end = records === null ? undefined : endOf(records);
            if (end === undefined) offsets.set(partitionIndex, 0);
            else offsets.set(partitionIndex, end);
          }
        }
        meter.answered(sentMs, bytes);
        if (isOver()) done();
        else ask();
      });
    };
    ask();
  });
}

/** As stock clients ask, but for sessions: what is wanted has no order that could be foreseen. */
function request({ topic, maxBytes, partitionMaxBytes }: ConsumeLoad, offsets: ReadonlyMap<number, number>): Buffer {
  // Whose turn it was first is last next time, so that one answer's limit starves nobody.
  const partitions = [...offsets].map(([partition, fetchOffset]) => ({ partition, fetchOffset, partitionMaxBytes }));
  const topics = [{ topic, partitions }];
  return prepare(FetchRequest, VERSION, { maxWaitMs: 0, minBytes: 1, maxBytes, topics, forgottenTopicsData: [] });
}

/** The offset after the last whole batch; undefined where there is none. */
export function endOf(records: Buffer): number | undefined {
  let end: number | undefined;
  for (let at = 0; at + RecordBatch.HEADER_BYTES <= records.length;) {
    const batch = new RecordBatch(records, at);
    if (!batch.isComplete) break;
    end = batch.nextOffset;
    at += batch.sizeInBytes;
  }
  return end;
}
