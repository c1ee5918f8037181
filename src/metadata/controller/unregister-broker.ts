import { ErrorCode } from '../../wire/index.ts';
import type { UnregisterBrokerRequest } from '../../wire/messages/index.ts';
import type { Answer } from './apis.ts';
import { leave } from './brokers.ts';
import type { ControllerContext, Decision } from './context.ts';

type Response = Answer<'unregisterBroker'>;

/** UnregisterBroker: forgets a broker, which then leads nothing. One that still runs is not asked; it may register anew. */
export function unregisterBroker(
  context: ControllerContext,
  { brokerId }: UnregisterBrokerRequest,
): Decision<Response> {
  const broker = context.image.brokers.get(brokerId);
  if (broker === undefined) {
    const errorMessage = `broker ${brokerId} is not registered`;
    return { records: [], response: { errorCode: ErrorCode.BROKER_ID_NOT_REGISTERED, errorMessage } };
  }
  const records = leave(context, broker);
  records.push({ type: 'UnregisterBrokerRecord', value: { brokerId, brokerEpoch: broker.epoch } });
  return { records, response: { errorCode: ErrorCode.NONE, errorMessage: '' } };
}
