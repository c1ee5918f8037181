import type { Partition } from '../topics.ts';

/** The replicas of a partition while they change: those to come and those to go are among `replicas`. */
export interface Reassignment {
  readonly replicas: readonly number[];
  readonly addingReplicas: readonly number[];
  readonly removingReplicas: readonly number[];
}

export function isReassigning({ addingReplicas, removingReplicas }: Reassignment): boolean {
  return addingReplicas.length > 0 || removingReplicas.length > 0;
}

/** The way from one list of replicas to another: all of the new one, and at its end what is to go. */
export function reassignmentTo(target: readonly number[], current: readonly number[]): Reassignment {
  const removingReplicas = current.filter((replica) => !target.includes(replica)).sort((a, b) => a - b);
  const addingReplicas = target.filter((replica) => !current.includes(replica)).sort((a, b) => a - b);
  return { replicas: [...target, ...removingReplicas], addingReplicas, removingReplicas };
}

/**
 * Replicas and ISR at the end of a reassignment, or undefined while it must go on: until all that are to come are in
 * sync, and, where the partition ends with fewer replicas, all that stay.
 */
export function completedReassignment(
  reassignment: Reassignment,
  isr: readonly number[],
): (Reassignment & { readonly isr: readonly number[] }) | undefined {
  if (!isReassigning(reassignment)) return undefined;
  const { addingReplicas, removingReplicas } = reassignment;
  const stays = (replica: number): boolean => !removingReplicas.includes(replica);
  const replicas = reassignment.replicas.filter(stays);
  const remaining = isr.filter(stays);
  const isInSync = (replica: number): boolean => remaining.includes(replica);
  if (removingReplicas.length > 0 && (remaining.length === 0 || replicas.length === 0)) return undefined;
  if (!addingReplicas.every(isInSync)) return undefined;
  if (addingReplicas.length < removingReplicas.length && !replicas.every(isInSync)) return undefined;
  return { replicas, isr: remaining, addingReplicas: [], removingReplicas: [] };
}

/**
 * Replicas and ISR as they were before a reassignment. Where only replicas that were to come are in sync, someone who is
 * not must lead: that is unclean. Undefined when nobody was there before.
 */
export function revertedReassignment(
  partition: Partition,
): { readonly replicas: readonly number[]; readonly isr: readonly number[]; readonly isUnclean: boolean } | undefined {
  const wasThere = (replica: number): boolean => !partition.addingReplicas.includes(replica);
  const replicas = partition.replicas.filter(wasThere);
  const isr = partition.isr.filter(wasThere);
  if (isr.length > 0) return { replicas, isr, isUnclean: false };
  const [first] = replicas;
  return first === undefined ? undefined : { replicas, isr: [first], isUnclean: true };
}
