import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Admin, type ITopicConfig } from 'kafkajs';

/** An admin of the suite's own, and where it is connected to. */
export interface Settler {
  readonly admin: Admin;
  readonly address: string;
}

export function connectAdmin(address: string): Admin {
  return new kafkajs.Kafka({ brokers: [address], clientId: 'stage', logLevel: kafkajs.logLevel.NOTHING }).admin();
}

/** Creates topics that are then ready for use, on either broker. */
export async function createTopics(address: string, topics: readonly ITopicConfig[]): Promise<void> {
  const admin = connectAdmin(address);
  await admin.connect();
  await admin.createTopics({ waitForLeaders: false, topics: [...topics] });
  for (const { topic, numPartitions = 1 } of topics) await untilPartitions({ admin, address }, topic, numPartitions);
  await admin.disconnect();
}

/** Waits until the broker knows the topic with that many partitions, and leads them: Apache Kafka takes a while. */
export async function untilPartitions(
  { admin, address }: Settler,
  topic: string,
  count: number,
  limitMs?: number,
): Promise<void> {
  await until(async () => {
    const { topics } = await admin.fetchTopicMetadata();
    const partitions = topics.flatMap((each) => (each.name === topic ? each.partitions : []));
    return partitions.filter(({ leader }) => leader >= 0).length === count;
  }, limitMs);
  if (count > 0) await until(() => tellsOffsets(address, topic, count), limitMs);
}

/**
 * Metadata may name a leader that does not lead yet; it does once it tells its offsets. Asked by an admin of its own,
 * because kafkajs asks for such a topic ever after, and fails in everything once the topic is deleted.
 */
async function tellsOffsets(address: string, topic: string, count: number): Promise<boolean> {
  const admin = connectAdmin(address);
  try {
    await admin.connect();
    return (await admin.fetchTopicOffsets(topic)).length === count;
  } catch {
    return false;
  } finally {
    await admin.disconnect();
  }
}

/** Apache Kafka makes its topic of groups at the first use of one, and its coordinators are away until it is read. */
export async function untilGroupsAreLed(settler: Settler): Promise<void> {
  await settler.admin.describeGroups(['nobody']);
  await untilPartitions(settler, '__consumer_offsets', 50);
}

/**
 * Apache Kafka, started again, answers before it has read what topics there are and leads them: with a thousand on a busy
 * machine that takes it a minute. Clients that try meanwhile wait for nothing that a broker promises.
 */
export async function restartAndSettle(settler: Settler, restart: () => Promise<void>): Promise<void> {
  const { topics } = await settler.admin.fetchTopicMetadata();
  await restart();
  // It takes over all partitions in one go: when it leads the newest ones and those of groups, it leads the others.
  const ofGroups = topics.filter(({ name }) => name === '__consumer_offsets');
  for (const { name, partitions } of [...topics.slice(-2), ...ofGroups])
    await untilPartitions(settler, name, partitions.length, 180_000);
  if (ofGroups.length > 0) await untilGroupsAreLoaded(settler);
}

/** A coordinator that leads its partition may still be reading it; these groups fall to all partitions. */
async function untilGroupsAreLoaded({ admin }: Settler): Promise<void> {
  const groups = Array.from({ length: 500 }, (_, i) => `nobody-${i}`);
  await until(
    () =>
      admin.describeGroups(groups).then(
        () => true,
        () => false,
      ),
    180_000,
  );
}

export async function until(holds: () => Promise<boolean>, limitMs = 20_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`the broker has not heard of the change within ${limitMs} ms`);
    await sleep(20);
  }
}
