import { describe, expect, test } from '@jest/globals';
import { broker, client, createTopic } from '../../../sim/broker.ts';
import { ErrorCode } from '../../wire/index.ts';
import {
  OffsetCommitRequest,
  OffsetCommitResponse,
  OffsetDeleteRequest,
  OffsetDeleteResponse,
} from '../../wire/messages/index.ts';

const OffsetCommit = { request: OffsetCommitRequest, response: OffsetCommitResponse };
const OffsetDelete = { request: OffsetDeleteRequest, response: OffsetDeleteResponse };
const unknown = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;

describe('offsets of partitions that are not there', () => {
  test.each([2, 9, 10])('OffsetCommit v%d stores the others', async (version) => {
    const wire = await client(await broker());
    const topicId = await createTopic(wire, 'orders', 2);
    const partitions = [7, 1, -1].map((partitionIndex) => ({
      partitionIndex,
      committedOffset: 5,
      committedMetadata: '',
    }));
    const topics = [version < 10 ? { name: 'orders', partitions } : { topicId, partitions }];
    const answer = await wire.request(OffsetCommit, version, { groupId: 'g', memberId: '', topics });
    expect(answer.topics).toHaveLength(1);
    expect(
      Object.fromEntries(answer.topics[0]?.partitions.map((each) => [each.partitionIndex, each.errorCode]) ?? []),
    ).toEqual({ 7: unknown, 1: ErrorCode.NONE, [-1]: unknown });
  });

  test('OffsetDelete tells them, and an empty group id', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    const partitions = [{ partitionIndex: 0, committedOffset: 5, committedMetadata: '' }];
    await wire.request(OffsetCommit, 9, { groupId: 'g', memberId: '', topics: [{ name: 'orders', partitions }] });
    const topics = [
      { name: 'orders', partitions: [{ partitionIndex: 0 }, { partitionIndex: 3 }] },
      { name: 'missing', partitions: [{ partitionIndex: 0 }] },
    ];
    expect(await wire.request(OffsetDelete, 0, { groupId: 'g', topics })).toMatchObject({
      errorCode: 0,
      topics: [
        {
          name: 'orders',
          partitions: [
            { partitionIndex: 0, errorCode: 0 },
            { partitionIndex: 3, errorCode: unknown },
          ],
        },
        { name: 'missing', partitions: [{ partitionIndex: 0, errorCode: unknown }] },
      ],
    });
    expect(await wire.request(OffsetDelete, 0, { groupId: '', topics })).toMatchObject({
      errorCode: ErrorCode.INVALID_GROUP_ID,
      topics: [],
    });
  });

  test('OffsetCommit tells a topic that is named twice twice, as long as all of it is there', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    const of = (partitionIndex: number) => ({
      name: 'orders',
      partitions: [{ partitionIndex, committedOffset: 5, committedMetadata: '' }],
    });
    const ask = (...topics: ReturnType<typeof of>[]) =>
      wire.request(OffsetCommit, 9, { groupId: 'g', memberId: '', topics });
    expect((await ask(of(0), of(0))).topics).toHaveLength(2);
    expect((await ask(of(0), of(0), of(7))).topics).toHaveLength(1);
  });

  test('OffsetDelete asks the group even when nothing of it is left to be deleted', async () => {
    const wire = await client(await broker());
    const topics = [{ name: 'missing', partitions: [{ partitionIndex: 0 }] }];
    expect(await wire.request(OffsetDelete, 0, { groupId: 'nobody', topics })).toMatchObject({
      errorCode: ErrorCode.GROUP_ID_NOT_FOUND,
      topics: [],
    });
  });
});
