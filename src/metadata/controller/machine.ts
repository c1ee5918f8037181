import type { Random } from '../../base/index.ts';
import type { BrokerConfig } from '../../config/index.ts';
import type { Machine } from '../../coordinator/index.ts';
import { ConfigResourceType } from '../configs.ts';
import type { MetadataImage } from '../image.ts';
import type { MetadataRecord } from '../record.ts';
import { alterPartitionReassignments } from './alter-partition-reassignments.ts';
import { alterPartition } from './alter-partition.ts';
import type { ControllerReply, ControllerRequest } from './apis.ts';
import { assignReplicasToDirs } from './assign-replicas-to-dirs.ts';
import { brokerHeartbeat, registerBroker } from './brokers.ts';
import { alterClientQuotas } from './client-quotas.ts';
import { alterConfigs, incrementalAlterConfigs } from './configs.ts';
import { ControllerContext, EffectiveConfigs } from './context.ts';
import { createPartitions } from './create-partitions.ts';
import { createNextTopics, createTopics } from './create-topics.ts';
import { deleteTopics } from './delete-topics.ts';
import { electLeaders } from './elect-leaders.ts';
import { partOf, type ControllerDecision, type PartLeft, type TopicsLeft } from './partly-written.ts';
import { allocateProducerIds } from './producer-ids.ts';
import { alterUserScramCredentials } from './scram-credentials.ts';
import { ControllerState } from './state.ts';
import { unregisterBroker } from './unregister-broker.ts';
import { updateFeatures } from './update-features.ts';

export interface ControllerOptions {
  /** What the log says so far. */
  readonly image: MetadataImage;
  /** The epoch in which this controller leads. */
  readonly leaderEpoch: number;
  /** Static configs of the node. */
  readonly config: BrokerConfig;
  readonly random: Random;
}

/** Who is registered and who leads is all in the log. */
export type NoSoftState = Record<string, never>;

export type ControllerMachine = Machine<ControllerState, NoSoftState, ControllerInput, ControllerReply, MetadataRecord>;

/** What it is asked, or has left of that. */
export type ControllerInput = ControllerRequest | PartLeft | TopicsLeft;

/** The single-voter controller: requests in, records of the metadata log and replies out. */
export function controllerMachine({ image, leaderEpoch, config, random }: ControllerOptions): ControllerMachine {
  let configs = new EffectiveConfigs(config, new Map());
  return {
    hard: () => new ControllerState(image, leaderEpoch),
    soft: () => ({}),
    handle(state, _soft, input) {
      if (input.kind === 'tick') return {};
      const { ticket, request } = input;
      if (request.api === 'writeNextPart') return partOf(ticket, request.request);
      const now = state.image as MetadataImage;
      if (!configs.isOf(now)) configs = new EffectiveConfigs(config, now.configs.of(ConfigResourceType.broker, ''));
      const context = new ControllerContext(now, configs, random);
      return partOf(ticket, { decision: decide(context, request), written: 0 });
    },
    replay: (state, record, { offset }) => state.replay(record, offset),
  };
}

function decide(context: ControllerContext, asked: ControllerRequest | TopicsLeft): ControllerDecision {
  switch (asked.api) {
    case 'createTopics':
      return createTopics(context, asked.request);
    case 'createNextTopics':
      return createNextTopics(context, asked.request);
    case 'deleteTopics':
      return deleteTopics(context, asked.request);
    case 'createPartitions':
      return createPartitions(context, asked.request);
    case 'incrementalAlterConfigs':
      return incrementalAlterConfigs(context, asked.request);
    case 'alterConfigs':
      return alterConfigs(context, asked.request);
    case 'alterClientQuotas':
      return alterClientQuotas(context, asked.request);
    case 'alterUserScramCredentials':
      return alterUserScramCredentials(context, asked.request);
    case 'alterPartition':
      return alterPartition(context, asked.request);
    case 'electLeaders':
      return electLeaders(context, asked.request);
    case 'alterPartitionReassignments':
      return alterPartitionReassignments(context, asked.request);
    case 'updateFeatures':
      return updateFeatures(context, asked.request);
    case 'unregisterBroker':
      return unregisterBroker(context, asked.request);
    case 'registerBroker':
      return registerBroker(context, asked.request);
    case 'assignReplicasToDirs':
      return assignReplicasToDirs(context, asked.request);
    case 'brokerHeartbeat':
      return brokerHeartbeat(context, asked.request);
    case 'allocateProducerIds':
      return allocateProducerIds(context, asked.request);
  }
}
