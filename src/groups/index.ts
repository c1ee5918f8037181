export type { GroupRecord, TransactionEnd } from './group-records.ts';
export { groupRecordSerializer } from './group-record-serializer.ts';
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
export type { Groups, GroupState } from './group-state.ts';
export { groupsMachine, type GroupsMachine } from './groups-machine.ts';
export type { GroupsSoft } from './step.ts';
