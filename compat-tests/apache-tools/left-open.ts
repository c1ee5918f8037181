import { setTimeout as sleep } from 'node:timers/promises';
import { WireClient } from '../../sim/wire-client.ts';
import {
  AddPartitionsToTxnRequest,
  AddPartitionsToTxnResponse,
  FindCoordinatorRequest,
  FindCoordinatorResponse,
  InitProducerIdRequest,
  InitProducerIdResponse,
  ProduceRequest,
  ProduceResponse,
} from '../../src/wire/messages/index.ts';
import { buildBatch } from '../../src/wire/records/index.ts';

/** A transaction that a producer has begun and does not end. */
export interface LeftOpen {
  readonly transactionalId: string;
  readonly topic: string;
  readonly partition: number;
  readonly values: readonly string[];
  /** Its coordinator is never told of the partition, as by clients before KIP-890; the broker must not verify it. */
  readonly isHanging?: boolean;
}

const dayMs = 24 * 60 * 60 * 1000;
const limitMs = 30_000;
const transactionTimeoutMs = 600_000;

/** Leaves the transaction open over the raw wire, and tells the id of its producer, whose epoch is 0. */
export async function leaveOpen(port: number, left: LeftOpen): Promise<string> {
  const { transactionalId, topic, partition, isHanging = false } = left;
  const wire = await WireClient.connect(port);
  try {
    const find = { request: FindCoordinatorRequest, response: FindCoordinatorResponse };
    await wire.request(find, 4, { keyType: 1, coordinatorKeys: [transactionalId] });
    const init = { request: InitProducerIdRequest, response: InitProducerIdResponse };
    const { producerId, producerEpoch } = await untilTaken(
      () => wire.request(init, 4, { transactionalId, transactionTimeoutMs }),
      ({ errorCode }) => errorCode,
    );
    const producer = { producerId, producerEpoch };
    if (!isHanging) await add(wire, left, producer);
    // A transaction is only taken for hanging when it is older than transactions may be.
    const timestampMs = Date.now() - (isHanging ? dayMs : 0);
    const records = buildBatch({
      baseOffset: 0,
      records: left.values.map((value) => ({ timestampMs, key: null, value: Buffer.from(value) })),
      ...producer,
      baseSequence: 0,
      isTransactional: true,
    });
    const topicData = [{ name: topic, partitionData: [{ index: partition, records: Buffer.from(records) }] }];
    await untilTaken(
      () =>
        wire.request({ request: ProduceRequest, response: ProduceResponse }, 11, {
          transactionalId,
          acks: -1,
          timeoutMs: 5000,
          topicData,
        }),
      ({ responses }) => responses[0]?.partitionResponses[0]?.errorCode,
    );
    return String(producerId);
  } finally {
    wire.close();
  }
}

async function add(
  wire: WireClient,
  { transactionalId, topic, partition }: LeftOpen,
  { producerId, producerEpoch }: { producerId: bigint | number; producerEpoch: number },
): Promise<void> {
  await untilTaken(
    () =>
      wire.request({ request: AddPartitionsToTxnRequest, response: AddPartitionsToTxnResponse }, 3, {
        v3AndBelowTransactionalId: transactionalId,
        v3AndBelowProducerId: producerId as never,
        v3AndBelowProducerEpoch: producerEpoch,
        v3AndBelowTopics: [{ name: topic, partitions: [partition] }],
      }),
    ({ resultsByTopicV3AndBelow }) => resultsByTopicV3AndBelow[0]?.resultsByPartition[0]?.partitionErrorCode,
  );
}

/** Asks again while the broker refuses: its coordinator may not be there yet, nor a config that was just changed. */
async function untilTaken<T>(ask: () => Promise<T>, errorCode: (answer: T) => number | undefined): Promise<T> {
  for (const deadline = Date.now() + limitMs; ; await sleep(50)) {
    const answer = await ask();
    if (errorCode(answer) === 0) return answer;
    if (Date.now() > deadline) throw new Error(`refused with ${errorCode(answer)} for ${limitMs} ms`);
  }
}
