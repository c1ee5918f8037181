import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ability, Client, Verb } from '../client.ts';
import { compiledGo } from '../../toolchain.ts';
import { clientByDriver } from './by-driver.ts';
import { Driver } from './driver.ts';

const module = join(import.meta.dirname, 'go');

/** franz-go with its kadm, by `go/franz`. */
export const franzClient = (address: string): Promise<Client> =>
  goClient('franz-go', 'github.com/twmb/franz-go', 'franz', address, [
    ...(['quorum', 'setClientMetrics', 'clientMetrics', 'listClientMetrics'] as const),
  ]);

async function goClient(
  name: string,
  library: string,
  program: string,
  address: string,
  lacks: readonly (Verb | Ability)[],
): Promise<Client> {
  const version = new RegExp(`${library} v(\\S+)`).exec(readFileSync(join(module, 'go.mod'), 'utf8'))?.[1];
  const driver = new Driver(await compiledGo(module, program), [address]);
  return clientByDriver({ name, version: `${name} ${version}`, wording: 'protocol', driver, lacks });
}
