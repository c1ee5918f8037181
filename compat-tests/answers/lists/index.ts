import type { Conversation } from '../conversation.ts';
import { clusterConversations } from './cluster.ts';
import { configConversations } from './configs.ts';
import { fetchConversations } from './fetch.ts';
import { groupConversations } from './groups.ts';
import { offsetConversations } from './offsets.ts';
import { produceConversations } from './produce.ts';
import { topicConversations } from './topics.ts';
import { wireConversations } from './wire.ts';

export const conversations: readonly Conversation[] = [
  ...wireConversations,
  ...produceConversations,
  ...fetchConversations,
  ...offsetConversations,
  ...topicConversations,
  ...clusterConversations,
  ...groupConversations,
  ...configConversations,
];
