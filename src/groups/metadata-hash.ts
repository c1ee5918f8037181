/** A hash of the topics that a group reads (Kafka's Utils.computeTopicHash and computeGroupHash): it differs when they do. */
import type { Broker, MetadataImage, Topic } from '../metadata/index.ts';
import { xxh3 } from './xxh3.ts';

/** Of the format, in front of every topic's hash. */
const MAGIC = 0;

/** Topics never change: another state of one is another value. */
const hashes = new WeakMap<Topic, bigint>();

/** Topics that are not there count for nothing, so a group that reads none of those that are has hash 0. */
export function metadataHash(
  topicNames: Iterable<string>,
  { topics, brokers }: Pick<MetadataImage, 'topics' | 'brokers'>,
): bigint {
  const found = [...new Set(topicNames)].sort().flatMap((name) => topics.byName(name) ?? []);
  if (found.length === 0) return 0n;
  const bytes = Buffer.alloc(8 * found.length);
  found.forEach((topic, i) => bytes.writeBigInt64LE(topicHash(topic, brokers), 8 * i));
  return xxh3(bytes);
}

function topicHash(topic: Topic, brokers: ReadonlyMap<number, Broker>): bigint {
  let hash = hashes.get(topic);
  if (hash === undefined) {
    hash = xxh3(Buffer.concat([...described(topic, brokers)]));
    hashes.set(topic, hash);
  }
  return hash;
}

function* described(topic: Topic, brokers: ReadonlyMap<number, Broker>): Generator<Buffer> {
  yield Buffer.from([MAGIC]);
  const id = Buffer.from(topic.id, 'base64url');
  yield id.subarray(0, 8).reverse();
  yield id.subarray(8, 16).reverse();
  yield* text(topic.name);
  yield int32(topic.partitions.length);
  for (const { index, replicas } of topic.partitions) {
    yield int32(index);
    for (const rack of replicas.flatMap((id) => brokers.get(id)?.rack ?? []).sort()) {
      yield int32(rack.length);
      yield* text(rack);
    }
  }
}

/** UTF-16, and its length after it. */
function* text(value: string): Generator<Buffer> {
  yield Buffer.from(value, 'utf16le');
  yield int32(value.length);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
