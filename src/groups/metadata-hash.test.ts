import { expect, test } from '@jest/globals';
import { metadataHash } from './metadata-hash.ts';
import { SimulatedTopics } from './simulated-topics.check.ts';

test('topics that are not there count for nothing', () => {
  const topics = new SimulatedTopics();
  expect(metadataHash(['orders'], topics.image)).toBe(0n);
  topics.set('orders', 2);
  expect(metadataHash(['orders', 'payments'], topics.image)).toBe(metadataHash(['orders'], topics.image));
});

test('another number of partitions and another topic of the same name are other metadata', () => {
  const topics = new SimulatedTopics();
  const hashes = new Set<bigint>();
  const note = (): unknown => hashes.add(metadataHash(['orders'], topics.image));
  topics.set('orders', 2);
  note();
  topics.set('orders', 3);
  note();
  topics.delete('orders');
  topics.set('orders', 3);
  note();
  topics.set('orders', 3);
  note();
  expect(hashes.size).toBe(3);
});

test('the order of the names does not matter', () => {
  const topics = new SimulatedTopics();
  topics.set('orders', 2);
  topics.set('payments', 2);
  expect(metadataHash(['payments', 'orders', 'orders'], topics.image)).toBe(
    metadataHash(['orders', 'payments'], topics.image),
  );
});
