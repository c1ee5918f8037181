import { expect, test } from '@jest/globals';
import { broker, client, createTopic } from '../../../sim/broker.ts';
import { ErrorCode } from '../../wire/index.ts';
import { DescribeQuorumRequest, DescribeQuorumResponse } from '../../wire/messages/index.ts';

const DescribeQuorum = { request: DescribeQuorumRequest, response: DescribeQuorumResponse };
const metadata = { topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] };

test('this node leads a quorum of one, and the log grows with what is changed', async () => {
  const wire = await client(await broker());
  const state = async () => (await wire.request(DescribeQuorum, 2, { topics: [metadata] })).topics[0]?.partitions[0];
  const before = await state();
  expect(before).toMatchObject({ errorCode: 0, leaderId: 1, leaderEpoch: 1, observers: [] });
  expect(before?.currentVoters).toMatchObject([{ replicaId: 1, logEndOffset: before?.highWatermark }]);
  await createTopic(wire, 'orders');
  expect((await state())?.highWatermark).toBeGreaterThan(before?.highWatermark ?? Infinity);
});

test('where it listens for other controllers is told as configured', async () => {
  const config = { 'controller.quorum.voters': '1@[::1]:9093', 'controller.listener.names': 'CONTROLLER' };
  const ask = async (settings: Readonly<Record<string, string>>) =>
    (await (await client(await broker({ config: settings }))).request(DescribeQuorum, 2, { topics: [metadata] })).nodes;
  expect(await ask(config)).toEqual([{ nodeId: 1, listeners: [{ name: 'CONTROLLER', host: '::1', port: 9093 }] }]);
  expect(await ask({})).toEqual([{ nodeId: 1, listeners: [] }]);
});

test('other topics have no quorum', async () => {
  const wire = await client(await broker());
  const topics = [{ topicName: '__consumer_offsets', partitions: [{ partitionIndex: 3 }] }];
  const answer = await wire.request(DescribeQuorum, 0, { topics });
  expect(answer).toMatchObject({ errorCode: 0, topics: [{ topicName: '__consumer_offsets' }] });
  expect(answer.topics[0]?.partitions).toMatchObject([
    { partitionIndex: 3, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION },
  ]);
});
