import { behaviour, refused } from '../behaviour.ts';

export const errorBehaviours = [
  behaviour('creating a topic that exists: TOPIC_ALREADY_EXISTS', ['createTopic'], async (client, stage) => {
    const topic = await stage.topic();
    await refused(36, client.createTopic({ topic, partitions: 1 }), stage);
  }),
  behaviour('creating a topic with a bad name: INVALID_TOPIC_EXCEPTION', ['createTopic'], async (client, stage) => {
    await refused(17, client.createTopic({ topic: `${stage.name('bad')} name!`, partitions: 1 }), stage);
  }),
  behaviour('creating a topic without partitions: INVALID_PARTITIONS', ['createTopic'], async (client, stage) => {
    await refused(37, client.createTopic({ topic: stage.name('topic'), partitions: 0 }), stage);
  }),
  behaviour(
    'creating more replicas than brokers: INVALID_REPLICATION_FACTOR',
    ['createTopic'],
    async (client, stage) => {
      await refused(38, client.createTopic({ topic: stage.name('topic'), partitions: 1, replicationFactor: 3 }), stage);
    },
  ),
  behaviour('creating with a config nobody knows: INVALID_CONFIG', ['createTopic'], async (client, stage) => {
    await refused(40, client.createTopic({ topic: stage.name('topic'), configs: { 'no.such.config': '1' } }), stage);
  }),
  behaviour('creating with a config out of range: INVALID_CONFIG', ['createTopic'], async (client, stage) => {
    await refused(40, client.createTopic({ topic: stage.name('topic'), configs: { 'retention.ms': 'abc' } }), stage);
  }),
  behaviour('setting a config to nonsense: INVALID_CONFIG', ['setConfig'], async (client, stage) => {
    const topic = await stage.topic();
    await refused(40, client.setConfig({ topic, name: 'max.message.bytes', value: '-5' }), stage);
  }),
  behaviour(
    'deleting a topic that is not there: UNKNOWN_TOPIC_OR_PARTITION',
    ['deleteTopic'],
    async (client, stage) => {
      await refused(3, client.deleteTopic({ topic: stage.name('absent') }), stage);
    },
  ),
  behaviour(
    'describing a topic that is not there: UNKNOWN_TOPIC_OR_PARTITION',
    ['describeTopic'],
    async (client, stage) => {
      await refused(3, client.describeTopic({ topic: stage.name('absent') }), stage);
    },
  ),
  behaviour(
    'describing configs of a topic that is not there: UNKNOWN_TOPIC_OR_PARTITION',
    ['topicConfigs'],
    async (client, stage) => {
      await refused(3, client.topicConfigs({ topic: stage.name('absent') }), stage);
    },
  ),
  behaviour(
    'adding partitions to a topic that is not there: UNKNOWN_TOPIC_OR_PARTITION',
    ['createPartitions'],
    async (client, stage) => {
      await refused(3, client.createPartitions({ topic: stage.name('absent'), count: 3 }), stage);
    },
  ),
  behaviour('fewer partitions than there are: INVALID_PARTITIONS', ['createPartitions'], async (client, stage) => {
    const topic = await stage.topic(3);
    await refused(37, client.createPartitions({ topic, count: 2 }), stage);
  }),
];
