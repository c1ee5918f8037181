import {
  AddOffsetsToTxnRequest,
  AddOffsetsToTxnResponse,
  AddPartitionsToTxnRequest,
  AddPartitionsToTxnResponse,
  EndTxnRequest,
  EndTxnResponse,
  FindCoordinatorRequest,
  FindCoordinatorResponse,
  InitProducerIdRequest,
  InitProducerIdResponse,
  ProduceRequest,
  ProduceResponse,
  TxnOffsetCommitRequest,
  TxnOffsetCommitResponse,
} from '../src/wire/messages/index.ts';
import { buildBatch } from '../src/wire/records/index.ts';
import type { WireClient } from './wire-client.ts';

const FindCoordinator = { request: FindCoordinatorRequest, response: FindCoordinatorResponse };
const Produce = { request: ProduceRequest, response: ProduceResponse };
export const InitProducerId = { request: InitProducerIdRequest, response: InitProducerIdResponse };
export const AddPartitionsToTxn = { request: AddPartitionsToTxnRequest, response: AddPartitionsToTxnResponse };
export const AddOffsetsToTxn = { request: AddOffsetsToTxnRequest, response: AddOffsetsToTxnResponse };
export const EndTxn = { request: EndTxnRequest, response: EndTxnResponse };
export const TxnOffsetCommit = { request: TxnOffsetCommitRequest, response: TxnOffsetCommitResponse };

const TRANSACTIONAL_ID = 1;
const CONCURRENT_TRANSACTIONS = 51;
/** The coordinator loads, or its topic is being made. */
const NOT_YET: ReadonlySet<number> = new Set([14, 15, 16, CONCURRENT_TRANSACTIONS]);

/** Versions of the requests that a client sends: of transactions v1, where it adds partitions itself, or of v2 (KIP-890). */
const VERSIONS: Readonly<Record<'v1' | 'v2', Versions>> = {
  v1: { produce: 11, endTxn: 4, txnOffsetCommit: 4 },
  v2: { produce: 12, endTxn: 5, txnOffsetCommit: 5 },
};

interface Versions {
  readonly produce: number;
  readonly endTxn: number;
  readonly txnOffsetCommit: number;
}

/** A transactional producer that does one thing at a time, and shows every error code as it is. */
export class TransactionalClient {
  readonly #wire: WireClient;
  readonly transactionalId: string;
  readonly #versions: Versions;
  readonly #sequences = new Map<string, number>();
  producerId = -1;
  producerEpoch = -1;

  constructor(wire: WireClient, transactionalId: string, protocol: 'v1' | 'v2' = 'v2') {
    this.#wire = wire;
    this.transactionalId = transactionalId;
    this.#versions = VERSIONS[protocol];
  }

  /** Asks until no transaction before it is under way; the last error code. */
  async init({ timeoutMs = 60_000, version = 5 } = {}): Promise<number> {
    for (;;) {
      // Apache Kafka makes the topic of the coordinators when the first client looks for one.
      const key = { keyType: TRANSACTIONAL_ID, coordinatorKeys: [this.transactionalId] };
      await this.#wire.request(FindCoordinator, 4, key);
      const answer = await this.#wire.request(InitProducerId, version, {
        transactionalId: this.transactionalId,
        transactionTimeoutMs: timeoutMs,
      });
      if (NOT_YET.has(answer.errorCode)) continue;
      if (answer.errorCode === 0) this.#goOnAs(answer.producerId, answer.producerEpoch);
      return answer.errorCode;
    }
  }

  /** Makes the partition part of the transaction; its error code. */
  async add(topic: string, partition = 0, version = 3): Promise<number> {
    for (;;) {
      const { resultsByTopicV3AndBelow: topics } = await this.#wire.request(AddPartitionsToTxn, version, {
        v3AndBelowTransactionalId: this.transactionalId,
        v3AndBelowProducerId: this.producerId,
        v3AndBelowProducerEpoch: this.producerEpoch,
        v3AndBelowTopics: [{ name: topic, partitions: [partition] }],
      });
      const errorCode = topics[0]?.resultsByPartition[0]?.partitionErrorCode ?? -1;
      if (errorCode !== CONCURRENT_TRANSACTIONS) return errorCode;
    }
  }

  /** The partition's answer. */
  async send(
    topic: string,
    values: readonly string[],
    { partition = 0, topicId = '', version = this.#versions.produce } = {},
  ) {
    const sequence = this.#sequences.get(`${topic}-${partition}`) ?? 0;
    const records = buildBatch({
      baseOffset: 0,
      records: values.map((value, i) => ({ timestampMs: 1_000 + i, key: null, value: Buffer.from(value) })),
      isTransactional: true,
      producerId: this.producerId,
      producerEpoch: this.producerEpoch,
      baseSequence: sequence,
    });
    const { responses } = await this.#wire.request(Produce, version, {
      transactionalId: this.transactionalId,
      acks: -1,
      timeoutMs: 5_000,
      topicData: [{ name: topic, ...(topicId && { topicId }), partitionData: [{ index: partition, records }] }],
    });
    const answer = responses[0]?.partitionResponses[0];
    if (answer === undefined) throw new Error('no partition is answered');
    if (answer.errorCode === 0) this.#sequences.set(`${topic}-${partition}`, sequence + values.length);
    return answer;
  }

  /** Makes the group's offsets part of the transaction; the error code. */
  async addOffsets(groupId: string, version = 4): Promise<number> {
    const { transactionalId, producerId, producerEpoch } = this;
    const request = { transactionalId, producerId, producerEpoch, groupId };
    return (await this.#wire.request(AddOffsetsToTxn, version, request)).errorCode;
  }

  /** The error code of the one partition. */
  async commitOffset(
    groupId: string,
    topic: string,
    offset: number,
    { partition = 0, version = this.#versions.txnOffsetCommit } = {},
  ) {
    const { transactionalId, producerId, producerEpoch } = this;
    const { topics } = await this.#wire.request(TxnOffsetCommit, version, {
      transactionalId,
      groupId,
      producerId,
      producerEpoch,
      topics: [
        { name: topic, partitions: [{ partitionIndex: partition, committedOffset: offset, committedMetadata: null }] },
      ],
    });
    return topics[0]?.partitions[0]?.errorCode;
  }

  /** The error code. */
  async end(isCommit: boolean, version: number = this.#versions.endTxn): Promise<number> {
    const { transactionalId, producerId, producerEpoch } = this;
    const request = { transactionalId, producerId, producerEpoch, committed: isCommit };
    const answer = await this.#wire.request(EndTxn, version, request);
    if (answer.errorCode === 0 && version >= 5) this.#goOnAs(answer.producerId, answer.producerEpoch);
    return answer.errorCode;
  }

  #goOnAs(producerId: number, producerEpoch: number): void {
    if (producerId === this.producerId && producerEpoch === this.producerEpoch) return;
    this.producerId = producerId;
    this.producerEpoch = producerEpoch;
    this.#sequences.clear();
  }
}
