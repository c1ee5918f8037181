import { setTimeout as sleep } from 'node:timers/promises';
import { MetadataRequest, MetadataResponse } from '../../src/wire/messages/index.ts';
import { Link, prepare, type Target } from '../load/link.ts';
import { createTopics, decode } from '../load/topic.ts';
import { pointwise, took, type Curve } from './curve.ts';
import { Subject } from './subject.ts';

const METADATA_VERSION = 12;
const PARTITIONS_PER_TOPIC = 10;
const TOPICS_PER_REQUEST = 100;
const IDLE_MS = 5000;

/** Topics of ten partitions are made, the broker is stopped and started again, all are listed, and it is watched idling. */
export const partitions: Curve = {
  name: 'partitions',
  title: 'Partitions of topics of ten',
  axis: 'partitions',
  at: [1000, 3000, 10_000],
  panels: [
    { title: 'Create, stop, start', unit: 's', columns: ['create s', 'stop s', 'start s'] },
    { title: 'List all', unit: 'ms', columns: ['metadata ms'] },
    { title: 'Idle memory', unit: 'MiB', columns: ['idle RSS MiB'] },
  ],
  measure: pointwise((count) =>
    Subject.with({}, async (subject) => {
      const { broker, target } = subject;
      const create = await took(() => createAll(target, count));
      const stop = await took(() => broker.down());
      const start = await took(() => broker.up());
      const metadata = await took(() => list(target, count));
      const { cpuPercent, residentMiB } = await subject.during(() => sleep(IDLE_MS));
      return {
        'create s': create / 1000,
        'stop s': stop / 1000,
        'start s': start / 1000,
        'metadata ms': metadata,
        'idle cpu %': cpuPercent,
        'idle RSS MiB': residentMiB,
      };
    }),
  ),
};

async function createAll(target: Target, partitions: number): Promise<void> {
  const topics = Array.from({ length: partitions / PARTITIONS_PER_TOPIC }, (_, i) => ({
    name: `scale-${i}`,
    partitions: PARTITIONS_PER_TOPIC,
  }));
  for (let i = 0; i < topics.length; i += TOPICS_PER_REQUEST)
    await createTopics(target, topics.slice(i, i + TOPICS_PER_REQUEST));
}

async function list(target: Target, partitions: number): Promise<void> {
  const link = await Link.open(target);
  const frame = await link.request(prepare(MetadataRequest, METADATA_VERSION, { topics: null }));
  link.close();
  const topics = decode(MetadataResponse, METADATA_VERSION, frame).topics.filter(({ name }) =>
    name?.startsWith('scale'),
  );
  if (topics.length !== partitions / PARTITIONS_PER_TOPIC) throw new Error(`only ${topics.length} topics are listed`);
}
