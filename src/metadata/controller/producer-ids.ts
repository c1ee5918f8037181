import { ErrorCode } from '../../wire/index.ts';
import type { AllocateProducerIdsRequest } from '../../wire/messages/index.ts';
import { PRODUCER_ID_BLOCK_SIZE } from '../producer-ids.ts';
import type { Answer } from './apis.ts';
import { epochProblem } from './brokers.ts';
import type { ControllerContext, Decision } from './context.ts';

type Response = Answer<'allocateProducerIds'>;

/** AllocateProducerIds (KIP-730): the next block of ids, never given to anyone again. */
export function allocateProducerIds(
  { image }: ControllerContext,
  { brokerId, brokerEpoch }: AllocateProducerIdsRequest,
): Decision<Response> {
  const none = (errorCode: number): Decision<Response> => ({
    records: [],
    response: { errorCode, producerIdStart: 0, producerIdLen: 0 },
  });
  const problem = epochProblem(image.brokers.get(brokerId), brokerEpoch);
  if (problem !== undefined) return none(problem);
  const producerIdStart = Math.max(0, image.producerIds.next);
  if (producerIdStart > Number.MAX_SAFE_INTEGER - PRODUCER_ID_BLOCK_SIZE) return none(ErrorCode.UNKNOWN_SERVER_ERROR);
  const nextProducerId = producerIdStart + PRODUCER_ID_BLOCK_SIZE;
  return {
    records: [{ type: 'ProducerIdsRecord', value: { brokerId, brokerEpoch, nextProducerId } }],
    response: { errorCode: ErrorCode.NONE, producerIdStart, producerIdLen: PRODUCER_ID_BLOCK_SIZE },
  };
}
