export { PartitionLeader, type IsolationLevel, type PlanRequest } from './leader.ts';
export { Replicas, type LeadershipListener } from './replicas.ts';
