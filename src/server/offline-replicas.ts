import { directoryOf, isOnline, type Broker, type MetadataImage, type Partition } from '../metadata/index.ts';

/** The replicas that clients of a listener can't count on: their broker or its directory is not there, or has no such listener. */
export function offlineReplicas(image: MetadataImage, partition: Partition, listener: string): number[] {
  return partition.replicas.filter((id) => {
    const broker = image.brokers.get(id);
    if (broker === undefined || broker.fenced) return true;
    return !hasListener(broker, listener) || !isOnline(broker, directoryOf(partition, id));
  });
}

export function hasListener({ endpoints }: Broker, name: string): boolean {
  return endpoints.some(({ listener }) => listener === name);
}
