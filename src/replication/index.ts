export { PartitionLeader, type IsolationLevel, type PlanRequest } from './leader.ts';
export { recoveredPartitions } from './recovered-partitions.ts';
export type { Assignment } from './replica-moves.ts';
export { Replicas, type LeadershipListener } from './replicas.ts';
export type { BrokerTraffic, TopicTraffic } from './topic-traffic.ts';
