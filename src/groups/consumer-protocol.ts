/** What consumers of the classic protocol say to each other, for a coordinator that has to say it in their place. */
import type { Topics } from '../metadata/index.ts';
import { decodeMessage, encodeMessage, WireError, type Message } from '../wire/index.ts';
import { ConsumerProtocolAssignment, ConsumerProtocolSubscription } from '../wire/messages/index.ts';
import type { Infer } from '../wire/index.ts';
import { sorted, type ListedPartitions } from './partitions.ts';

/** Undefined for bytes that are none. */
export const subscriptionIn = (metadata: Buffer): ConsumerProtocolSubscription | undefined =>
  decoded(ConsumerProtocolSubscription, metadata);

/** Undefined for bytes that are none. */
export const assignmentIn = (assignment: Buffer): ConsumerProtocolAssignment | undefined =>
  decoded(ConsumerProtocolAssignment, assignment);

/** An int16 version goes first; of one later than ours, what ours has is read. */
function decoded<M extends Message>(message: M, bytes: Buffer): Infer<M> | undefined {
  if (bytes.length < 2) return undefined;
  const version = Math.min(bytes.readInt16BE(0), message.versions[1]);
  if (version < 0) return undefined;
  try {
    return decodeMessage(message, version, bytes, 2);
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

/** In the version in which the member told its subscription. Topics that are gone are left out. */
export function encodedAssignment(
  assigned: Iterable<readonly [string, { keys(): Iterable<number> }]>,
  topics: Topics,
  metadata: Buffer,
): Buffer {
  const version = Math.min(metadata.readInt16BE(0), ConsumerProtocolAssignment.versions[1]);
  const head = Buffer.alloc(2);
  head.writeInt16BE(version);
  const assignedPartitions = [...assigned].flatMap(([topicId, partitions]) => {
    const topic = topics.byId(topicId)?.name;
    return topic === undefined ? [] : [{ topic, partitions: sorted(partitions.keys()) }];
  });
  return Buffer.concat([
    head,
    encodeMessage(ConsumerProtocolAssignment, version, { assignedPartitions, userData: null }),
  ]);
}

/** Partitions by topic name, as those of the topics that are there. */
export function byTopicId(
  listed: readonly { readonly topic: string; readonly partitions: readonly number[] }[],
  topics: Topics,
): ListedPartitions[] {
  return listed.flatMap(({ topic, partitions }) => {
    const topicId = topics.byName(topic)?.id;
    return topicId === undefined ? [] : [{ topicId, partitions }];
  });
}
