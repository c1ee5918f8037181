import { describe, expect, test } from '@jest/globals';
import { partitionFor } from './partition-for.ts';

describe('the coordinator of a group', () => {
  test.each([
    ['', 50, 0],
    ['a', 50, 47],
    ['console-consumer', 50, 40], // a negative hash: its absolute value, not its low 31 bits
    ['polygenelubricants', 50, 0], // its Java hash is Integer.MIN_VALUE
    ['größe', 50, 7],
  ])('%j lies in the partition that Java computes', (groupId, count, partition) => {
    expect(partitionFor(groupId, count)).toBe(partition);
  });
});
