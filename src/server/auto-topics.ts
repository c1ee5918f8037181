import type { ClusterMetadata } from '../metadata/index.ts';
import { ErrorCode } from '../wire/index.ts';

/** Makes topics that a client named and that are not there. */
export interface TopicCreation {
  /** Resolves to the error per topic that could not be made; the others are ready to use. */
  create(names: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

/** How long the controller may take, ms. */
const TIMEOUT_MS = 30_000;
const BROKER_DEFAULT = -1;

/** Automatic creation with the broker's defaults for partitions and replicas, where `enabled` says so at the time. */
export function autoTopics(cluster: ClusterMetadata, enabled: () => boolean): TopicCreation {
  return {
    async create(names) {
      if (!enabled()) return new Map();
      const { topics } = await cluster.request('createTopics', {
        topics: names.map((name) => ({
          name,
          numPartitions: BROKER_DEFAULT,
          replicationFactor: BROKER_DEFAULT,
          assignments: [],
          configs: [],
        })),
        timeoutMs: TIMEOUT_MS,
        validateOnly: false,
      });
      const errors = new Map<string, number>();
      for (const { name, errorCode } of topics) {
        // Someone else was faster: the topic is there all the same.
        if (errorCode !== ErrorCode.NONE && errorCode !== ErrorCode.TOPIC_ALREADY_EXISTS) errors.set(name, errorCode);
      }
      return errors;
    },
  };
}
