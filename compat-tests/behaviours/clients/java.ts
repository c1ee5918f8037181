import { join } from 'node:path';
import type { Ability, Client, Verb } from '../client.ts';
import { compiledJava, kafkaClients } from '../../toolchain.ts';
import { clientByDriver } from './by-driver.ts';
import { Driver } from './driver.ts';

const source = (...path: string[]): string => join(import.meta.dirname, 'java', ...path);

const since40: readonly Ability[] = ['consumer protocol'];
const since37: readonly Verb[] = ['setClientMetrics', 'clientMetrics', 'listClientMetrics'];
const since33: readonly (Verb | Ability)[] = ['quorum', 'activeProducers', 'max timestamp', 'topicId', 'topic id'];

/** The versions that are tried, and what those before 4.3 do not have yet. */
const versions = {
  '4.3': { full: '4.3.0', lacks: [] },
  '3.6': { full: '3.6.2', lacks: [...since40, ...since37] },
  '2.8': { full: '2.8.2', lacks: [...since40, ...since37, ...since33] },
} as const;

/** kafka-clients of a version, by `java/JavaClient.java`. */
export async function javaClient(version: keyof typeof versions, address: string): Promise<Client> {
  const { full, lacks } = versions[version];
  const sources = ['JavaClient.java', 'Lines.java', 'SteadyProducer.java', 'Transactions.java'].map((name) =>
    source(name),
  );
  const classPath = await compiledJava([...sources, source(`v${version}`, 'ByVersion.java')], await kafkaClients(full));
  const flags = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  return clientByDriver({
    name: version === '4.3' ? 'java' : `java-${version}`,
    version: `kafka-clients ${full}`,
    wording: 'java',
    driver: new Driver('java', [...flags, '-cp', classPath, 'JavaClient', address]),
    lacks: ['apiVersions', 'vanish', ...lacks],
  });
}
