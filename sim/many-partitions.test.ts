/** A topic of thousands of partitions is made and deleted while others are served. */
import { expect, jest, test } from '@jest/globals';
import { batchOf, broker, client, createTopic, deleteTopic, Metadata, produceTo } from './broker.ts';

jest.setTimeout(30_000);

const PARTITIONS = 5_000;
const NONE = 0;
const UNKNOWN_TOPIC_OR_PARTITION = 3;

test('others are answered all the while, and the topic is there when all of it can be used', async () => {
  const running = await broker();
  const [maker, other] = [await client(running), await client(running)];
  const codeOfMany = async (): Promise<number | undefined> => {
    const asked = { topics: [{ name: 'many' }], allowAutoTopicCreation: false };
    return (await other.request(Metadata, 12, asked)).topics[0]?.errorCode;
  };

  const made = createTopic(maker, 'many', PARTITIONS);
  let whileMade = 0;
  for (; (await codeOfMany()) === UNKNOWN_TOPIC_OR_PARTITION; whileMade++);
  expect(whileMade).toBeGreaterThan(3);
  const produced = await produceTo(other, 'many', batchOf(['a']), { partition: PARTITIONS - 1 });
  expect(produced.errorCode).toBe(NONE);
  await made;

  let isDeleted = false;
  const deleted = deleteTopic(maker, 'many').finally(() => (isDeleted = true));
  let whileDeleted = 0;
  for (; !isDeleted; whileDeleted++) await codeOfMany();
  await deleted;
  expect(whileDeleted).toBeGreaterThan(3);
  expect(await codeOfMany()).toBe(UNKNOWN_TOPIC_OR_PARTITION);
});
