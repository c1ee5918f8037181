/**
 * The state of a partition's producers at an offset: the content of a .snapshot file of the log.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int64, message, uint32, type Infer } from '../../schema.ts';

export const ProducerSnapshot = message('ProducerSnapshot', { versions: [1, 1] }, () => ({
  crc: uint32(),
  producerEntries: array({
    producerId: int64(),
    epoch: int16(),
    lastSequence: int32(),
    lastOffset: int64(),
    offsetDelta: int32(),
    timestamp: int64(),
    coordinatorEpoch: int32(),
    currentTxnFirstOffset: int64(),
  }),
}));
export type ProducerSnapshot = Infer<typeof ProducerSnapshot>;
