/**
 * Produce v3-13: appends batches to partitions.
 *
 * - Everything up to the first wait happens in one turn of the event loop: offsets are given in arrival order.
 * - acks 0 has no answer; when an append of it fails the connection is closed, the only way to tell (as Apache Kafka does).
 *   acks 1 and -1 are answered when the batches are committed, which with one replica is when they are written.
 * - Each partition takes exactly one batch, of magic 2; zstd needs v7. Of a partition that is named twice the last batch counts.
 * - Only errors that name records have a message, and those found before the log is asked no log start offset, as in Apache Kafka.
 * - A transaction's first batch for a partition waits, with all that its connection sends after it, until the coordinator has
 *   said that the partition is part of it: up to v11 the client has added it, from v12 on it is added here (KIP-890). v11 can
 *   be told TRANSACTION_ABORTABLE where older versions know INVALID_TXN_STATE.
 * - v8 names records at fault (KIP-467); v10 the leader where this broker is not it (KIP-951); v13 topics by id.
 * - v0-2 are told to clients but not served: librdkafka turns compression off where they are missing (KAFKA-18659).
 */
import { ZERO_UUID } from '../../base/index.ts';
import type { Appended, AppendRefused } from '../../storage/index.ts';
import type { PartitionLeader, Replicas } from '../../replication/index.ts';
import { ErrorCode, errorName } from '../../wire/index.ts';
import { RecordBatch } from '../../wire/records/index.ts';
import { ProduceRequest, ProduceResponse } from '../../wire/messages/index.ts';
import { RefusedRequestError } from '../pipeline.ts';
import { api, noReply, route, type RequestContext, type Route } from '../route.ts';
import { isInternalTopic } from '../topics.ts';
import { isTransactional, permitToWrite, type BatchToWrite, type WritePermit } from '../transactional-writes.ts';
import type { Membership, TransactionMembership } from '../transaction-membership.ts';

const FIRST_WITH_ZSTD = 7;
const FIRST_ABORTABLE = 11;
const FIRST_ADDING = 12;
const FIRST_BY_TOPIC_ID = 13;
/** A batch's compression by its number: one that does not exist must not throw here. */
const COMPRESSION_MASK = 0x07;
const ZSTD = 4;
const LENGTH_AT = 8;
const MAGIC_AT = 16;
/** The least length that a batch of any magic may state. */
const LEAST_LENGTH = 14;
/** Apache Kafka lets its own tools write to internal topics under this client id. */
const ADMIN_CLIENT_ID = '__admin_client';

type TopicData = ProduceRequest['topicData'][number];
type PartitionData = TopicData['partitionData'][number];

interface PartitionAnswer {
  readonly index: number;
  readonly errorCode: number;
  readonly baseOffset: number;
  readonly logAppendTimeMs?: number;
  readonly logStartOffset?: number;
  readonly recordErrors?: readonly { readonly batchIndex: number; readonly batchIndexErrorMessage: string }[];
  readonly errorMessage?: string | null;
}

const failed = (index: number, errorCode: number): PartitionAnswer => ({ index, errorCode, baseOffset: -1 });

/** Appended, and not committed yet. */
interface Pending {
  readonly kind: 'pending';
  readonly index: number;
  readonly leader: PartitionLeader;
  readonly outcome: Appended;
}

const isPending = (answer: PartitionAnswer | Pending): answer is Pending => 'kind' in answer;

interface PendingTopic {
  readonly name: string;
  readonly topicId: string;
  readonly partitions: readonly (PartitionAnswer | Pending)[];
}

interface TopicAnswer {
  readonly name: string;
  readonly topicId: string;
  readonly partitionResponses: readonly PartitionAnswer[];
}

export interface ProduceRooms {
  readonly replicas: Replicas;
  readonly membership: TransactionMembership;
}

export function produce(rooms: ProduceRooms): Route {
  const { replicas } = rooms;
  /** Of requests whose transaction's coordinator was asked before they began. */
  const permits = new WeakMap<ProduceRequest, WritePermit>();
  return route(
    api(ProduceRequest, ProduceResponse),
    {
      authorize: { operation: 'Write', resource: 'Topic' },
      advertised: [0, 13],
      pipelined: true,
      preparation: (request, context) => preparation(rooms, permits, request, context),
    },
    (request, context) => {
      const topicData = withoutRepeats(request.topicData);
      // Nobody may write into the transactions of others: without an id there is no producer they could belong to.
      const isRefused = request.transactionalId === null && topicData.some(hasTransactionalRecords);
      const pending = topicData.map(({ name, topicId, partitionData }) => {
        const topic = context.version >= FIRST_BY_TOPIC_ID ? replicas.topicName(topicId) : name;
        return {
          name,
          topicId,
          partitions: partitionData.map(({ index, records }) =>
            isRefused
              ? failed(index, ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
              : topic === undefined
                ? failed(index, ErrorCode.UNKNOWN_TOPIC_ID)
                : append(replicas, request, context, { topic, index, records, permit: permits.get(request) }),
          ),
        };
      });
      if (request.acks === 0)
        return withoutAnswer(
          pending.flatMap(({ partitions }) => partitions),
          context,
        );
      return whenCommitted(pending);
    },
  );
}

function append(
  replicas: Replicas,
  request: ProduceRequest,
  context: RequestContext,
  data: {
    readonly topic: string;
    readonly index: number;
    readonly records: Buffer | null;
    readonly permit: WritePermit | undefined;
  },
): PartitionAnswer | Pending {
  const { topic, index, records, permit } = data;
  if (request.acks < -1 || request.acks > 1) return failed(index, ErrorCode.INVALID_REQUIRED_ACKS);
  const leader = replicas.leader(topic, index);
  if (typeof leader === 'number') return failed(index, leader);
  if (isInternalTopic(topic) && context.clientId !== ADMIN_CLIENT_ID) {
    return failed(index, ErrorCode.INVALID_TOPIC_EXCEPTION);
  }
  if (records === null || records.length === 0) return failed(index, ErrorCode.INVALID_RECORD);
  if (context.version < FIRST_WITH_ZSTD && records.length >= RecordBatch.HEADER_BYTES) {
    const compression = new RecordBatch(records).attributes & COMPRESSION_MASK;
    if (compression === ZSTD) return failed(index, ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
    if (compression > ZSTD) return failed(index, ErrorCode.UNKNOWN_SERVER_ERROR);
  }
  if (permit === undefined) return settle(leader, index, records, leader.append(records, 'client'));
  const refusal = permit.refusal(topic, index);
  if (refusal !== ErrorCode.NONE) return notOfTransaction(index, refusal);
  const verification = permit.verification(topic, index);
  return settle(leader, index, records, leader.append(records, 'client', { verification }));
}

function settle(
  leader: PartitionLeader,
  index: number,
  records: Buffer,
  outcome: Appended | AppendRefused,
): PartitionAnswer | Pending {
  return outcome.kind === 'refused' ? refused(index, records, outcome) : { kind: 'pending', index, leader, outcome };
}

/** The answer when the last of all is committed: one promise for all of a request, none where nothing was appended. */
function whenCommitted(
  topics: readonly PendingTopic[],
): { responses: TopicAnswer[] } | Promise<{ responses: TopicAnswer[] }> {
  const waits: { readonly answers: PartitionAnswer[]; readonly at: number; readonly pending: Pending }[] = [];
  const responses = topics.map(({ name, topicId, partitions }) => {
    const answers: PartitionAnswer[] = [];
    for (const [at, answer] of partitions.entries()) {
      if (isPending(answer)) waits.push({ answers, at, pending: answer });
      else answers[at] = answer;
    }
    return { name, topicId, partitionResponses: answers };
  });
  if (waits.length === 0) return { responses };
  return new Promise((resolve) => {
    let left = waits.length;
    for (const { answers, at, pending } of waits) {
      pending.leader.whenCommitted(pending.outcome.lastOffset + 1, (errorCode) => {
        answers[at] = committed(pending, errorCode);
        if (--left === 0) resolve({ responses });
      });
    }
  });
}

function committed({ index, outcome }: Pending, errorCode: number): PartitionAnswer {
  if (errorCode !== ErrorCode.NONE) return failed(index, errorCode);
  const { baseOffset, logAppendTimeMs, logStartOffset } = outcome;
  return { index, errorCode, baseOffset, logAppendTimeMs, logStartOffset };
}

function refused(
  index: number,
  records: Buffer,
  { errorCode, errorMessage, recordErrors, logStartOffset }: AppendRefused,
): PartitionAnswer {
  const isFoundBefore = FOUND_BEFORE_THE_LOG.has(errorCode) || !isOneBatch(records);
  return {
    ...failed(index, errorCode),
    errorMessage: recordErrors.length > 0 || !isFramed(records) ? errorMessage : null,
    logStartOffset: isFoundBefore ? -1 : logStartOffset,
    recordErrors: recordErrors.map(({ batchIndex, message }) => ({ batchIndex, batchIndexErrorMessage: message })),
  };
}

/** Errors that say nothing about where the log starts. */
const FOUND_BEFORE_THE_LOG: ReadonlySet<number> = new Set([
  ErrorCode.CORRUPT_MESSAGE,
  ErrorCode.MESSAGE_TOO_LARGE,
  ErrorCode.RECORD_LIST_TOO_LARGE,
  ErrorCode.KAFKA_STORAGE_ERROR,
]);

/** Whether length and magic are such that a batch could begin here. */
function isFramed(records: Buffer): boolean {
  if (records.length < RecordBatch.HEADER_BYTES - 1) return true;
  const magic = records.readInt8(MAGIC_AT);
  return records.readInt32BE(LENGTH_AT) >= LEAST_LENGTH && magic >= 0 && magic <= 2;
}

/** Whether the framing is right: one whole batch of magic 2, and not another one behind it. */
function isOneBatch(records: Buffer): boolean {
  if (records.length < RecordBatch.HEADER_BYTES) return false;
  const { magic, sizeInBytes, isComplete } = new RecordBatch(records);
  return magic === 2 && isComplete && records.length - sizeInBytes < RecordBatch.HEADER_BYTES;
}

/** Clients that do not know the coordinator's errors send the batch again when replicas are missing. */
function notOfTransaction(index: number, errorCode: number): PartitionAnswer {
  if (errorCode === ErrorCode.INVALID_TXN_STATE)
    return { ...failed(index, errorCode), errorMessage: 'the partition was not added to the transaction' };
  if (!TOLD_AS_NOT_ENOUGH_REPLICAS.has(errorCode)) return failed(index, errorCode);
  const errorMessage = `the transaction's coordinator could not be asked about the partition: ${errorName(errorCode)}`;
  return { ...failed(index, ErrorCode.NOT_ENOUGH_REPLICAS), errorMessage };
}

const TOLD_AS_NOT_ENOUGH_REPLICAS: ReadonlySet<number> = new Set([
  ErrorCode.CONCURRENT_TRANSACTIONS,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.NOT_COORDINATOR,
]);

const hasTransactionalRecords = ({ partitionData }: TopicData): boolean =>
  partitionData.some(({ records }) => records !== null && isTransactional(records));

/** As the client said it, where it names each partition once; else with the last it said of each. */
function withoutRepeats(topicData: readonly TopicData[]): readonly TopicData[] {
  if (topicData.length === 1 && topicData[0]?.partitionData.length === 1) return topicData;
  const topics = new Map<string, Map<number, PartitionData>>();
  let asked = 0;
  for (const { name, topicId, partitionData } of topicData) {
    const key = name === '' ? topicId : name;
    const partitions = topics.get(key) ?? new Map<number, PartitionData>();
    for (const data of partitionData) partitions.set(data.index, data);
    if (partitions.size > 0) topics.set(key, partitions);
    asked += Math.max(1, partitionData.length);
  }
  let distinct = 0;
  for (const partitions of topics.values()) distinct += partitions.size;
  if (distinct === asked && topics.size === topicData.length) return topicData;
  return [...topics].map(([key, partitions]) => ({
    ...(topicData.find(({ name, topicId }) => (name === '' ? topicId : name) === key) as TopicData),
    partitionData: [...partitions.values()],
  }));
}

/** Resolves when all is written, so that who asks next on this connection finds it there. */
async function withoutAnswer(
  answers: readonly (PartitionAnswer | Pending)[],
  { connection }: RequestContext,
): Promise<typeof noReply> {
  const check = ({ index, errorCode }: PartitionAnswer): void => {
    if (errorCode === ErrorCode.NONE) return;
    connection.isRefused = true;
    throw new RefusedRequestError(`Produce with acks=0 failed with error ${errorCode} on partition ${index}`);
  };
  // What fails at once keeps all that came in behind it from beginning.
  for (const answer of answers) if (!isPending(answer)) check(answer);
  for (const answer of answers) {
    if (isPending(answer)) check(committed(answer, await answer.leader.committed(answer.outcome.lastOffset + 1)));
  }
  return noReply;
}

/** Codecs that a partition's rules need and that are not loaded yet, and what the transaction's coordinator has to say. */
function preparation(
  { replicas, membership }: ProduceRooms,
  permits: WeakMap<ProduceRequest, WritePermit>,
  request: ProduceRequest,
  { version }: RequestContext,
): Promise<void> | undefined {
  let waits: Promise<void>[] | undefined;
  const wait = (promise: Promise<void>): void => void (waits ??= []).push(promise);
  const transactional: BatchToWrite[] = [];
  const { transactionalId } = request;
  for (const { name, topicId, partitionData } of request.topicData) {
    const topic = version >= FIRST_BY_TOPIC_ID && topicId !== ZERO_UUID ? replicas.topicName(topicId) : name;
    if (topic === undefined) continue;
    for (const { index: partition, records } of partitionData) {
      const leader = replicas.leader(topic, partition);
      if (typeof leader === 'number' || records === null) continue;
      const codec = leader.log.preparationFor(records);
      if (codec !== undefined) wait(codec);
      if (transactionalId !== null && isTransactional(records)) transactional.push({ topic, partition, records });
    }
  }
  if (transactionalId !== null && transactional.length > 0) {
    const permit = permitToWrite({ replicas, membership }, transactionalId, transactional, membershipOf(version));
    if (permit instanceof Promise) wait(permit.then((known) => void permits.set(request, known)));
    else permits.set(request, permit);
  }
  return waits === undefined ? undefined : Promise.all(waits).then(() => undefined);
}

function membershipOf(version: number): Membership {
  if (version >= FIRST_ADDING) return 'add';
  return version >= FIRST_ABORTABLE ? 'verify, abortable' : 'verify';
}
