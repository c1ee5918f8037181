import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '../client.ts';
import { compiledRust } from '../../toolchain.ts';
import { clientByDriver, ofTransactions } from './by-driver.ts';
import { Driver } from './driver.ts';

const folder = join(import.meta.dirname, 'rust');

/** kafrust, all Rust and of a protocol of its own, by `rust/src`. The other clients of Rust are librdkafka, or know no groups. */
export async function rustClient(address: string): Promise<Client> {
  const version = /name = "kafrust"\nversion = "(.*)"/.exec(readFileSync(join(folder, 'Cargo.lock'), 'utf8'))?.[1];
  return clientByDriver({
    name: 'rust',
    version: `kafrust ${version}`,
    driver: new Driver(await compiledRust(folder, 'rust-client'), [address]),
    lacks: [
      ...ofTransactions,
      ...([
        'startProducing',
        'acknowledged',
        'stopProducing',
        'brokerConfigs',
        'apiVersions',
        'vanish',
        'fault',
      ] as const),
      ...(['deleteCommitted', 'removeMember', 'logDirs', 'electLeader', 'reassign', 'reassignments'] as const),
      ...(['activeProducers', 'setQuota', 'quotas', 'setScram', 'scram', 'features', 'quorum'] as const),
      ...(['setClientMetrics', 'clientMetrics', 'listClientMetrics', 'max timestamp'] as const),
      // It leaves the group for static members too, stays where it is after a seek out of range, shows the time that the
      // producer gave, and takes any topic that it does not find for one that is not there.
      ...(['static membership', 'seek', 'log append time', 'refused names', 'consumer protocol'] as const),
    ],
  });
}
