export type {
  GroupApi,
  GroupApis,
  GroupReply,
  GroupRequest,
  GroupsConfig,
  GroupsEnvironment,
  OffsetFetchOfGroup,
  OffsetFetchTopic,
  RequestContext,
} from './group-requests.ts';
export { partitionFor } from './partition-for.ts';
