/**
 * InitProducerId v0-5: an id for an idempotent producer (KIP-98).
 *
 * Without a transactional id every request gets a new id with epoch 0, whatever id it had before, as in Apache Kafka.
 * With one, the request needs a transaction coordinator, which is not served yet: INVALID_REQUEST. v6 is unstable.
 */
import { ErrorCode } from '../../wire/index.ts';
import { InitProducerIdRequest, InitProducerIdResponse } from '../../wire/messages/index.ts';
import type { ProducerIdSource } from '../producer-ids.ts';
import { api, route, type Route } from '../route.ts';

const NONE_YET = -1;

export function initProducerId(rooms: { readonly producerIds: ProducerIdSource }): Route {
  const failed = (errorCode: number) => ({ errorCode, producerId: NONE_YET, producerEpoch: NONE_YET });
  return route(
    api(InitProducerIdRequest, InitProducerIdResponse),
    { authorize: { operation: 'IdempotentWrite', resource: 'Cluster' }, versions: [0, 5] },
    async ({ transactionalId, producerId, producerEpoch }) => {
      if ((producerId === NONE_YET) !== (producerEpoch === NONE_YET)) return failed(ErrorCode.INVALID_REQUEST);
      if (transactionalId !== null) return failed(ErrorCode.INVALID_REQUEST);
      const next = await rooms.producerIds.next();
      return next === undefined
        ? failed(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
        : { errorCode: ErrorCode.NONE, producerId: next, producerEpoch: 0 };
    },
  );
}
