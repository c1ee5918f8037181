import { describe, expect, test } from '@jest/globals';
import { broker, client, createTopic, DeleteTopics } from '../../../sim/broker.ts';
import { ZERO_UUID } from '../../base/index.ts';
import { ErrorCode } from '../../wire/index.ts';

describe('DeleteTopics without time', () => {
  test('is REQUEST_TIMED_OUT for every topic, but an error of its own where no topic is named', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    const neither = { name: null, topicId: ZERO_UUID };
    const ask = async (...topics: { name: string | null; topicId: string }[]) => {
      const { responses } = await wire.request(DeleteTopics, 6, { topics, topicNames: [], timeoutMs: 0 });
      return responses.map(({ errorCode }) => errorCode);
    };
    expect(await ask({ name: 'orders', topicId: ZERO_UUID })).toEqual([ErrorCode.REQUEST_TIMED_OUT]);
    expect(await ask(neither)).toEqual([ErrorCode.INVALID_REQUEST]);
  });
});
