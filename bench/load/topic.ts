import {
  decodeMessage,
  ErrorCode,
  errorName,
  readResponseHeader,
  type Infer,
  type Message,
} from '../../src/wire/index.ts';
import { CreateTopicsRequest, CreateTopicsResponse } from '../../src/wire/messages/index.ts';
import { Link, prepare, type Target } from './link.ts';

const VERSION = 7;

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
