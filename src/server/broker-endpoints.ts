import type { Endpoint, MetadataImage } from '../metadata/index.ts';

/** A broker as clients of one listener reach it. */
export interface BrokerAddress {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
  readonly fenced: boolean;
}

/** Brokers by id that can be reached through `listener`: clients are told addresses of the listener they came in by. */
export function brokerAddresses(image: MetadataImage, listener: string): BrokerAddress[] {
  const addresses: BrokerAddress[] = [];
  for (const { id, endpoints, rack, fenced } of image.brokers.values()) {
    const endpoint = endpoints.find((candidate: Endpoint) => candidate.listener === listener);
    if (endpoint !== undefined) addresses.push({ id, host: endpoint.host, port: endpoint.port, rack, fenced });
  }
  return addresses.sort((a, b) => a.id - b.id);
}
