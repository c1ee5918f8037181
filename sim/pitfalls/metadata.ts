/** Metadata, topics, controllers. */
import assert from 'node:assert/strict';
import {
  CreatePartitionsRequest,
  CreatePartitionsResponse,
  DescribeClusterRequest,
  DescribeClusterResponse,
  DescribeConfigsRequest,
  DescribeConfigsResponse,
  DescribeLogDirsRequest,
  DescribeLogDirsResponse,
  DescribeTopicPartitionsRequest,
  DescribeTopicPartitionsResponse,
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
  type MetadataResponse,
} from '../../src/wire/messages/index.ts';
import { batch } from './batches.ts';
import { row, type Row } from './row.ts';
import { ApiVersions, CreateTopics, FindCoordinator, like, Metadata, ZERO_ID, type Stage } from './stage.ts';

const DescribeCluster = { request: DescribeClusterRequest, response: DescribeClusterResponse };
const DescribeConfigs = { request: DescribeConfigsRequest, response: DescribeConfigsResponse };
const DescribeLogDirs = { request: DescribeLogDirsRequest, response: DescribeLogDirsResponse };
const DescribeTopicPartitions = { request: DescribeTopicPartitionsRequest, response: DescribeTopicPartitionsResponse };
const CreatePartitions = { request: CreatePartitionsRequest, response: CreatePartitionsResponse };
const IncrementalAlterConfigs = { request: IncrementalAlterConfigsRequest, response: IncrementalAlterConfigsResponse };

const TOPIC = 2;
const BROKER = 4;
const NOT_ASKED_FOR = -2147483648;
const unknownId = '0123456789abcdefABCDEg';

function describe(
  stage: Stage,
  version: number,
  topics: readonly { readonly name: string | null; readonly topicId?: string }[] | null,
  operations = false,
): Promise<MetadataResponse> {
  return stage.ask(Metadata, version, {
    topics: topics?.map(({ name, topicId = ZERO_ID }) => ({ name, topicId })) ?? null,
    ...(version >= 4 ? { allowAutoTopicCreation: false } : {}),
    includeTopicAuthorizedOperations: operations,
    ...(version >= 8 && version <= 10 ? { includeClusterAuthorizedOperations: operations } : {}),
  });
}

export const metadata: readonly Row[] = [
  row('C-12', 'an empty list is all topics in Metadata v0 and none from v1 on, where null is all', async (stage) => {
    const topic = await stage.topic();
    const names = async (version: number, topics: [] | null): Promise<string[]> =>
      (await describe(stage, version, topics)).topics.map(({ name }) => name ?? '');
    assert.ok((await names(0, [])).includes(topic.name));
    for (const version of [1, 4, 9, 12, 13]) {
      assert.deepEqual(await names(version, []), []);
      assert.ok((await names(version, null)).includes(topic.name));
    }
  }),
  row(
    'C-13',
    'controller, leaders, replicas and coordinators are all among the brokers that are listed',
    async (stage) => {
      const topic = await stage.topic({}, 3);
      const { brokers, controllerId, topics } = await describe(stage, 12, [{ name: topic.name }]);
      const byId = new Map(brokers.map((each) => [each.nodeId, each]));
      const mentioned = topics.flatMap(({ partitions }) =>
        partitions.flatMap(({ leaderId, isrNodes }) => [leaderId, ...isrNodes]),
      );
      for (const nodeId of [controllerId, ...mentioned]) assert.ok(byId.has(nodeId), `${nodeId} is listed`);
      const groupId = stage.name('group');
      await stage.coordinated(groupId);
      const { coordinators } = await stage.ask(FindCoordinator, 4, { coordinatorKeys: [groupId] });
      const { nodeId = -1, host, port } = coordinators[0] ?? {};
      like(byId.get(nodeId), { nodeId, host, port });
      const cluster = await stage.ask(DescribeCluster, 1, { includeClusterAuthorizedOperations: false });
      assert.ok(byId.has(cluster.controllerId));
      assert.deepEqual((await describe(stage, 12, [])).brokers, brokers, 'and stay who they are');
    },
  ),
  row('C-13', 'a topic can be created on the controller that is told', async (stage) => {
    const { controllerId, brokers } = await describe(stage, 1, []);
    assert.equal(brokers.find(({ nodeId }) => nodeId === controllerId)?.port, stage.port);
    await stage.topic();
  }),
  row('C-14', 'an unknown topic id is UNKNOWN_TOPIC_ID in Metadata, Fetch and Produce', async (stage) => {
    const unknown = { name: '', topicId: unknownId };
    like((await describe(stage, 12, [{ name: null, topicId: unknownId }])).topics[0], {
      errorCode: 100,
      topicId: unknownId,
    });
    assert.equal((await stage.fetch(unknown, 0, { version: 13 })).errorCode, 100);
    assert.equal((await stage.produce(unknown, batch(['a']), { version: 13 })).errorCode, 100);
  }),
  row('C-14', 'a topic that is made again has another id, and none is ever zero', async (stage) => {
    const topic = await stage.topic();
    assert.notEqual(topic.topicId, ZERO_ID);
    await stage.append(topic, batch(['a']));
    await stage.deleteTopic(topic);
    const [again] = (
      await stage.ask(CreateTopics, 7, {
        topics: [{ name: topic.name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
        timeoutMs: 10_000,
      })
    ).topics;
    assert.equal(again?.errorCode, 0);
    assert.notEqual(again?.topicId, topic.topicId);
    assert.notEqual(again?.topicId, ZERO_ID);
    assert.equal((await stage.fetch(topic, 0, { version: 13 })).errorCode, 100, 'the old id is nobody’s');
  }),
  row(
    'C-15',
    'a topic that is made because it was asked for can be used at once or after UNKNOWN_TOPIC_OR_PARTITION',
    async (stage) => {
      const name = stage.name('made');
      const codes: (number | undefined)[] = [];
      await stage.until('it is there', async () => {
        const { topics } = await stage.ask(Metadata, 4, {
          topics: [{ name, topicId: ZERO_ID }],
          allowAutoTopicCreation: true,
          includeTopicAuthorizedOperations: false,
        });
        codes.push(topics[0]?.errorCode);
        return topics[0]?.errorCode === 0 && topics[0].partitions.every(({ leaderId }) => leaderId >= 0);
      });
      assert.deepEqual(
        codes.filter((code) => code !== 0 && code !== 3),
        [],
      );
    },
  ),
  row('C-16', 'the cluster has an id, the same for everyone', async (stage) => {
    const { clusterId } = await describe(stage, 2, []);
    assert.match(clusterId ?? '', /^[\w-]{22}$/);
    assert.equal((await describe(stage, 13, [])).clusterId, clusterId);
    const cluster = await stage.ask(DescribeCluster, 0, { includeClusterAuthorizedOperations: false });
    assert.equal(cluster.clusterId, clusterId);
  }),
  row(
    'C-17',
    'what may be done with the cluster is told by Metadata 8 to 10, and then by DescribeCluster',
    async (stage) => {
      for (const version of [8, 9, 10]) {
        assert.equal((await describe(stage, version, [])).clusterAuthorizedOperations, NOT_ASKED_FOR);
        assert.ok((await describe(stage, version, [], true)).clusterAuthorizedOperations > 0);
      }
      const { apiKeys } = await stage.ask(ApiVersions, 3, { clientSoftwareName: 'test', clientSoftwareVersion: '1' });
      assert.ok(apiKeys.some(({ apiKey }) => apiKey === DescribeCluster.request.apiKey));
      const told = await stage.ask(DescribeCluster, 0, { includeClusterAuthorizedOperations: true });
      assert.ok(told.clusterAuthorizedOperations > 0);
    },
  ),
  row('C-18', 'all configs of a topic and of the broker are told, with source, type and synonyms', async (stage) => {
    const topic = await stage.topic({ 'retention.ms': '1234' });
    const { brokers } = await describe(stage, 1, []);
    const resources = [
      { resourceType: TOPIC, resourceName: topic.name, configurationKeys: null },
      { resourceType: BROKER, resourceName: String(brokers[0]?.nodeId), configurationKeys: null },
    ];
    const { results } = await stage.ask(DescribeConfigs, 4, {
      resources,
      includeSynonyms: true,
      includeDocumentation: true,
    });
    assert.deepEqual(
      results.map(({ errorCode }) => errorCode),
      [0, 0],
    );
    assert.equal(results[0]?.configs.length, 33);
    assert.ok((results[1]?.configs.length ?? 0) >= 340);
    for (const { name, configSource, configType, documentation } of results.flatMap(({ configs }) => configs))
      assert.ok(configSource > 0 && configType > 0 && documentation !== null, name);
    const retention = results[0].configs.find(({ name }) => name === 'retention.ms');
    like(retention, { value: '1234', configSource: 1 });
    assert.deepEqual(retention?.synonyms[0], { name: 'retention.ms', value: '1234', source: 1 });
    assert.equal(retention?.synonyms.at(-1)?.source, 5);
  }),
  row('C-19', 'nobody is told to begin anew: Metadata v13 says that all is well', async (stage) => {
    assert.equal((await describe(stage, 13, null)).errorCode, 0);
  }),
  row(
    'C-20',
    'who is named as the new leader is named with an address, and where nobody is, neither is told',
    async (stage) => {
      const topic = await stage.topic();
      for (const currentLeaderEpoch of [0, 1, 100]) {
        const { responses, nodeEndpoints } = await stage.fetchAnswer(topic, 0, { version: 16, currentLeaderEpoch });
        const leaders = responses.flatMap(({ partitions }) => partitions.map(({ currentLeader }) => currentLeader));
        const named = leaders.filter(({ leaderId }) => leaderId >= 0);
        assert.deepEqual(
          [...new Set(named.map(({ leaderId }) => leaderId))],
          nodeEndpoints.map(({ nodeId }) => nodeId),
        );
        assert.ok(named.every(({ leaderEpoch }) => leaderEpoch >= 0));
      }
    },
  ),
  row(
    'C-46',
    'FindCoordinator takes one key up to v3 and several from v4 on, in the order of asking',
    async (stage) => {
      const keys = ['a', 'b', 'c'].map((each) => stage.name(each));
      for (const key of keys) await stage.coordinated(key);
      for (const version of [0, 3]) {
        const { nodeId, errorCode } = await stage.ask(FindCoordinator, version, { key: keys[0] ?? '' });
        assert.ok(nodeId >= 0 && errorCode === 0);
      }
      const { coordinators } = await stage.ask(FindCoordinator, 4, { coordinatorKeys: keys });
      assert.deepEqual(
        coordinators.map(({ key, errorCode }) => [key, errorCode]),
        keys.map((key) => [key, 0]),
      );
    },
  ),
  row(
    'C-50',
    'what may be done with the cluster is answered: management tools call a broker offline that does not',
    async (stage) => {
      const told = await stage.ask(DescribeCluster, 2, {
        includeClusterAuthorizedOperations: true,
        includeFencedBrokers: true,
      });
      assert.equal(told.errorCode, 0);
      assert.ok(told.clusterAuthorizedOperations > 0);
      assert.deepEqual(
        told.brokers.map(({ isFenced }) => isFenced),
        [false],
      );
    },
  ),
  row('C-50', 'the log directories are told, with what lies in them', async (stage) => {
    const topic = await stage.topic();
    await stage.append(topic, batch(['a']));
    const { errorCode, results } = await stage.ask(DescribeLogDirs, 4, { topics: null });
    assert.equal(errorCode, 0);
    assert.deepEqual(
      results.map((each) => each.errorCode),
      [0],
    );
    const found = results[0]?.topics.find(({ name }) => name === topic.name);
    assert.deepEqual(
      found?.partitions.map(({ partitionSize }) => partitionSize),
      [batch(['a']).length],
    );
  }),
  row(
    'C-10',
    'DescribeTopicPartitions tells eligible leaders as lists: Java clients of 4.3 fail on null',
    async (stage) => {
      const { name } = await stage.topic({}, 2);
      const { topics } = await stage.ask(DescribeTopicPartitions, 0, { topics: [{ name }] });
      const told = topics.flatMap(({ partitions }) =>
        partitions.map(({ eligibleLeaderReplicas, lastKnownElr }) => [eligibleLeaderReplicas, lastKnownElr]),
      );
      assert.deepEqual(told, [
        [[], []],
        [[], []],
      ]);
    },
  ),
  row('C-10', 'CreateTopics tells the configs of a new topic: Java clients of 4.3 fail on null', async (stage) => {
    const { topics } = await stage.ask(CreateTopics, 5, {
      topics: [{ name: stage.name('new'), numPartitions: -1, replicationFactor: -1, assignments: [], configs: [] }],
      timeoutMs: 10_000,
    });
    assert.equal(topics[0]?.configs?.length, 33);
    assert.ok((topics[0]?.numPartitions ?? 0) > 0 && topics[0]?.replicationFactor === 1);
  }),
  row('probe', 'an unknown config, and a value that cannot be, are INVALID_CONFIG', async (stage) => {
    for (const [name, value] of [
      ['retention', '1'],
      ['retention.ms', 'abc'],
    ] as const) {
      const { topics } = await stage.ask(CreateTopics, 7, {
        topics: [
          {
            name: stage.name('odd'),
            numPartitions: 1,
            replicationFactor: 1,
            assignments: [],
            configs: [{ name, value }],
          },
        ],
        timeoutMs: 10_000,
      });
      assert.equal(topics[0]?.errorCode, 40);
      const topic = await stage.topic();
      const { responses } = await stage.ask(IncrementalAlterConfigs, 1, {
        resources: [{ resourceType: TOPIC, resourceName: topic.name, configs: [{ name, configOperation: 0, value }] }],
        validateOnly: false,
      });
      assert.equal(responses[0]?.errorCode, 40);
    }
  }),
  row('probe', 'partitions can be added and not taken away', async (stage) => {
    const { name } = await stage.topic({}, 2);
    const counted = async (count: number): Promise<number | undefined> =>
      (
        await stage.ask(CreatePartitions, 3, {
          topics: [{ name, count, assignments: null }],
          timeoutMs: 10_000,
          validateOnly: false,
        })
      ).results[0]?.errorCode;
    assert.deepEqual([await counted(3), await counted(2)], [0, 37]);
  }),
];
