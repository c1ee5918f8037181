/** Every API that is advertised is answered at every version it is advertised in: a default request, then one that means something. */
import { beforeAll, afterAll, describe, expect, test } from '@jest/globals';
import { ZERO_UUID } from '../base/index.ts';
import { startBroker, type TestBroker } from '../testing/index.ts';
import { TELEMETRY_LOG_REPORTER } from './client-telemetry.ts';
import { batchOf } from '../../sim/broker.ts';
import { WireClient } from '../../sim/wire-client.ts';
import { defaults } from '../wire/index.ts';
import { apis } from '../wire/messages/index.ts';

/** Told from version 0, served from version 3 (C-4). */
const PRODUCE = { key: 0, firstServed: 3 };

interface Names {
  readonly topicId: string;
}

/** Requests that reach their handler's main path, by API. */
const meaningful: Readonly<Record<string, (names: Names, version: number) => object>> = {
  Produce: ({ topicId }, version) => ({
    acks: -1,
    timeoutMs: 1000,
    topicData: [
      { ...(version >= 13 ? { topicId } : { name: 'orders' }), partitionData: [{ index: 0, records: batchOf(['a']) }] },
    ],
  }),
  Fetch: ({ topicId }, version) => ({
    maxWaitMs: 0,
    minBytes: 1,
    topics: [
      {
        ...(version >= 13 ? { topicId } : { topic: 'orders' }),
        partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 }],
      },
    ],
    forgottenTopicsData: [],
  }),
  ListOffsets: () => ({
    replicaId: -1,
    isolationLevel: 0,
    topics: [
      {
        name: 'orders',
        partitions: [-1, -2, -3, -4, -5, -6, 1000].map((timestamp, partitionIndex) => ({
          partitionIndex: partitionIndex === 0 ? 0 : 7,
          timestamp,
        })),
      },
    ],
  }),
  Metadata: () => ({ topics: [{ name: 'orders', topicId: ZERO_UUID }], includeTopicAuthorizedOperations: false }),
  OffsetCommit: ({ topicId }, version) => ({
    groupId: 'group',
    memberId: '',
    topics: [
      {
        ...(version >= 10 ? { topicId } : { name: 'orders' }),
        partitions: [{ partitionIndex: 0, committedOffset: 1, committedMetadata: 'm' }],
      },
    ],
  }),
  OffsetFetch: ({ topicId }, version) => {
    const topics = [{ ...(version >= 10 ? { topicId } : { name: 'orders' }), partitionIndexes: [0, 5] }];
    return version >= 8 ? { groups: [{ groupId: 'group', topics }] } : { groupId: 'group', topics };
  },
  FindCoordinator: (_names, version) =>
    version >= 4 ? { keyType: 0, coordinatorKeys: ['group', 'other'] } : { key: 'group' },
  JoinGroup: (_names, version) => ({
    groupId: `joining-${version}`,
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 10_000,
    memberId: '',
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.alloc(4) }],
  }),
  SyncGroup: () => ({ groupId: 'none', generationId: 1, memberId: 'nobody', assignments: [] }),
  Heartbeat: () => ({ groupId: 'none', generationId: 1, memberId: 'nobody' }),
  LeaveGroup: (_names, version) =>
    version >= 3 ? { groupId: 'none', members: [{ memberId: 'nobody' }] } : { groupId: 'none', memberId: 'nobody' },
  DescribeGroups: () => ({ groups: ['group', 'none'], includeAuthorizedOperations: false }),
  CreateTopics: (_names, version) => ({
    topics: [{ name: `made-${version}`, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
    timeoutMs: 1000,
  }),
  DeleteTopics: (_names, version) =>
    version >= 6
      ? { topics: [{ name: 'none', topicId: ZERO_UUID }], timeoutMs: 1000 }
      : { topicNames: ['none'], timeoutMs: 1000 },
  CreatePartitions: () => ({
    topics: [{ name: 'none', count: 3, assignments: null }],
    timeoutMs: 1000,
    validateOnly: false,
  }),
  DescribeConfigs: () => ({
    resources: [2, 4].map((resourceType) => ({
      resourceType,
      resourceName: resourceType === 2 ? 'orders' : '1',
      configurationKeys: null,
    })),
  }),
  IncrementalAlterConfigs: () => ({
    resources: [
      {
        resourceType: 2,
        resourceName: 'orders',
        configs: [{ name: 'retention.ms', configOperation: 0, value: '1000' }],
      },
    ],
    validateOnly: true,
  }),
  OffsetForLeaderEpoch: () => ({
    replicaId: -1,
    topics: [{ topic: 'orders', partitions: [{ partition: 0, leaderEpoch: 0 }] }],
  }),
  OffsetDelete: () => ({ groupId: 'none', topics: [{ name: 'orders', partitions: [{ partitionIndex: 0 }] }] }),
  DeleteGroups: () => ({ groupsNames: ['none'] }),
  DescribeClientQuotas: () => ({ components: [{ entityType: 'user', matchType: 2, match: null }], strict: true }),
  AlterClientQuotas: () => ({
    entries: [
      {
        entity: [{ entityType: 'user', entityName: null }],
        ops: [{ key: 'producer_byte_rate', value: 1000, remove: false }],
      },
    ],
    validateOnly: false,
  }),
  DescribeUserScramCredentials: () => ({ users: [{ name: 'nobody' }] }),
  AlterUserScramCredentials: () => ({ deletions: [{ name: 'nobody', mechanism: 1 }], upsertions: [] }),
  DescribeTopicPartitions: () => ({
    topics: [{ name: 'orders' }, { name: 'none' }],
    cursor: { topicName: 'none', partitionIndex: 0 },
  }),
  ElectLeaders: () => ({ topicPartitions: [{ topic: 'orders', partitions: [0, 5] }] }),
  AlterPartitionReassignments: () => ({
    topics: [
      {
        name: 'orders',
        partitions: [
          { partitionIndex: 0, replicas: [1] },
          { partitionIndex: 0, replicas: null },
        ],
      },
    ],
  }),
  ListPartitionReassignments: () => ({ topics: [{ name: 'orders', partitionIndexes: [0] }] }),
  DescribeQuorum: () => ({ topics: [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }] }),
  UpdateFeatures: () => ({ featureUpdates: [{ feature: 'metadata.version', maxVersionLevel: 30 }] }),
  UnregisterBroker: () => ({ brokerId: 77 }),
  AddRaftVoter: () => ({ clusterId: null, timeoutMs: 1000, voterId: 2, voterDirectoryId: ZERO_UUID, listeners: [] }),
  RemoveRaftVoter: () => ({ clusterId: null, voterId: 2, voterDirectoryId: ZERO_UUID }),
  DescribeAcls: () => ({
    resourceTypeFilter: 1,
    resourceNameFilter: null,
    principalFilter: null,
    hostFilter: null,
    operation: 1,
    permissionType: 1,
  }),
  ApiVersions: () => ({ clientSoftwareName: 'test', clientSoftwareVersion: '1' }),
};

describe('every advertised API at every version', () => {
  let broker: TestBroker;
  let topicId: string;
  let advertised: { apiKey: number; minVersion: number; maxVersion: number }[];

  beforeAll(async () => {
    broker = await startBroker({ config: { 'metric.reporters': TELEMETRY_LOG_REPORTER } });
    const wire = await WireClient.connect(broker.port);
    const made = await ask(wire, 19, 7, {
      topics: [{ name: 'orders', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
      timeoutMs: 1000,
    });
    topicId = (made as { topics: { topicId: string }[] }).topics[0]?.topicId ?? '';
    advertised = (
      (await ask(wire, 18, 4, meaningful['ApiVersions']?.({ topicId }, 4) ?? {})) as { apiKeys: typeof advertised }
    ).apiKeys;
    wire.close();
  });
  afterAll(() => broker.stop());

  function ask(wire: WireClient, apiKey: number, version: number, value: object): Promise<unknown> {
    const api = apis.get(apiKey);
    if (api === undefined) throw new Error(`api key ${apiKey} has no messages`);
    return wire.request(api, version, value as never);
  }

  const served = [...apis.values()].flatMap((api) => {
    const [low, high] = api.request.versions;
    return Array.from({ length: high - low + 1 }, (_, i) => [api.name, api.apiKey, low + i] as const);
  });

  test.each(served)('%s (%d) v%d', async (name, apiKey, version) => {
    const told = advertised.find((each) => each.apiKey === apiKey);
    const wire = await WireClient.connect(broker.port);
    try {
      const api = apis.get(apiKey);
      if (api === undefined) throw new Error(`${name} has no messages`);
      if (
        told === undefined ||
        version > told.maxVersion ||
        (apiKey === PRODUCE.key && version < PRODUCE.firstServed)
      ) {
        await expect(ask(wire, apiKey, version, defaults(api.request, version))).rejects.toThrow(
          'closed the connection',
        );
        return;
      }
      const value = meaningful[name]?.({ topicId }, version);
      // By default nobody waits for what was produced, and nothing is answered; and a filter of access rules is of no kind.
      const plain = name === 'DescribeAcls' ? value : { ...defaults(api.request, version), acks: 1 };
      expect(await ask(wire, apiKey, version, plain as object)).toBeDefined();
      if (value !== undefined) expect(await ask(wire, apiKey, version, value)).toBeDefined();
    } finally {
      wire.close();
    }
  });
});
