/**
 * Fetch v4-18: reads batches, waiting for `minBytes` up to `maxWaitMs`.
 *
 * - Plan first, read once: what a partition can give is settled without reading; only when there is enough, or an error,
 *   or the time is over, the planned ranges are read and answered: a large answer not before the client takes it.
 * - v7 has incremental sessions (KIP-227); v9 the client's leader epoch (KIP-320); v12 its last fetched epoch, answered
 *   with where it diverges (KIP-595); v13 topics by id (KIP-516); v15 the replica's state in a tag (KIP-903); v16 node
 *   endpoints (KIP-951); v17 directory ids (KIP-853); v18 the follower's high watermark.
 * - The first partition with data gives at least one batch, however small the limits are (KIP-74).
 */
import { FileError, type Clock } from '../../base/index.ts';
import { isAtHand, type AbortedTransaction, type ReadPlan } from '../../storage/index.ts';
import type { IsolationLevel, PartitionLeader, Replicas } from '../../replication/index.ts';
import { ErrorCode, type Chunk, type Input } from '../../wire/index.ts';
import { FetchRequest, FetchResponse } from '../../wire/messages/index.ts';
import type { BufferPool } from '../buffer-pool.ts';
import type { FetchContext, Want, WantedPartition } from '../fetch-session.ts';
import type { FetchSessions } from '../fetch-sessions.ts';
import { isolationOf } from '../isolation.ts';
import { SharedReads } from '../shared-reads.ts';
import { api, route, type RequestContext, type Route } from '../route.ts';

const FIRST_BY_TOPIC_ID = 13;
const CONSUMER = -1;
const FIRST_WITH_LEADER = 16;
const MOST_SESSIONS = 2 ** 31 - 8;
const NO_EPOCH = -1;
const NO_RECORDS = Buffer.alloc(0);
/** An answer with more records than this is read while it is sent, bytes; what a partition gives must be worth it. */
const READ_AT_ONCE_BYTES = 128 * 1024;
const LEAST_LATER_BYTES = 4 * 1024;

type TopicAnswer = NonNullable<Input<typeof FetchResponse>['responses']>[number];
type FetchAnswer = Input<typeof FetchResponse>;
type PartitionAnswer = NonNullable<TopicAnswer['partitions']>[number];

/** What one partition can give now. */
type Outcome =
  | {
      readonly kind: 'error';
      readonly want: Want;
      readonly errorCode: number;
      /** Found only when it had been waited for: told like any other error, in its place. */
      readonly isLate?: boolean;
      /** Told to who took another for the leader, or is behind. */
      readonly leader?: PartitionLeader | undefined;
    }
  | {
      readonly kind: 'diverged';
      readonly want: Want;
      readonly leader: PartitionLeader;
      readonly epoch: number;
      readonly endOffset: number;
    }
  | { readonly kind: 'records'; readonly want: Want; readonly leader: PartitionLeader; readonly plan: ReadPlan };

/** One request: who asks, for what, how, and who answers. */
interface Query {
  readonly rooms: AnswerRooms;
  readonly session: FetchContext;
  readonly context: RequestContext;
  readonly minBytes: number;
  readonly maxWaitMs: number;
  /** Of the whole answer. */
  readonly maxBytes: number;
  readonly isolation: IsolationLevel;
  readonly fromReplica: boolean;
}

export interface FetchRooms {
  readonly replicas: Replicas;
  readonly sessions: FetchSessions;
  readonly clock: Clock;
  readonly nodeId: number;
  /** What is read lies in its memory until it is sent. */
  readonly pool: BufferPool;
  /** `fetch.max.bytes` */
  readonly maxBytes: () => number;
}

type AnswerRooms = FetchRooms & { readonly reads: SharedReads };

export function fetch(rooms: FetchRooms): Route {
  const answerRooms: AnswerRooms = { ...rooms, reads: new SharedReads(rooms) };
  return route(
    api(FetchRequest, FetchResponse),
    { authorize: { operation: 'Read', resource: 'Topic' } },
    (request, context) => {
      if (!canBeSession(request)) return failed(request, context.version);
      const session = beginSession(rooms, request, context.version);
      if (typeof session === 'number') return { errorCode: session, sessionId: 0, responses: [] };
      const isolation = isolationOf(request.isolationLevel);
      if (isolation === undefined && !session.isEmpty) return failed(request, context.version);
      const query: Query = {
        rooms: answerRooms,
        session,
        context,
        minBytes: request.minBytes,
        maxWaitMs: request.maxWaitMs,
        maxBytes: Math.min(request.maxBytes, rooms.maxBytes(), context.maxReplyBytes),
        isolation: isolation ?? 'read uncommitted',
        fromReplica: Math.max(request.replicaId, request.replicaState.replicaId) !== CONSUMER,
      };
      const preparation = prepare(query);
      return preparation === undefined ? run(query) : preparation.then(() => run(query));
    },
  );
}

/** Promises cost more than the rest: there is one only where something is waited for. */
function run(query: Query): FetchAnswer | Promise<FetchAnswer> {
  const outcomes = planAll(query);
  if (query.maxWaitMs <= 0 || isEnough(outcomes, query)) return answer(query, outcomes);
  return enough(query, outcomes).then((later) => answer(query, later));
}

/**
 * Apache Kafka keeps sessions in eight shards by id and fails for ids beyond the last of them, which it never gives
 * (FetchSessionCache).
 */
const canBeSession = ({ sessionId }: FetchRequest): boolean => Math.abs(sessionId) < MOST_SESSIONS;

/** The answer of a broker that failed over the request as a whole, in the form of FetchRequest.getErrorResponse. */
function failed({ topics, sessionId }: FetchRequest, version: number): FetchAnswer {
  const errorCode = ErrorCode.UNKNOWN_SERVER_ERROR;
  const partitionsOf = (partitions: FetchRequest['topics'][number]['partitions']): PartitionAnswer[] =>
    partitions.map(({ partition }) => ({
      partitionIndex: partition,
      errorCode,
      highWatermark: -1,
      abortedTransactions: [],
      records: NO_RECORDS,
    }));
  const named = version < FIRST_BY_TOPIC_ID ? topics : [];
  return {
    errorCode,
    sessionId,
    responses: named.map(({ topic, partitions }) => ({ topic, partitions: partitionsOf(partitions) })),
  };
}

function beginSession(
  { replicas, sessions }: FetchRooms,
  request: FetchRequest,
  version: number,
): FetchContext | number {
  const byId = version >= FIRST_BY_TOPIC_ID;
  const wants: Want[] = [];
  for (const { topic, topicId, partitions } of request.topics) {
    const name = byId ? (replicas.topicName(topicId) ?? '') : topic;
    for (const partition of partitions) {
      wants.push({
        topic: name,
        topicId,
        partition: partition.partition,
        fetchOffset: partition.fetchOffset,
        maxBytes: partition.partitionMaxBytes,
        currentLeaderEpoch: partition.currentLeaderEpoch,
        lastFetchedEpoch: partition.lastFetchedEpoch,
      });
    }
  }
  const forgotten: WantedPartition[] = [];
  for (const { topic, topicId, partitions } of request.forgottenTopicsData) {
    const name = byId ? (replicas.topicName(topicId) ?? '') : topic;
    for (const partition of partitions) forgotten.push({ topic: name, topicId, partition });
  }
  return sessions.begin(request, lastOfEach(wants), forgotten, byId);
}

/** Of a partition that is named twice, what was said last counts. */
function lastOfEach(wants: readonly Want[]): readonly Want[] {
  if (wants.length < 2) return wants;
  const distinct = new Map<string, Want>();
  for (const want of wants) distinct.set(`${want.topicId} ${want.topic} ${want.partition}`, want);
  return distinct.size === wants.length ? wants : [...distinct.values()];
}

/**
 * What must be awaited before anything is planned, so that nobody else waits for the disk when cold data is asked for: undefined
 * for all who read what is new.
 */
function prepare({ rooms, session, context, maxBytes }: Query): Promise<unknown> | undefined {
  let left = maxBytes;
  let preparations: Promise<void>[] | undefined;
  for (const want of session.wants()) {
    const leader = leaderFor(rooms.replicas, want, context.version);
    if (typeof leader === 'number') continue;
    const most = Math.min(want.maxBytes, left);
    const prepared = leader.log.planPreparation(want.fetchOffset, most);
    if (prepared === undefined) continue;
    (preparations ??= []).push(prepared);
    left -= most;
  }
  return preparations && Promise.all(preparations);
}

/** The leader of what is wanted, or why there is none. */
function leaderFor(replicas: Replicas, want: Want, version: number): PartitionLeader | number {
  // In a session the name may have become known, or the topic been deleted, since the partition was asked for.
  const topic = version >= FIRST_BY_TOPIC_ID ? replicas.topicName(want.topicId) : want.topic;
  if (topic !== undefined) return replicas.leader(topic, want.partition);
  return want.topic === '' ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
}

/** Settles what each partition gives, in order, within the limits of the whole answer; those that rest are left out. */
function planAll(query: Query): Outcome[] {
  const outcomes: Outcome[] = [];
  let left = query.maxBytes;
  let minOneBatch = true;
  for (const want of query.session.wants()) {
    const outcome = planOne(query, want, left, minOneBatch);
    if (outcome.kind === 'records') {
      const { sizeInBytes } = outcome.plan;
      if (sizeInBytes > 0) {
        left = Math.max(0, left - sizeInBytes);
        minOneBatch = false;
      } else if (rests(want, outcome.leader, query)) continue;
    }
    outcomes.push(outcome);
  }
  return outcomes;
}

function planOne(query: Query, want: Want, left: number, minOneBatch: boolean): Outcome {
  const { isolation, fromReplica } = query;
  const { version } = query.context;
  const error = (errorCode: number, leader?: PartitionLeader): Outcome => ({
    kind: 'error',
    want,
    errorCode,
    leader: version >= FIRST_WITH_LEADER ? leader : undefined,
  });
  const leader = leaderFor(query.rooms.replicas, want, version);
  if (typeof leader === 'number') return error(leader);
  // No other broker has a replica here.
  if (fromReplica) return error(ErrorCode.NOT_LEADER_OR_FOLLOWER, leader);
  const fenced = leader.checkEpoch(Math.max(want.currentLeaderEpoch, NO_EPOCH));
  if (fenced !== ErrorCode.NONE) return error(fenced, fenced === ErrorCode.FENCED_LEADER_EPOCH ? leader : undefined);
  if (want.lastFetchedEpoch >= 0) {
    const { leaderEpoch, endOffset } = leader.log.endOffsetForEpoch(want.lastFetchedEpoch);
    if (leaderEpoch === -1 || endOffset === -1) return error(ErrorCode.OFFSET_OUT_OF_RANGE);
    if (leaderEpoch < want.lastFetchedEpoch || endOffset < want.fetchOffset)
      return { kind: 'diverged', want, leader, epoch: leaderEpoch, endOffset };
  }
  const maxBytes = Math.min(want.maxBytes, left);
  const plan = leader.plan({ from: want.fetchOffset, maxBytes, isolation, minOneBatch });
  if (plan.kind === 'refused') return error(plan.errorCode);
  if (maxBytes < 0 && want.fetchOffset < leader.endFor(isolation)) return error(ErrorCode.UNKNOWN_SERVER_ERROR);
  return { kind: 'records', want, leader, plan };
}

/** A partition of a session that has nothing new need not be looked at until it has. */
const rests = (want: Want, leader: PartitionLeader, { session, isolation }: Query): boolean =>
  want.fetchOffset >= leader.endFor(isolation) && session.rest(want, leader);

/** Waits until there is enough, an error, or no time left, and settles it anew each time something came. */
function enough(query: Query, first: Outcome[]): Promise<Outcome[]> {
  const { rooms, session, context, maxWaitMs } = query;
  const unknownAtFirst = new Set(first.filter(isUnknown).map(({ want }) => want));
  const planLater = (): Outcome[] =>
    planAll(query).map((outcome) =>
      isUnknown(outcome) && !unknownAtFirst.has(outcome.want) ? { ...outcome, isLate: true } : outcome,
    );
  return new Promise((resolve) => {
    const stops: (() => void)[] = [];
    const settle = (outcomes: Outcome[]): void => {
      for (const stop of stops) stop();
      resolve(outcomes);
    };
    const again = (): void => {
      const outcomes = planLater();
      if (isEnough(outcomes, query)) settle(outcomes);
      else watch(outcomes);
    };
    const watched = new Set<PartitionLeader>();
    const watch = (outcomes: readonly Outcome[]): void => {
      for (const outcome of outcomes) {
        if (outcome.kind !== 'records' || watched.has(outcome.leader)) continue;
        watched.add(outcome.leader);
        stops.push(outcome.leader.onAdvance(again));
      }
    };
    const timer = rooms.clock.after(maxWaitMs, () => settle(planLater()));
    stops.push(() => timer.cancel());
    stops.push(context.connection.onClosed(() => settle([])));
    stops.push(session.onNews(again));
    watch(first);
  });
}

/** A partition that does not exist is no news: a client that asks for it besides others waits for those, as with Apache Kafka. */
function isEnough(outcomes: readonly Outcome[], { minBytes, session }: Query): boolean {
  let bytes = 0;
  let isWaiting = session.isResting;
  for (const outcome of outcomes) {
    if (isUnknown(outcome)) continue;
    if (outcome.kind !== 'records') return true;
    isWaiting = true;
    bytes += outcome.plan.sizeInBytes;
  }
  return !isWaiting || bytes >= minBytes;
}

const isUnknown = (outcome: Outcome): boolean =>
  outcome.kind === 'error' &&
  outcome.isLate !== true &&
  (outcome.errorCode === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION || outcome.errorCode === ErrorCode.UNKNOWN_TOPIC_ID);

function answer(query: Query, outcomes: readonly Outcome[]): FetchAnswer | Promise<FetchAnswer> {
  // Apache Kafka tells what does not exist last.
  const ordered = outcomes.some(isUnknown)
    ? [...outcomes.filter((outcome) => !isUnknown(outcome)), ...outcomes.filter(isUnknown)]
    : outcomes;
  let bytes = 0;
  for (const each of ordered) if (each.kind === 'records') bytes += each.plan.sizeInBytes;
  let isSettled = true;
  const begun: (PartitionAnswer | Promise<PartitionAnswer>)[] = [];
  for (const outcome of ordered) {
    const partition = partitionAnswer(query, outcome, bytes > READ_AT_ONCE_BYTES);
    if (partition instanceof Promise) isSettled = false;
    begun.push(partition);
  }
  if (isSettled) return told(query, ordered, begun as PartitionAnswer[]);
  return Promise.all(begun.map((each) => Promise.resolve(each))).then((partitions) => told(query, ordered, partitions));
}

/** What the client has to hear of. */
function told({ session }: Query, outcomes: readonly Outcome[], partitions: readonly PartitionAnswer[]): FetchAnswer {
  const responses: { topic: string; topicId: string; partitions: PartitionAnswer[] }[] = [];
  for (let i = 0; i < partitions.length; i++) {
    const [partition, { want, kind }] = [partitions[i] as PartitionAnswer, outcomes[i] as Outcome];
    const mustTell = session.mustTell(want, {
      errorCode: partition.errorCode,
      highWatermark: partition.highWatermark,
      logStartOffset: partition.logStartOffset ?? -1,
      hasRecords: (partition.records?.length ?? 0) > 0,
      hasDivergingEpoch: kind === 'diverged',
    });
    if (!mustTell) continue;
    const last = responses.at(-1);
    if (last !== undefined && last.topicId === want.topicId && last.topic === want.topic)
      last.partitions.push(partition);
    else responses.push({ topic: want.topic, topicId: want.topicId, partitions: [partition] });
  }
  return { errorCode: ErrorCode.NONE, sessionId: session.finish(), responses };
}

function errorAnswer(outcome: Outcome & { kind: 'error' }, nodeId: number): PartitionAnswer {
  const { want, errorCode, leader } = outcome;
  return {
    partitionIndex: want.partition,
    errorCode,
    highWatermark: -1,
    abortedTransactions: isUnknown(outcome) ? [] : null,
    records: NO_RECORDS,
    ...(leader && { currentLeader: { leaderId: nodeId, leaderEpoch: leader.leaderEpoch } }),
  };
}

/** Later only where cold data is read; all but the records is what it was when they were planned. */
function partitionAnswer(
  { rooms, isolation }: Query,
  outcome: Outcome,
  isLarge: boolean,
): PartitionAnswer | Promise<PartitionAnswer> {
  const { want } = outcome;
  if (outcome.kind === 'error') return errorAnswer(outcome, rooms.nodeId);
  if (outcome.kind === 'diverged') {
    const { leader, epoch, endOffset } = outcome;
    return {
      partitionIndex: want.partition,
      errorCode: ErrorCode.NONE,
      highWatermark: leader.highWatermark,
      lastStableOffset: leader.log.lastStableOffset,
      logStartOffset: leader.log.logStartOffset,
      divergingEpoch: { epoch, endOffset },
      abortedTransactions: null,
      records: NO_RECORDS,
    };
  }
  const { leader, plan } = outcome;
  let abortedTransactions: AbortedTransaction[] | null = null;
  if (isolation === 'read committed') {
    abortedTransactions =
      plan.sizeInBytes === 0 ? [] : leader.log.abortedTransactions(want.fetchOffset, plan.endOffset);
  }
  const { highWatermark } = leader;
  const { lastStableOffset, logStartOffset } = leader.log;
  const filled = (records: Chunk): PartitionAnswer => {
    if (records.length > 0) leader.wasRead(records.length, plan.endOffset - want.fetchOffset);
    return {
      partitionIndex: want.partition,
      errorCode: ErrorCode.NONE,
      highWatermark,
      lastStableOffset,
      logStartOffset,
      abortedTransactions,
      records,
    };
  };
  const failed = (error: unknown): PartitionAnswer => {
    if (!(error instanceof FileError)) throw error;
    return errorAnswer({ kind: 'error', want, errorCode: ErrorCode.KAFKA_STORAGE_ERROR }, rooms.nodeId);
  };
  if (plan.sizeInBytes === 0) return filled(NO_RECORDS);
  const later = isLarge && plan.sizeInBytes >= LEAST_LATER_BYTES ? leader.log.readPiecewise(plan) : undefined;
  if (later !== undefined) return filled(later);
  if (!isAtHand(plan)) return leader.log.readLater(plan, rooms.pool.take(plan.sizeInBytes)).then(filled, failed);
  try {
    return filled(rooms.reads.read(leader.log, plan));
  } catch (error) {
    return failed(error);
  }
}
