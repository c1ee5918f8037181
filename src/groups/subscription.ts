import { decodeMessage, WireError } from '../wire/index.ts';
import { ConsumerProtocolSubscription } from '../wire/messages/index.ts';

/** The protocol type of consumers, the only one whose metadata the coordinator looks into. */
export const CONSUMER_PROTOCOL_TYPE = 'consumer';

/**
 * The topics that a consumer's metadata subscribes to, or undefined if the bytes are none of it. An int16 version goes
 * first; only what version 0 has is read, for every later version begins with it.
 */
export function subscribedTopics(metadata: Buffer): readonly string[] | undefined {
  if (metadata.length < 2) return undefined;
  try {
    return decodeMessage(ConsumerProtocolSubscription, 0, metadata, 2).topics;
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}
