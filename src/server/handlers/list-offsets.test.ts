import { describe, expect, test } from '@jest/globals';
import { broker, client, createTopic } from '../../../sim/broker.ts';
import { ErrorCode } from '../../wire/index.ts';
import { ListOffsetsRequest, ListOffsetsResponse } from '../../wire/messages/index.ts';

const ListOffsets = { request: ListOffsetsRequest, response: ListOffsetsResponse };

describe('ListOffsets', () => {
  test('a partition that is asked for twice is INVALID_REQUEST, once; topics are answered once, and not without partitions', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders', 2);
    const of = (...indexes: number[]) => ({
      name: 'orders',
      partitions: indexes.map((partitionIndex) => ({ partitionIndex, timestamp: -1 })),
    });
    const { topics } = await wire.request(ListOffsets, 7, {
      replicaId: -1,
      topics: [of(0, 0), of(1), { name: 'empty', partitions: [] }],
    });
    expect(
      topics.map(({ name, partitions }) => [
        name,
        partitions.map(({ partitionIndex, errorCode, offset }) => [partitionIndex, errorCode, offset]),
      ]),
    ).toEqual([
      [
        'orders',
        [
          [0, ErrorCode.INVALID_REQUEST, -1],
          [1, ErrorCode.NONE, 0],
        ],
      ],
    ]);
  });

  test('an isolation level that does not exist is UNKNOWN_SERVER_ERROR of each partition', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    const { topics } = await wire.request(ListOffsets, 7, {
      replicaId: -1,
      isolationLevel: 7,
      topics: [{ name: 'orders', partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
    });
    expect(topics[0]?.partitions).toMatchObject([{ errorCode: ErrorCode.UNKNOWN_SERVER_ERROR, offset: -1 }]);
  });
});
