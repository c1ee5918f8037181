import type { Ability, Client, Verb } from '../client.ts';
import type { Wording } from '../wording.ts';
import type { Driver } from './driver.ts';

/** What drivers lack that have no transactions. */
export const ofTransactions: readonly Verb[] = [
  'beginTransaction',
  'sendInTransaction',
  'sendOffset',
  'endTransaction',
];

/** All there is, for drivers of clients that can do nearly everything. */
const everyVerb = Object.keys({
  produce: true,
  consume: true,
  startProducing: true,
  acknowledged: true,
  stopProducing: true,
  beginTransaction: true,
  sendInTransaction: true,
  sendOffset: true,
  endTransaction: true,
  createTopic: true,
  deleteTopic: true,
  listTopics: true,
  describeTopic: true,
  topicId: true,
  createPartitions: true,
  topicConfigs: true,
  brokerConfigs: true,
  setConfig: true,
  unsetConfig: true,
  cluster: true,
  apiVersions: true,
  offsetAt: true,
  join: true,
  assignment: true,
  revoked: true,
  received: true,
  pause: true,
  resume: true,
  seek: true,
  commit: true,
  leave: true,
  vanish: true,
  fault: true,
  listGroups: true,
  describeGroup: true,
  committed: true,
  lag: true,
  setCommitted: true,
  deleteCommitted: true,
  deleteGroup: true,
  removeMember: true,
  deleteRecords: true,
  logDirs: true,
  electLeader: true,
  reassign: true,
  reassignments: true,
  activeProducers: true,
  setQuota: true,
  quotas: true,
  setScram: true,
  scram: true,
  features: true,
  quorum: true,
  setClientMetrics: true,
  clientMetrics: true,
  listClientMetrics: true,
} satisfies Record<Verb, true>) as Verb[];

const everyAbility = Object.keys({
  gzip: true,
  snappy: true,
  lz4: true,
  zstd: true,
  headers: true,
  timestamps: true,
  acks: true,
  partitions: true,
  'cooperative-sticky': true,
  'static membership': true,
  'max timestamp': true,
  'validate only': true,
  'topic id': true,
  'fails out of range': true,
  'framed snappy': true,
  'log append time': true,
  'refused names': true,
  'empty values': true,
  'commits for a group in use': true,
  'consumer protocol': true,
} satisfies Record<Ability, true>) as Ability[];

/** A client whose driver does everything but what is said to be lacking. */
export function clientByDriver({
  driver,
  lacks,
  ...facts
}: {
  name: string;
  version: string;
  wording?: Wording;
  driver: Driver;
  lacks: readonly (Verb | Ability)[];
}): Client {
  return {
    ...facts,
    verbs: driver.verbs(everyVerb.filter((verb) => !lacks.includes(verb))),
    abilities: new Set(everyAbility.filter((ability) => !lacks.includes(ability))),
    close: () => driver.close(),
  };
}
