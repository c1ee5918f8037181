import { ErrorCode } from '../../wire/index.ts';
import { NO_LEADER, type Partition } from '../topics.ts';
import type { ControllerContext } from './context.ts';
import { takesReplicas, UNASSIGNED } from './directories.ts';
import { refused, type Refusal } from './refusal.ts';
import { StripedPlacement } from './striped-placement.ts';

/** Spreads replicas over brokers and racks. Brokers that leave, or have cordoned all their directories, get none. */
export function placeReplicas(
  context: ControllerContext,
  partitionCount: number,
  replicationFactor: number,
): (readonly number[])[] | Refusal {
  const usable = [...context.image.brokers.values()].filter(
    (broker) => !broker.inControlledShutdown && takesReplicas(broker),
  );
  if (usable.every(({ fenced }) => fenced))
    return refused(ErrorCode.INVALID_REPLICATION_FACTOR, 'no broker is there to take a replica');
  if (replicationFactor > usable.length)
    return refused(
      ErrorCode.INVALID_REPLICATION_FACTOR,
      `${replicationFactor} replicas want as many brokers, and there are ${usable.length}`,
    );
  const placement = new StripedPlacement(usable, context.random);
  return Array.from({ length: partitionCount }, () => placement.next(replicationFactor));
}

/** What is wrong with the replicas that someone chose for a new partition, if anything. */
export function assignmentProblem(
  context: ControllerContext,
  replicas: readonly number[],
  expectedCount: number | undefined,
): Refusal | undefined {
  const problem = chosenBrokersProblem(context, replicas, expectedCount);
  if (problem !== undefined || replicas.some((id) => context.isActive(id))) return problem;
  return refused(ErrorCode.INVALID_REPLICA_ASSIGNMENT, 'a partition is assigned to fenced brokers alone');
}

/** What is wrong with a list of brokers that someone chose, if anything. */
export function chosenBrokersProblem(
  context: ControllerContext,
  replicas: readonly number[],
  expectedCount: number | undefined,
): Refusal | undefined {
  const problem = (message: string): Refusal => refused(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
  if (replicas.length === 0) return problem('a partition is assigned to no broker');
  const stranger = replicas.find((id) => !context.image.brokers.has(id));
  if (stranger !== undefined) return problem(`broker ${stranger} is not registered`);
  if (new Set(replicas).size < replicas.length) return problem('a partition is assigned to the same broker twice');
  if (expectedCount !== undefined && replicas.length !== expectedCount)
    return problem(`a partition has ${replicas.length} replicas where the others have ${expectedCount}`);
  return undefined;
}

/** A partition at its beginning: in sync are the replicas whose brokers are there, and the first of them leads. */
export function newPartition(context: ControllerContext, index: number, replicas: readonly number[]): Partition {
  const isr = replicas.filter((id) => context.isActive(id));
  return {
    index,
    leader: isr[0] ?? NO_LEADER,
    leaderRecoveryState: 0,
    leaderEpoch: 0,
    partitionEpoch: 0,
    replicas,
    directories: replicas.map((id) => defaultDirectory(context, id)),
    isr,
    removingReplicas: [],
    addingReplicas: [],
    eligibleLeaderReplicas: [],
    lastKnownEligibleLeaderReplicas: [],
  };
}

/** A broker with several directories chooses itself, and tells (KIP-858). */
export function defaultDirectory({ image }: ControllerContext, brokerId: number): string {
  const directories = image.brokers.get(brokerId)?.directories ?? [];
  return directories.length === 1 ? (directories[0] ?? UNASSIGNED) : UNASSIGNED;
}
