import { afterEach } from '@jest/globals';
import { ZERO_UUID } from '../src/base/index.ts';
import { startBroker, type TestBroker, type TestBrokerOptions } from '../src/testing/index.ts';
import { buildBatch } from '../src/wire/records/index.ts';
import {
  CreateTopicsRequest,
  CreateTopicsResponse,
  DeleteTopicsRequest,
  DeleteTopicsResponse,
  FetchRequest,
  FetchResponse,
  MetadataRequest,
  MetadataResponse,
  ProduceRequest,
  ProduceResponse,
} from '../src/wire/messages/index.ts';
import { WireClient } from './wire-client.ts';

export const Produce = { request: ProduceRequest, response: ProduceResponse };
export const Fetch = { request: FetchRequest, response: FetchResponse };
export const Metadata = { request: MetadataRequest, response: MetadataResponse };
export const DeleteTopics = { request: DeleteTopicsRequest, response: DeleteTopicsResponse };
export const CreateTopics = { request: CreateTopicsRequest, response: CreateTopicsResponse };

const opened: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** A broker in memory that lives until the end of the test. */
export async function broker(options: TestBrokerOptions = {}): Promise<TestBroker> {
  const started = await startBroker(options);
  opened.push(() => started.stop());
  return started;
}

/** A connection that lives until the end of the test. */
export async function client({ port }: { readonly port: number }): Promise<WireClient> {
  const connected = await WireClient.connect(port);
  opened.push(() => connected.close());
  return connected;
}

/** Makes a topic and gives its id. */
export async function createTopic(
  wire: WireClient,
  name: string,
  partitions = 1,
  configs: Record<string, string> = {},
): Promise<string> {
  const { topics } = await wire.request(CreateTopics, 7, {
    topics: [
      {
        name,
        numPartitions: partitions,
        replicationFactor: 1,
        assignments: [],
        configs: Object.entries(configs).map(([config, value]) => ({ name: config, value })),
      },
    ],
    timeoutMs: 10_000,
    validateOnly: false,
  });
  const [topic] = topics;
  if (topic?.errorCode !== 0)
    throw new Error(`${name} could not be made: error ${topic?.errorCode} ${topic?.errorMessage}`);
  return topic.topicId;
}

/** Deletes a topic by name. */
export async function deleteTopic(wire: WireClient, name: string): Promise<void> {
  const { responses } = await wire.request(DeleteTopics, 6, {
    topics: [{ name, topicId: ZERO_UUID }],
    topicNames: [],
    timeoutMs: 10_000,
  });
  if (responses[0]?.errorCode !== 0) throw new Error(`${name} could not be deleted: error ${responses[0]?.errorCode}`);
}

/** A batch of records with these values, and keys where they are given as [key, value]. */
export function batchOf(
  values: readonly (string | readonly [key: string, value: string])[],
  options: Partial<Parameters<typeof buildBatch>[0]> = {},
): Buffer {
  return buildBatch({
    baseOffset: 0,
    records: values.map((value, i) => ({
      offset: i,
      timestampMs: 1_000 + i,
      key: typeof value === 'string' ? null : Buffer.from(value[0]),
      value: Buffer.from(typeof value === 'string' ? value : value[1]),
      headers: [],
    })),
    compressionType: 'none',
    ...options,
  });
}

/** Produces to one partition, and gives that partition's answer. */
export async function produceTo(
  wire: WireClient,
  topic: string,
  records: Buffer | null,
  options: { acks?: number; version?: number; partition?: number } = {},
) {
  const { acks = -1, version = 9, partition = 0 } = options;
  const { responses } = await wire.request(Produce, version, {
    transactionalId: null,
    acks,
    timeoutMs: 5_000,
    topicData: [{ name: topic, partitionData: [{ index: partition, records }] }],
  });
  const answer = responses[0]?.partitionResponses[0];
  if (answer === undefined) throw new Error('no partition is answered');
  return answer;
}

/** Fetches one partition by name, and gives that partition's answer. */
export async function fetchFrom(
  wire: WireClient,
  topic: string,
  fetchOffset: number,
  options: {
    maxWaitMs?: number;
    minBytes?: number;
    maxBytes?: number;
    partitionMaxBytes?: number;
    isolationLevel?: number;
    currentLeaderEpoch?: number;
    lastFetchedEpoch?: number;
    version?: number;
  } = {},
) {
  const {
    maxWaitMs = 0,
    minBytes = 1,
    maxBytes = 1 << 20,
    partitionMaxBytes = 1 << 20,
    version = 12,
    ...rest
  } = options;
  const { responses } = await wire.request(Fetch, version, {
    maxWaitMs,
    minBytes,
    maxBytes,
    isolationLevel: rest.isolationLevel ?? 0,
    topics: [
      {
        topic,
        partitions: [
          {
            partition: 0,
            fetchOffset,
            partitionMaxBytes,
            currentLeaderEpoch: rest.currentLeaderEpoch ?? -1,
            lastFetchedEpoch: rest.lastFetchedEpoch ?? -1,
          },
        ],
      },
    ],
    forgottenTopicsData: [],
  });
  const answer = responses[0]?.partitions[0];
  if (answer === undefined) throw new Error('no partition is answered');
  return answer;
}
