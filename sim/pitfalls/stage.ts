import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeRequestFrame, type Infer, type Input, type Message } from '../../src/wire/index.ts';
import {
  ApiVersionsRequest,
  ApiVersionsResponse,
  CreateTopicsRequest,
  CreateTopicsResponse,
  DeleteTopicsRequest,
  DeleteTopicsResponse,
  FetchRequest,
  FetchResponse,
  FindCoordinatorRequest,
  FindCoordinatorResponse,
  JoinGroupRequest,
  JoinGroupResponse,
  ListOffsetsRequest,
  ListOffsetsResponse,
  MetadataRequest,
  MetadataResponse,
  OffsetFetchRequest,
  OffsetFetchResponse,
  ProduceRequest,
  ProduceResponse,
} from '../../src/wire/messages/index.ts';
import { WireClient } from '../wire-client.ts';

export const ZERO_ID = 'AAAAAAAAAAAAAAAAAAAAAA';

/** An API as both of its messages. */
export interface Api<Q extends Message, P extends Message> {
  readonly request: Q;
  readonly response: P;
}

export const ApiVersions = { request: ApiVersionsRequest, response: ApiVersionsResponse };
export const Metadata = { request: MetadataRequest, response: MetadataResponse };
export const Fetch = { request: FetchRequest, response: FetchResponse };
export const Produce = { request: ProduceRequest, response: ProduceResponse };
export const ListOffsets = { request: ListOffsetsRequest, response: ListOffsetsResponse };
export const CreateTopics = { request: CreateTopicsRequest, response: CreateTopicsResponse };
export const DeleteTopics = { request: DeleteTopicsRequest, response: DeleteTopicsResponse };
export const FindCoordinator = { request: FindCoordinatorRequest, response: FindCoordinatorResponse };
export const JoinGroup = { request: JoinGroupRequest, response: JoinGroupResponse };
export const OffsetFetch = { request: OffsetFetchRequest, response: OffsetFetchResponse };

export interface Topic {
  readonly name: string;
  readonly topicId: string;
}

type Partition = NonNullable<Infer<typeof FetchResponse>['responses'][number]>['partitions'][number];
type Produced = Infer<typeof ProduceResponse>['responses'][number]['partitionResponses'][number];

let names = 0;

/** One client's place before a broker: what a pitfall is asked with. */
export class Stage {
  readonly port: number;
  readonly #open = new Set<WireClient>();

  constructor(port: number) {
    this.port = port;
  }

  /** A name that nobody has used before. */
  name(what: string): string {
    return `${what}-${process.pid}-${++names}`;
  }

  async connect(): Promise<WireClient> {
    const wire = await WireClient.connect(this.port);
    this.#open.add(wire);
    return wire;
  }

  /** One request on a connection of its own. */
  async ask<Q extends Message, P extends Message>(
    api: Api<Q, P>,
    version: number,
    value: Input<Q>,
    wire?: WireClient,
  ): Promise<Infer<P>> {
    return (wire ?? (await this.connect())).request(api, version, value);
  }

  /** Throws unless the broker closes the connection and says nothing. */
  async refuses(bytes: Buffer): Promise<void> {
    const wire = await this.connect();
    wire.send(bytes);
    const frame = await Promise.race([wire.frame(), sleep(5000, 'silence' as const, { ref: false })]);
    assert.equal(frame, undefined, 'the connection is closed without an answer');
  }

  /** A frame with this body behind a header of a version that is not flexible, and the raw frame that answers it. */
  async rawAnswer(bytes: Buffer): Promise<Buffer> {
    const wire = await this.connect();
    wire.send(bytes);
    const frame = await wire.frame();
    assert.ok(frame !== undefined, 'it is answered');
    return frame;
  }

  /** Creates a topic that can be used at once. */
  async topic(configs: Readonly<Record<string, string>> = {}, partitions = 1): Promise<Topic> {
    const name = this.name('topic');
    const { topics } = await this.ask(CreateTopics, 7, {
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
    });
    const [made] = topics;
    assert.equal(made?.errorCode, 0, `${name}: ${made?.errorMessage}`);
    await this.until(`${name} is led`, async () => {
      const answers = await this.offsets({ name, topicId: ZERO_ID }, -1, { partitions });
      return answers.every(({ errorCode }) => errorCode === 0);
    });
    return { name, topicId: made?.topicId ?? '' };
  }

  async deleteTopic({ name }: Topic): Promise<void> {
    const { responses } = await this.ask(DeleteTopics, 6, {
      topics: [{ name, topicId: ZERO_ID }],
      topicNames: [],
      timeoutMs: 10_000,
    });
    assert.equal(responses[0]?.errorCode, 0);
    await this.until(`${name} is gone`, async () => {
      const asked = { topics: [{ name, topicId: ZERO_ID }], allowAutoTopicCreation: false };
      const { topics } = await this.ask(Metadata, 12, { ...asked, includeTopicAuthorizedOperations: false });
      return topics[0]?.errorCode === 3;
    });
  }

  /** Appends to one partition. */
  async produce(
    topic: Topic,
    records: Buffer | null,
    options: { readonly acks?: number; readonly version?: number; readonly partition?: number } = {},
  ): Promise<Produced> {
    const { acks = -1, version = 9, partition = 0 } = options;
    const which = version >= 13 ? { topicId: topic.topicId } : { name: topic.name };
    const { responses } = await this.ask(Produce, version, {
      transactionalId: null,
      acks,
      timeoutMs: 5_000,
      topicData: [{ ...which, partitionData: [{ index: partition, records }] }],
    });
    const answer = responses[0]?.partitionResponses[0];
    assert.ok(answer !== undefined, 'the partition is answered');
    return answer;
  }

  /** Appends, or fails. */
  async append(topic: Topic, ...batches: readonly Buffer[]): Promise<void> {
    for (const records of batches) assert.equal((await this.produce(topic, records)).errorCode, 0);
  }

  /** Fetches the first partition. */
  async fetch(topic: Topic, fetchOffset: number, options: FetchOptions = {}): Promise<Partition> {
    const { responses } = await this.fetchAnswer(topic, fetchOffset, options);
    const answer = responses[0]?.partitions[0];
    assert.ok(answer !== undefined, 'the partition is answered');
    return answer;
  }

  fetchAnswer(topic: Topic, fetchOffset: number, options: FetchOptions = {}): Promise<Infer<typeof FetchResponse>> {
    const { version = 12, wire, session, partitionMaxBytes = 1 << 20, isolationLevel = 0, ...rest } = options;
    const { maxWaitMs = 0, minBytes = 1, maxBytes = 1 << 20, ...epochs } = rest;
    const partition = { partition: 0, fetchOffset, partitionMaxBytes, ...epochs };
    const which = version >= 13 ? { topicId: topic.topicId } : { topic: topic.name };
    const value = {
      maxWaitMs,
      minBytes,
      maxBytes,
      isolationLevel,
      ...(session === undefined ? {} : { sessionId: session.id, sessionEpoch: session.epoch }),
      topics: session?.nothingNew === true ? [] : [{ ...which, partitions: [partition] }],
      forgottenTopicsData: [],
    };
    return this.ask(Fetch, version, value, wire);
  }

  /** The answer of ListOffsets for the first partitions of a topic. */
  async offsets(
    { name }: Topic,
    timestamp: number,
    options: { readonly partitions?: number; readonly version?: number; readonly currentLeaderEpoch?: number } = {},
  ): Promise<Infer<typeof ListOffsetsResponse>['topics'][number]['partitions']> {
    const { partitions = 1, version = 9, ...epoch } = options;
    const { topics } = await this.ask(ListOffsets, version, {
      replicaId: -1,
      isolationLevel: 0,
      topics: [
        {
          name,
          partitions: Array.from({ length: partitions }, (_, partitionIndex) => ({
            partitionIndex,
            timestamp,
            ...epoch,
          })),
        },
      ],
    });
    return topics[0]?.partitions ?? [];
  }

  async offset(topic: Topic, timestamp: number): Promise<readonly [offset: number, timestamp: number]> {
    const [answer] = await this.offsets(topic, timestamp);
    assert.equal(answer?.errorCode, 0);
    return [answer?.offset ?? NaN, answer?.timestamp ?? NaN];
  }

  /** Waits until the broker coordinates the group: its first answers may say that it is loading. Returns the codes it gave. */
  async coordinated(groupId: string): Promise<Set<number>> {
    const seen = new Set<number>();
    await this.until(`${groupId} has a coordinator`, async () => {
      // Apache Kafka makes the topic of the coordinators when the first client looks for one.
      await this.ask(FindCoordinator, 4, { coordinatorKeys: [groupId] });
      const { groups } = await this.ask(OffsetFetch, 8, { groups: [{ groupId, topics: null }] });
      const errorCode = groups[0]?.errorCode ?? -1;
      if (errorCode !== 0) seen.add(errorCode);
      return errorCode === 0;
    });
    return seen;
  }

  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + 20_000; !(await holds()); await sleep(20))
      assert.ok(Date.now() < deadline, `waited 20 s until ${what}`);
  }

  closeAll(): void {
    for (const wire of this.#open) wire.close();
    this.#open.clear();
  }
}

export interface FetchOptions {
  readonly version?: number;
  readonly wire?: WireClient;
  readonly session?: { readonly id: number; readonly epoch: number; readonly nothingNew?: boolean };
  readonly maxWaitMs?: number;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  readonly partitionMaxBytes?: number;
  readonly isolationLevel?: number;
  readonly currentLeaderEpoch?: number;
  readonly lastFetchedEpoch?: number;
}

/** A whole request frame. */
export function framed<M extends Message>(request: M, version: number, value: Input<M>, correlationId = 42): Buffer {
  return Buffer.concat(encodeRequestFrame(request, version, { correlationId, clientId: 'test' }, value));
}

/** A frame of any key and version: header v1, then the body. */
export function rawFrame(apiKey: number, version: number, body: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.from('00000000000000000000002a000474657374', 'hex');
  head.writeInt16BE(apiKey, 4);
  head.writeInt16BE(version, 6);
  head.writeInt32BE(head.length - 4 + body.length, 0);
  return Buffer.concat([head, body]);
}

export const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};

export const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

/** Milliseconds it takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

/** Asserts the fields that are named, and no others. */
export function like(actual: unknown, expected: Readonly<Record<string, unknown>>): void {
  const named = Object.keys(expected).map((name) => [name, (actual as Record<string, unknown> | undefined)?.[name]]);
  assert.deepEqual(Object.fromEntries(named), expected);
}
