/** How far producer ids are given out. */
export interface ProducerIds {
  /** The first id of the next block, -1 before the first block was given. */
  readonly next: number;
  /** Who got the last block. */
  readonly brokerId: number;
  readonly brokerEpoch: number;
}

export const NO_PRODUCER_IDS: ProducerIds = { next: -1, brokerId: -1, brokerEpoch: -1 };

/** How many ids a broker gets at a time (Kafka's ProducerIdsBlock). */
export const PRODUCER_ID_BLOCK_SIZE = 1000;
