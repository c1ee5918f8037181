import { setTimeout as sleep } from 'node:timers/promises';
import { errorName } from '../../src/wire/index.ts';
import {
  FetchRequest,
  FetchResponse,
  MetadataRequest,
  MetadataResponse,
  ProduceRequest,
  ProduceResponse,
} from '../../src/wire/messages/index.ts';
import { buildBatch } from '../../src/wire/records/index.ts';
import { Link, prepare, type Target } from '../load/link.ts';
import { createTopics, decode } from '../load/topic.ts';
import { pointwise, took, type Curve } from './curve.ts';
import { Subject } from './subject.ts';

const METADATA_VERSION = 12;
const PARTITIONS_PER_TOPIC = 10;
const TOPICS_PER_REQUEST = 100;
const IDLE_MS = 5000;

const PRODUCE_VERSION = 11;
const FETCH_VERSION = 11;
const RECORD_BYTES = 100;

/**
 * Topics of ten partitions are made and listed, each partition gets a record, the broker is killed, recovers, and all records are
 * read; then it is stopped and started again, and watched idling.
 */
export const partitions: Curve = {
  name: 'partitions',
  title: 'Partitions of topics of ten, a record in each',
  axis: 'partitions',
  at: [1000, 3000, 10_000],
  panels: [
    { title: 'Create, write, consume', unit: 's', columns: ['create s', 'write s', 'consume s'] },
    { title: 'Recover, stop, start', unit: 's', columns: ['recover s', 'stop s', 'start s'] },
    { title: 'List all', unit: 'ms', columns: ['metadata ms'] },
    { title: 'Idle memory', unit: 'MiB', columns: ['idle RSS MiB'] },
  ],
  measure: pointwise((count) =>
    Subject.with({}, async (subject) => {
      const { broker, target } = subject;
      const topics = Array.from({ length: count / PARTITIONS_PER_TOPIC }, (_, i) => `scale-${i}`);
      const create = await took(() => createAll(target, topics));
      const metadata = await took(() => list(target, topics));
      const write = await took(() => writeToAll(target, topics));
      await broker.kill();
      const recover = await took(() => broker.up());
      const consume = await took(() => consumeAll(target, topics));
      const stop = await took(() => broker.down());
      const start = await took(() => broker.up());
      const { cpuPercent, residentMiB } = await subject.during(() => sleep(IDLE_MS));
      return {
        'create s': create / 1000,
        'metadata ms': metadata,
        'write s': write / 1000,
        'recover s': recover / 1000,
        'consume s': consume / 1000,
        'stop s': stop / 1000,
        'start s': start / 1000,
        'idle cpu %': cpuPercent,
        'idle RSS MiB': residentMiB,
      };
    }),
  ),
};

function* requestsOf(topics: readonly string[]): Generator<readonly string[]> {
  for (let i = 0; i < topics.length; i += TOPICS_PER_REQUEST) yield topics.slice(i, i + TOPICS_PER_REQUEST);
}

async function createAll(target: Target, topics: readonly string[]): Promise<void> {
  for (const some of requestsOf(topics))
    await createTopics(
      target,
      some.map((name) => ({ name, partitions: PARTITIONS_PER_TOPIC })),
    );
}

const indexes = Array.from({ length: PARTITIONS_PER_TOPIC }, (_, index) => index);

async function writeToAll(target: Target, topics: readonly string[]): Promise<void> {
  const value = Buffer.alloc(RECORD_BYTES, 'x');
  const records = buildBatch({ baseOffset: 0, records: [{ timestampMs: Date.now(), key: null, value }] });
  const link = await Link.open(target);
  for (const some of requestsOf(topics)) {
    const topicData = some.map((name) => ({ name, partitionData: indexes.map((index) => ({ index, records })) }));
    const frame = await link.request(
      prepare(ProduceRequest, PRODUCE_VERSION, { acks: -1, timeoutMs: 60_000, topicData }),
    );
    for (const { partitionResponses } of decode(ProduceResponse, PRODUCE_VERSION, frame).responses)
      for (const { errorCode } of partitionResponses) if (errorCode !== 0) throw new Error(errorName(errorCode));
  }
  link.close();
}

/** Reads until each partition has given its record. */
async function consumeAll(target: Target, topics: readonly string[]): Promise<void> {
  const link = await Link.open(target);
  for (const some of requestsOf(topics)) {
    const wanted = new Map(some.map((topic) => [topic, new Set(indexes)]));
    while (wanted.size > 0) {
      const asked = [...wanted].map(([topic, left]) => ({
        topic,
        partitions: [...left].map((partition) => ({ partition, fetchOffset: 0, partitionMaxBytes: 1024 * 1024 })),
      }));
      const request = {
        maxWaitMs: 500,
        minBytes: 1,
        maxBytes: 50 * 1024 * 1024,
        topics: asked,
        forgottenTopicsData: [],
      };
      const frame = await link.request(prepare(FetchRequest, FETCH_VERSION, request));
      for (const { topic, partitions: answered } of decode(FetchResponse, FETCH_VERSION, frame).responses) {
        const left = wanted.get(topic);
        for (const { partitionIndex, errorCode, records } of answered) {
          if (errorCode !== 0) throw new Error(`${topic}-${partitionIndex}: ${errorName(errorCode)}`);
          if (records !== null && records.length > 0) left?.delete(partitionIndex);
        }
        if (left?.size === 0) wanted.delete(topic);
      }
    }
  }
  link.close();
}

async function list(target: Target, wanted: readonly string[]): Promise<void> {
  const link = await Link.open(target);
  const frame = await link.request(prepare(MetadataRequest, METADATA_VERSION, { topics: null }));
  link.close();
  const topics = decode(MetadataResponse, METADATA_VERSION, frame).topics.filter(({ name }) =>
    name?.startsWith('scale'),
  );
  if (topics.length !== wanted.length) throw new Error(`only ${topics.length} topics are listed`);
}
