import { ZERO_UUID } from '../../base/index.ts';
import type { Broker } from '../brokers.ts';
import type { Partition } from '../topics.ts';

/** In place of a log directory's uuid (Kafka's DirectoryId): a broker with several chooses itself, and tells (KIP-858). */
export const UNASSIGNED = ZERO_UUID;
/** The directory is one of those that a broker can't use any more. */
const LOST = 'AAAAAAAAAAAAAAAAAAAAAQ';
/** The broker has not told yet, but has the replica. */
const MIGRATING = 'AAAAAAAAAAAAAAAAAAAAAg';

/** The directory in which a broker has its replica. */
export function directoryOf(partition: Partition, brokerId: number): string {
  return partition.directories[partition.replicas.indexOf(brokerId)] ?? UNASSIGNED;
}

/** Whether what lies in a directory of a broker can be read. Brokers before KIP-858 tell of no directories at all. */
export function isOnline({ directories }: Broker, directory: string): boolean {
  if (directory === UNASSIGNED || directory === MIGRATING) return true;
  return directory !== LOST && (directories.length === 0 || directories.includes(directory));
}

/** Whether a broker would take a new replica: one of its directories is not cordoned (KIP-1066). */
export function takesReplicas({ directories, cordonedDirectories }: Broker): boolean {
  return directories.length === 0 || directories.some((directory) => !cordonedDirectories.includes(directory));
}
