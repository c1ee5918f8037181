import { buildBatch } from '../../src/wire/records/index.ts';
import { pick, type Said } from './fit.ts';
import type { Talk } from './talk.ts';

const NOT_YET: ReadonlySet<unknown> = new Set([14, 15, 16, 51]);

/** A transactional id and who has it now; everything about it is asked through one conversation. */
export class Transaction {
  readonly talk: Talk;
  readonly transactionalId: string;
  producerId = -1;
  producerEpoch = -1;

  private constructor(talk: Talk, transactionalId: string) {
    this.talk = talk;
    this.transactionalId = transactionalId;
  }

  /** With a producer, once its coordinator is there. */
  static async begin(talk: Talk, what = 'txn', transactionTimeoutMs = 60_000): Promise<Transaction> {
    const transaction = new Transaction(talk, talk.name(what));
    await transaction.takeOver(transactionTimeoutMs);
    return transaction;
  }

  /** The next producer of the id, when what the former one left open is gone. */
  async takeOver(transactionTimeoutMs = 60_000): Promise<void> {
    const { transactionalId } = this;
    await this.talk.until(`${transactionalId} to have a producer`, async () => {
      await this.talk.quietly('FindCoordinator', { keyType: 1, coordinatorKeys: [transactionalId] }, { version: 4 });
      const asked = { transactionalId, transactionTimeoutMs };
      const answer = await this.talk.quietly('InitProducerId', asked, { version: 5 });
      if (NOT_YET.has(pick(answer, 'errorCode'))) return false;
      this.hasBecome(answer);
      return true;
    });
  }

  hasBecome(answer: unknown): void {
    this.producerId = pick(answer, 'producerId') as number;
    this.producerEpoch = pick(answer, 'producerEpoch') as number;
  }

  /** Its name, producer and epoch, in fields of every request about it. */
  get producer(): { readonly transactionalId: string; readonly producerId: number; readonly producerEpoch: number } {
    const { transactionalId, producerId, producerEpoch } = this;
    return { transactionalId, producerId, producerEpoch };
  }

  /** Makes partition 0 of the topic part of the transaction. */
  async add(topic: string, version: 3 | 5 = 3): Promise<void> {
    await this.talk.until(`${topic} to be added`, async () => {
      const answer = await this.talk.quietly('AddPartitionsToTxn', adding(this.producer, [[topic, [0]]]), { version });
      const result = version === 3 ? ['resultsByTopicV3AndBelow', 0] : ['resultsByTransaction', 0, 'topicResults', 0];
      return pick(answer, ...result, 'resultsByPartition', 0, 'partitionErrorCode') === 0;
    });
  }

  async end(committed: boolean, version: 4 | 5 = 4): Promise<void> {
    const answer = await this.talk.quietly('EndTxn', { ...this.producer, committed }, { version });
    if (version === 5) this.hasBecome(answer);
    await this.complete();
  }

  /** Waits until its markers are written. */
  async complete(): Promise<void> {
    await this.talk.until(`${this.transactionalId} to be complete`, async () => {
      const asked = { transactionalIds: [this.transactionalId] };
      const answer = await this.talk.quietly('DescribeTransactions', asked, { version: 0 });
      return !/^Prepare|Ongoing/.test(String(pick(answer, 'transactionStates', 0, 'transactionState')));
    });
  }

  /** What an admin is told of it. */
  async describe(label: string): Promise<void> {
    await this.talk.ask(label, 'DescribeTransactions', { transactionalIds: [this.transactionalId] });
  }
}

export type Topics = readonly (readonly [name: string, partitions: readonly number[]])[];

/** AddPartitionsToTxn in the fields of every version. */
export function adding(
  { transactionalId, producerId, producerEpoch }: Transaction['producer'],
  asked: Topics,
  verifyOnly = false,
): Said {
  const topics = asked.map(([name, partitions]) => ({ name, partitions }));
  return {
    transactions: [{ transactionalId, producerId, producerEpoch, verifyOnly, topics }],
    v3AndBelowTransactionalId: transactionalId,
    v3AndBelowProducerId: producerId,
    v3AndBelowProducerEpoch: producerEpoch,
    v3AndBelowTopics: topics,
  };
}

export interface Written {
  readonly baseSequence?: number;
  readonly isTransactional?: boolean;
  readonly transactionalId?: string | null;
  readonly producerId?: number;
  readonly producerEpoch?: number;
}

/** A Produce request of one record in partition 0. */
export function producing(
  { producer }: Transaction,
  topic: { name: string; topicId: string },
  written: Written = {},
): Said {
  const { baseSequence = 0, isTransactional = true, transactionalId = producer.transactionalId } = written;
  const { producerId = producer.producerId, producerEpoch = producer.producerEpoch } = written;
  // Of now, as markers are: much older ones would make a segment of their own.
  const records = buildBatch({
    baseOffset: 0,
    records: [{ timestampMs: Date.now(), key: null, value: Buffer.from('x') }],
    producerId,
    producerEpoch,
    baseSequence,
    isTransactional,
  });
  return {
    transactionalId,
    acks: -1,
    timeoutMs: 5000,
    topicData: [{ ...topic, partitionData: [{ index: 0, records }] }],
  };
}

/** What either isolation level sees of partition 0, and where it ends. */
export async function readBack(talk: Talk, topic: { name: string; topicId: string }): Promise<void> {
  for (const isolationLevel of [0, 1]) {
    const partition = { partition: 0, fetchOffset: 0, partitionMaxBytes: 10_000_000 };
    await talk.ask(`read at isolation level ${isolationLevel}`, 'Fetch', {
      maxWaitMs: 0,
      minBytes: 0,
      maxBytes: 10_000_000,
      isolationLevel,
      topics: [{ topic: topic.name, topicId: topic.topicId, partitions: [partition] }],
    });
    await talk.ask(`latest at isolation level ${isolationLevel}`, 'ListOffsets', {
      replicaId: -1,
      isolationLevel,
      topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
    });
  }
}
