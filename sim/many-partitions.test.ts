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
  /** What `other` is told of the topic, over and over, until `work` is done. */
  const toldDuring = async (work: Promise<unknown>): Promise<(number | undefined)[]> => {
    let isOver = false;
    void work.finally(() => (isOver = true));
    const told: (number | undefined)[] = [];
    while (!isOver) told.push(await codeOfMany());
    await work;
    return told;
  };

  const made = createTopic(maker, 'many', PARTITIONS);
  let whileMade = 0;
  for (; (await codeOfMany()) === UNKNOWN_TOPIC_OR_PARTITION; whileMade++);
  expect(whileMade).toBeGreaterThan(3);
  const produced = await produceTo(other, 'many', batchOf(['a']), { partition: PARTITIONS - 1 });
  expect(produced.errorCode).toBe(NONE);
  await made;

  const whileDeleted = await toldDuring(deleteTopic(maker, 'many'));
  expect(whileDeleted.length).toBeGreaterThan(3);
  expect(await codeOfMany()).toBe(UNKNOWN_TOPIC_OR_PARTITION);
});
