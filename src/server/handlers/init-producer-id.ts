/**
 * InitProducerId v0-5: an id for an idempotent producer (KIP-98), or the id and epoch of a transactional one.
 *
 * - Without a transactional id every request gets a new id with epoch 0, whatever id it had before, as in Apache Kafka.
 * - With one the epoch rises above all that had it before; what they left open is aborted first (CONCURRENT_TRANSACTIONS).
 * - v3 says which id and epoch the producer has, so that it can go on after an error (KIP-360); who is fenced is told
 *   PRODUCER_FENCED from v4 on, INVALID_PRODUCER_EPOCH before.
 * - v6, two-phase commit (KIP-939), is unstable and not served.
 */
import { ErrorCode } from '../../wire/index.ts';
import { InitProducerIdRequest, InitProducerIdResponse } from '../../wire/messages/index.ts';
import type { ProducerIdSource } from '../producer-ids.ts';
import { fencedAs } from '../fenced-as.ts';
import { api, route, type Route } from '../route.ts';
import type { TransactionCoordinator } from '../transaction-coordinator.ts';

const NONE_YET = -1;
const FIRST_WITH_PRODUCER_FENCED = 4;

export function initProducerId(rooms: {
  readonly producerIds: ProducerIdSource;
  readonly transactions: TransactionCoordinator;
}): Route {
  const failed = (errorCode: number) => ({ errorCode, producerId: NONE_YET, producerEpoch: NONE_YET });
  return route(
    api(InitProducerIdRequest, InitProducerIdResponse),
    { authorize: { operation: 'IdempotentWrite', resource: 'Cluster' }, versions: [0, 5] },
    async ({ transactionalId, transactionTimeoutMs: timeoutMs, producerId, producerEpoch }, { version }) => {
      if ((producerId === NONE_YET) !== (producerEpoch === NONE_YET)) return failed(ErrorCode.INVALID_REQUEST);
      if (transactionalId !== null) {
        const expected = producerId === NONE_YET ? undefined : { producerId, producerEpoch };
        const request = { transactionalId, timeoutMs, expected };
        const answer = await rooms.transactions.askForProducer('initProducerId', request);
        return { ...answer, errorCode: fencedAs(answer.errorCode, version >= FIRST_WITH_PRODUCER_FENCED) };
      }
      const next = await rooms.producerIds.next();
      return next === undefined
        ? failed(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
        : { errorCode: ErrorCode.NONE, producerId: next, producerEpoch: 0 };
    },
  );
}
