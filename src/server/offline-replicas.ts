import { ZERO_UUID } from '../base/index.ts';
import type { Broker, MetadataImage, Partition } from '../metadata/index.ts';

/** Ids of directories that are none: not chosen yet, or not known from before there were ids (KIP-858). */
const PLACELESS: ReadonlySet<string> = new Set([ZERO_UUID, 'AAAAAAAAAAAAAAAAAAAAAg']);

/** The replicas that clients of a listener can't count on: their broker or its directory is not there, or has no such listener. */
export function offlineReplicas(image: MetadataImage, partition: Partition, listener: string): number[] {
  return partition.replicas.filter((id, place) => {
    const broker = image.brokers.get(id);
    if (broker === undefined || broker.fenced) return true;
    return !hasListener(broker, listener) || !hasDirectory(broker, partition.directories[place] ?? ZERO_UUID);
  });
}

export function hasListener({ endpoints }: Broker, name: string): boolean {
  return endpoints.some(({ listener }) => listener === name);
}

function hasDirectory({ directories }: Broker, id: string): boolean {
  return directories.length === 0 || PLACELESS.has(id) || directories.includes(id);
}
