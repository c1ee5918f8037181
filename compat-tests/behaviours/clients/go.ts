import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ability, Client, Verb } from '../client.ts';
import type { Wording } from '../wording.ts';
import { compiledGo } from '../../toolchain.ts';
import { clientByDriver, ofTransactions } from './by-driver.ts';
import { Driver } from './driver.ts';

const module = join(import.meta.dirname, 'go');

/** franz-go with its kadm, by `go/franz`. */
export const franzClient = (address: string): Promise<Client> =>
  goClient({
    name: 'franz-go',
    library: 'github.com/twmb/franz-go',
    program: 'franz',
    args: [address],
    wording: 'protocol',
    lacks: [...ofTransactions, 'quorum', 'setClientMetrics', 'clientMetrics', 'listClientMetrics', 'consumer protocol'],
  });

const saramaLacks = [
  ...ofTransactions,
  ...(['seek', 'apiVersions', 'activeProducers', 'features', 'quorum', 'setClientMetrics', 'clientMetrics'] as const),
  ...(['listClientMetrics', 'cooperative-sticky', 'max timestamp', 'consumer protocol'] as const),
];

/** sarama set to Kafka 4.3, by `go/sarama`: it asks for the broker's versions and stays below them. */
export const saramaClient = (address: string): Promise<Client> =>
  goClient({ name: 'sarama', ...sarama, args: [address, '4.3.0', 'negotiated'], lacks: saramaLacks });

/** sarama set to Kafka 2.1 and told not to ask for versions: its requests have those of then, come what may. */
export const oldSaramaClient = (address: string): Promise<Client> =>
  goClient({
    name: 'sarama-2.1',
    ...sarama,
    args: [address, '2.1.0', 'pinned'],
    lacks: [
      ...saramaLacks,
      ...(['topicId', 'static membership', 'deleteCommitted', 'removeMember', 'reassign', 'reassignments'] as const),
      ...(['setQuota', 'quotas', 'setScram', 'scram'] as const),
    ],
  });

const sarama = { library: 'github.com/IBM/sarama', program: 'sarama' };

async function goClient({
  name,
  library,
  program,
  args,
  ...facts
}: {
  name: string;
  library: string;
  program: string;
  args: readonly string[];
  wording?: Wording;
  lacks: readonly (Verb | Ability)[];
}): Promise<Client> {
  const version = new RegExp(`${library} v(\\S+)`).exec(readFileSync(join(module, 'go.mod'), 'utf8'))?.[1];
  const driver = new Driver(await compiledGo(module, program), args);
  return clientByDriver({ ...facts, name, version: `${name} ${version}`, driver });
}
