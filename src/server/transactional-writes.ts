import type { Replicas } from '../replication/index.ts';
import type { VerificationGuard } from '../storage/index.ts';
import { ErrorCode } from '../wire/index.ts';
import { RecordBatch } from '../wire/records/index.ts';
import type { Membership, TransactionMembership } from './transaction-membership.ts';

/** A batch for a partition, as a Produce request has it. */
export interface BatchToWrite {
  readonly topic: string;
  readonly partition: number;
  readonly records: Buffer;
}

/** What is known of the partitions of a request once its transaction's coordinator has been asked. */
export interface WritePermit {
  /** Why the transaction may not write there, or NONE. */
  refusal(topic: string, partition: number): number;
  /** What to append under; undefined where nobody is to be asked. */
  verification(topic: string, partition: number): { readonly guard: VerificationGuard | undefined } | undefined;
}

const NOT_ASKED: WritePermit = { refusal: () => ErrorCode.NONE, verification: () => undefined };

export const isTransactional = (records: Buffer): boolean =>
  records.length >= RecordBatch.HEADER_BYTES && new RecordBatch(records).isTransactional;

/**
 * Asks the coordinator about the first batches of a transaction, partition by partition (KIP-890): none is written to a
 * partition that the transaction does not know of, since nobody would end it there.
 */
export function permitToWrite(
  rooms: { readonly replicas: Replicas; readonly membership: TransactionMembership },
  transactionalId: string,
  batches: readonly BatchToWrite[],
  membership: Membership,
): WritePermit | Promise<WritePermit> {
  if (!rooms.membership.isNeeded(membership)) return NOT_ASKED;
  const guards = new Map<string, Map<number, VerificationGuard>>();
  let producer: { readonly producerId: number; readonly producerEpoch: number } | undefined;
  for (const { topic, partition, records } of batches) {
    if (!isTransactional(records)) continue;
    const { producerId, producerEpoch, baseSequence } = new RecordBatch(records);
    if (producerId < 0) continue;
    if (producer !== undefined && (producer.producerId !== producerId || producer.producerEpoch !== producerEpoch))
      return { ...NOT_ASKED, refusal: () => ErrorCode.INVALID_PRODUCER_ID_MAPPING };
    producer = { producerId, producerEpoch };
    const leader = rooms.replicas.leader(topic, partition);
    if (typeof leader === 'number') continue;
    const question = { producerId, producerEpoch, baseSequence, raisesEpochs: membership === 'add' };
    const guard = leader.log.producerChecks.startVerification(question);
    if (guard === undefined) continue;
    const ofTopic = guards.get(topic) ?? new Map<number, VerificationGuard>();
    guards.set(topic, ofTopic.set(partition, guard));
  }
  const verification = (topic: string, partition: number) => ({ guard: guards.get(topic)?.get(partition) });
  if (producer === undefined || guards.size === 0) return { refusal: () => ErrorCode.NONE, verification };
  const partitions = new Map([...guards].map(([topic, ofTopic]) => [topic, new Set(ofTopic.keys())]));
  return rooms.membership.check({ transactionalId, ...producer }, partitions, membership).then((errors) => ({
    refusal: (topic, partition) => errors.get(topic)?.get(partition) ?? ErrorCode.NONE,
    verification,
  }));
}
