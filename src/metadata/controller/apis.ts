import type {
  AllocateProducerIdsRequest,
  AllocateProducerIdsResponse,
  AlterClientQuotasRequest,
  AlterClientQuotasResponse,
  AlterConfigsRequest,
  AlterConfigsResponse,
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse,
  AlterPartitionRequest,
  AlterPartitionResponse,
  AlterUserScramCredentialsRequest,
  AlterUserScramCredentialsResponse,
  AssignReplicasToDirsRequest,
  AssignReplicasToDirsResponse,
  BrokerHeartbeatRequest,
  BrokerHeartbeatResponse,
  BrokerRegistrationRequest,
  BrokerRegistrationResponse,
  CreatePartitionsRequest,
  CreatePartitionsResponse,
  CreateTopicsRequest,
  CreateTopicsResponse,
  DeleteTopicsRequest,
  DeleteTopicsResponse,
  ElectLeadersRequest,
  ElectLeadersResponse,
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
  UnregisterBrokerRequest,
  UnregisterBrokerResponse,
  UpdateFeaturesRequest,
  UpdateFeaturesResponse,
} from '../../wire/messages/index.ts';
import type { Input } from '../../wire/index.ts';

/** What the controller is asked and answers: wire messages, so that asking a controller elsewhere is the same. */
export interface ControllerApis {
  createTopics: { request: CreateTopicsRequest; response: Input<typeof CreateTopicsResponse> };
  deleteTopics: { request: DeleteTopicsRequest; response: Input<typeof DeleteTopicsResponse> };
  createPartitions: { request: CreatePartitionsRequest; response: Input<typeof CreatePartitionsResponse> };
  incrementalAlterConfigs: {
    request: IncrementalAlterConfigsRequest;
    response: Input<typeof IncrementalAlterConfigsResponse>;
  };
  alterConfigs: { request: AlterConfigsRequest; response: Input<typeof AlterConfigsResponse> };
  alterClientQuotas: { request: AlterClientQuotasRequest; response: Input<typeof AlterClientQuotasResponse> };
  alterUserScramCredentials: {
    request: AlterUserScramCredentialsRequest;
    response: Input<typeof AlterUserScramCredentialsResponse>;
  };
  alterPartition: { request: AlterPartitionRequest; response: Input<typeof AlterPartitionResponse> };
  electLeaders: { request: ElectLeadersRequest; response: Input<typeof ElectLeadersResponse> };
  alterPartitionReassignments: {
    request: AlterPartitionReassignmentsRequest;
    response: Input<typeof AlterPartitionReassignmentsResponse>;
  };
  updateFeatures: { request: UpdateFeaturesRequest; response: Input<typeof UpdateFeaturesResponse> };
  unregisterBroker: { request: UnregisterBrokerRequest; response: Input<typeof UnregisterBrokerResponse> };
  registerBroker: { request: BrokerRegistrationRequest; response: Input<typeof BrokerRegistrationResponse> };
  assignReplicasToDirs: {
    request: AssignReplicasToDirsRequest;
    response: Input<typeof AssignReplicasToDirsResponse>;
  };
  brokerHeartbeat: { request: BrokerHeartbeatRequest; response: Input<typeof BrokerHeartbeatResponse> };
  allocateProducerIds: { request: AllocateProducerIdsRequest; response: Input<typeof AllocateProducerIdsResponse> };
}

export type ControllerApi = keyof ControllerApis;
export type Answer<Api extends ControllerApi> = ControllerApis[Api]['response'];
export type ControllerRequest = {
  [Api in ControllerApi]: { readonly api: Api; readonly request: ControllerApis[Api]['request'] };
}[ControllerApi];
export type ControllerReply = ControllerApis[ControllerApi]['response'];
