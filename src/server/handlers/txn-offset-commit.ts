/**
 * TxnOffsetCommit v0-5: offsets of a group that count when a producer's transaction commits.
 *
 * - v3 says which member asks, so that one that was left behind is refused (KIP-447). v4 can be told TRANSACTION_ABORTABLE.
 * - Up to v4 the client has added the group's partition to the transaction, and the coordinator of transactions is asked
 *   whether it has; from v5 on it is added here (KIP-890).
 * - Until v2 a coordinator that loads is told as one that is not available, which old producers understand.
 */
import type { MetadataImage } from '../../metadata/index.ts';
import type { Replicas } from '../../replication/index.ts';
import { ErrorCode, type Input } from '../../wire/index.ts';
import { TxnOffsetCommitRequest, TxnOffsetCommitResponse } from '../../wire/messages/index.ts';
import type { GroupCoordinator } from '../group-coordinator.ts';
import { api, route, type RequestContext, type Route } from '../route.ts';
import type { Membership, TransactionMembership } from '../transaction-membership.ts';

const FIRST_WITH_LOADING = 2;
const FIRST_ABORTABLE = 4;
const FIRST_ADDING = 5;

type Topic = TxnOffsetCommitRequest['topics'][number];
type TopicAnswer = Input<typeof TxnOffsetCommitResponse>['topics'][number];

interface Rooms {
  readonly groups: GroupCoordinator;
  readonly replicas: Replicas;
  readonly membership: TransactionMembership;
  readonly image: () => MetadataImage;
}

export function txnOffsetCommit(rooms: Rooms): Route {
  return route(
    api(TxnOffsetCommitRequest, TxnOffsetCommitResponse),
    { authorize: { operation: 'Write', resource: 'TransactionalId' } },
    async (request, context) => {
      const { topics } = rooms.image();
      const split = request.topics.map(({ name, partitions }) => {
        const isThere = ({ partitionIndex }: Topic['partitions'][number]): boolean =>
          topics.partition(name, partitionIndex) !== undefined;
        return {
          known: { name, partitions: partitions.filter(isThere) },
          missing: { name, partitions: partitions.filter((partition) => !isThere(partition)) },
        };
      });
      const known = split.map((topic) => topic.known).filter(({ partitions }) => partitions.length > 0);
      const answers = split
        .filter(({ missing }) => missing.partitions.length > 0)
        .map(({ missing }) => failed(missing, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
      const stored = known.length > 0 ? await commit(rooms, { ...request, topics: known }, context) : [];
      return { topics: answers.length === 0 ? stored : merged([...answers, ...stored]) };
    },
  );
}

async function commit(rooms: Rooms, request: TxnOffsetCommitRequest, context: RequestContext): Promise<TopicAnswer[]> {
  const { groups, membership, replicas } = rooms;
  const { transactionalId, producerId, producerEpoch, groupId } = request;
  const refusedWith = (errorCode: number): TopicAnswer[] =>
    request.topics.map((topic) => failed(topic, toldAs(errorCode, context.version)));
  if (groupId === '') return refusedWith(ErrorCode.INVALID_GROUP_ID);
  const partition = groups.partitionOf(groupId);
  const leader = replicas.leader(groups.topic, partition);
  if (typeof leader === 'number') return refusedWith(ErrorCode.NOT_COORDINATOR);

  const kind = membershipOf(context.version);
  const question = { producerId, producerEpoch, baseSequence: -1, raisesEpochs: kind === 'add' };
  const guard = membership.isNeeded(kind) ? leader.log.producerChecks.startVerification(question) : undefined;
  if (guard !== undefined) {
    const partitions = new Map([[groups.topic, new Set([partition])]]);
    const errors = await membership.check({ transactionalId, producerId, producerEpoch }, partitions, kind);
    const errorCode = errors.get(groups.topic)?.get(partition) ?? ErrorCode.NONE;
    if (errorCode !== ErrorCode.NONE) return refusedWith(errorCode);
    // The transaction may have ended while its coordinator was asked, and another one begun to be asked about.
    const now = leader.log.producerChecks.startVerification(question);
    if (now !== undefined && now !== guard) return refusedWith(ErrorCode.INVALID_TXN_STATE);
  }
  const refusal = leader.log.producerChecks.checkProducer(producerId, producerEpoch);
  if (refusal !== ErrorCode.NONE) return refusedWith(refusal);
  const answer = await groups.ask('txnOffsetCommit', groupId, request, context);
  return typeof answer === 'number' ? refusedWith(answer) : [...answer.topics];
}

function membershipOf(version: number): Membership {
  if (version >= FIRST_ADDING) return 'add';
  return version >= FIRST_ABORTABLE ? 'verify, abortable' : 'verify';
}

const toldAs = (errorCode: number, version: number): number =>
  errorCode === ErrorCode.COORDINATOR_LOAD_IN_PROGRESS && version < FIRST_WITH_LOADING
    ? ErrorCode.COORDINATOR_NOT_AVAILABLE
    : errorCode;

const failed = ({ name, partitions }: Topic, errorCode: number): TopicAnswer => ({
  name,
  partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
});

/** One answer for each topic, however often it is named. */
function merged(answers: readonly TopicAnswer[]): TopicAnswer[] {
  const byName = new Map<string, TopicAnswer>();
  for (const answer of answers) {
    const before = byName.get(answer.name);
    byName.set(answer.name, before ? { ...before, partitions: [...before.partitions, ...answer.partitions] } : answer);
  }
  return [...byName.values()];
}
