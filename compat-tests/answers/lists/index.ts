import type { Conversation } from '../conversation.ts';
import { clusterConversations } from './cluster.ts';
import { configResourceConversations } from './config-resources.ts';
import { configConversations } from './configs.ts';
import { consumerGroupConversations } from './consumer-groups.ts';
import { fetchConversations } from './fetch.ts';
import { groupConversations } from './groups.ts';
import { logDirConversations } from './log-dirs.ts';
import { offsetConversations } from './offsets.ts';
import { partitionConversations } from './partitions.ts';
import { pipeliningConversations } from './pipelining.ts';
import { produceConversations } from './produce.ts';
import { quorumConversations } from './quorum.ts';
import { quotaConversations } from './quotas.ts';
import { scramConversations } from './scram.ts';
import { telemetryConversations } from './telemetry.ts';
import { rebalanceConversations } from './rebalances.ts';
import { topicConversations } from './topics.ts';
import { transactionLevelConversations } from './transaction-levels.ts';
import { transactionConversations } from './transactions.ts';
import { wireConversations } from './wire.ts';

export const conversations: readonly Conversation[] = [
  ...wireConversations,
  ...produceConversations,
  ...fetchConversations,
  ...offsetConversations,
  ...topicConversations,
  ...partitionConversations,
  ...logDirConversations,
  ...clusterConversations,
  ...quorumConversations,
  ...groupConversations,
  ...consumerGroupConversations,
  ...rebalanceConversations,
  ...pipeliningConversations,
  ...configConversations,
  ...configResourceConversations,
  ...quotaConversations,
  ...scramConversations,
  ...telemetryConversations,
  ...transactionConversations,
  ...transactionLevelConversations,
];
