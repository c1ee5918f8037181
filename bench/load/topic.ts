import {
  decodeMessage,
  ErrorCode,
  errorName,
  readResponseHeader,
  type Infer,
  type Message,
} from '../../src/wire/index.ts';
import {
  CreateTopicsRequest,
  CreateTopicsResponse,
  MetadataRequest,
  MetadataResponse,
} from '../../src/wire/messages/index.ts';
import { Link, prepare, type Target } from './link.ts';

const VERSION = 7;
const METADATA_VERSION = 12;

export function decode<P extends Message>(response: P, version: number, frame: Buffer): Infer<P> {
  return decodeMessage(response, version, frame.subarray(readResponseHeader(frame, response, version).bodyAt));
}

/** Creates a topic unless it is there. */
export async function createTopic(target: Target, name: string, partitions: number): Promise<void> {
  await createTopics(target, [{ name, partitions }]);
}

/** The same of many in one request. */
export async function createTopics(
  target: Target,
  topics: readonly { readonly name: string; readonly partitions: number }[],
): Promise<void> {
  const link = await Link.open(target);
  const value = {
    topics: topics.map(({ name, partitions }) => ({
      name,
      numPartitions: partitions,
      replicationFactor: 1,
      assignments: [],
      configs: [],
    })),
    timeoutMs: 60_000,
  };
  const frame = await link.request(prepare(CreateTopicsRequest, VERSION, value));
  link.close();
  for (const { name, errorCode } of decode(CreateTopicsResponse, VERSION, frame).topics) {
    if (errorCode !== ErrorCode.NONE && errorCode !== ErrorCode.TOPIC_ALREADY_EXISTS)
      throw new Error(`topic ${name} was not made: ${errorName(errorCode)}`);
  }
}

/** The id of a topic that is there. */
export async function topicId(target: Target, name: string): Promise<string> {
  const link = await Link.open(target);
  const frame = await link.request(prepare(MetadataRequest, METADATA_VERSION, { topics: [{ name }] }));
  link.close();
  const topic = decode(MetadataResponse, METADATA_VERSION, frame).topics[0];
  if (topic?.errorCode !== ErrorCode.NONE) throw new Error(`topic ${name}: ${errorName(topic?.errorCode ?? -1)}`);
  return topic.topicId;
}
