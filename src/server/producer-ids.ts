import type { Logger } from '../base/index.ts';
import type { ClusterMetadata } from '../metadata/index.ts';
import { ErrorCode } from '../wire/index.ts';

export interface ProducerIdSource {
  /** A producer id that nobody has, or undefined while the controller gives none: ask again. */
  next(): Promise<number | undefined>;
}

/** Hands out producer ids from blocks that the controller reserves, so that no id is given twice, restarts included. */
export function producerIdSource(options: {
  readonly cluster: ClusterMetadata;
  readonly nodeId: number;
  readonly brokerEpoch: () => number;
  readonly logger: Logger;
}): ProducerIdSource {
  let nextId = 0;
  let left = 0;
  let pending: Promise<void> | undefined;
  const refill = async (): Promise<void> => {
    try {
      const { errorCode, producerIdStart, producerIdLen } = await options.cluster.request('allocateProducerIds', {
        brokerId: options.nodeId,
        brokerEpoch: options.brokerEpoch(),
      });
      if (errorCode !== ErrorCode.NONE)
        return options.logger.warn('the controller reserved no producer ids', { errorCode });
      nextId = producerIdStart;
      left = producerIdLen;
    } catch (error) {
      options.logger.warn('the controller reserved no producer ids', { error });
    } finally {
      pending = undefined;
    }
  };
  return {
    async next() {
      if (left === 0) await (pending ??= refill());
      if (left === 0) return undefined;
      left--;
      return nextId++;
    },
  };
}
