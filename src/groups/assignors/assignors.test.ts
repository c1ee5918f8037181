import { describe, expect, test } from '@jest/globals';
import { randomUuid, SeededRandom } from '../../base/index.ts';
import { sorted, type TopicPartitions } from '../partitions.ts';
import type { AssignedMember, Assignment, Assignor, AssignorInput } from './assignor.ts';
import { range } from './range.ts';
import { uniform } from './uniform.ts';

const random = new SeededRandom(3);
const [ORDERS, PAYMENTS, REFUNDS] = [randomUuid(random), randomUuid(random), randomUuid(random)];

interface Given {
  readonly topics: Readonly<Record<string, number>>;
  /** Topics by member. */
  readonly members: Readonly<Record<string, readonly string[]>>;
  readonly instances?: Readonly<Record<string, string>>;
  readonly before?: Assignment;
}

function input({ topics, members, instances = {}, before = new Map() }: Given): AssignorInput {
  const all = Object.entries(members);
  const first = JSON.stringify(all[0]?.[1]);
  return {
    members: all.map(([memberId, topicIds]): AssignedMember => ({
      memberId,
      instanceId: instances[memberId] ?? null,
      rackId: null,
      topicIds,
      assignment: before.get(memberId) ?? new Map<string, Set<number>>(),
    })),
    isHomogeneous: all.every(([, topicIds]) => JSON.stringify(topicIds) === first),
    partitionCount: (topicId) => topics[topicId] ?? 0,
  };
}

/** What one topic's partitions come to, by member. */
function shown(assignment: Assignment, topicId: string): Record<string, number[]> {
  return Object.fromEntries([...assignment].map(([id, topics]) => [id, sorted(topics.get(topicId) ?? [])]));
}

const size = (partitions: TopicPartitions): number =>
  [...partitions.values()].reduce((sum, { size: count }) => sum + count, 0);

describe('range', () => {
  test('gives ranges, the first members one more, static members first', () => {
    const members = { b: [ORDERS], a: [ORDERS], c: [ORDERS] };
    const given = { topics: { [ORDERS]: 7 }, members };
    expect(shown(range(input(given)), ORDERS)).toEqual({ a: [0, 1, 2], b: [3, 4], c: [5, 6] });
    expect(shown(range(input({ ...given, instances: { c: 'one' } })), ORDERS)).toEqual({
      c: [0, 1, 2],
      a: [3, 4],
      b: [5, 6],
    });
  });

  test('topics with as many partitions are assigned alike, so that they can be joined', () => {
    const members = { a: [ORDERS, PAYMENTS], b: [ORDERS, PAYMENTS] };
    const assignment = range(input({ topics: { [ORDERS]: 3, [PAYMENTS]: 3 }, members }));
    expect(shown(assignment, ORDERS)).toEqual(shown(assignment, PAYMENTS));
  });

  test('a topic goes to its subscribers only', () => {
    const members = { a: [ORDERS], b: [ORDERS, PAYMENTS] };
    const assignment = range(input({ topics: { [ORDERS]: 2, [PAYMENTS]: 2 }, members }));
    expect(shown(assignment, PAYMENTS)).toEqual({ a: [], b: [0, 1] });
    expect(shown(assignment, ORDERS)).toEqual({ a: [0], b: [1] });
  });
});

describe('uniform', () => {
  test('keeps what members have when another comes, but for its share', () => {
    const topics = { [ORDERS]: 6 };
    const first = uniform(input({ topics, members: { a: [ORDERS], b: [ORDERS] } }));
    expect(shown(first, ORDERS)).toEqual({ a: [0, 1, 2], b: [3, 4, 5] });
    const second = uniform(input({ topics, members: { a: [ORDERS], b: [ORDERS], c: [ORDERS] }, before: first }));
    expect(shown(second, ORDERS)).toEqual({ a: [0, 1], b: [3, 4], c: [2, 5] });
  });

  test('gives what a member had to the others when it goes', () => {
    const topics = { [ORDERS]: 4 };
    const before = uniform(input({ topics, members: { a: [ORDERS], b: [ORDERS], c: [ORDERS] } }));
    before.delete('a');
    const after = uniform(input({ topics, members: { b: [ORDERS], c: [ORDERS] }, before }));
    expect(shown(after, ORDERS)).toEqual({ b: [0, 1], c: [2, 3] });
  });

  test('who subscribes to less gets more of that', () => {
    const topics = { [ORDERS]: 4, [PAYMENTS]: 4 };
    const assignment = uniform(input({ topics, members: { a: [ORDERS, PAYMENTS], b: [PAYMENTS] } }));
    expect(shown(assignment, ORDERS)).toEqual({ a: [0, 1, 2, 3], b: [] });
    expect(shown(assignment, PAYMENTS)).toEqual({ a: [], b: [0, 1, 2, 3] });
  });

  test('of nobody, and of nothing, there is nothing to assign', () => {
    expect(uniform(input({ topics: {}, members: {} })).size).toBe(0);
    expect(uniform(input({ topics: {}, members: { a: [] } })).size).toBe(0);
  });
});

describe.each([
  ['uniform', uniform],
  ['range', range],
] satisfies [string, Assignor][])('%s, whatever members and topics', (name, assignor) => {
  test('every partition that has a subscriber has one owner, a subscriber; uniform is balanced and sticky', () => {
    for (let seed = 0; seed < 300; seed++) {
      const dice = new SeededRandom(seed);
      const topics = { [ORDERS]: 1 + dice.below(9), [PAYMENTS]: 1 + dice.below(9), [REFUNDS]: 1 + dice.below(9) };
      const all = Object.keys(topics);
      const isHomogeneous = dice.below(2) === 0;
      const someTopics = (): string[] => (isHomogeneous ? all : all.filter(() => dice.below(3) > 0));
      const members: Record<string, string[]> = {};
      let before: Assignment = new Map();
      for (let step = 0; step < 6; step++) {
        const memberId = `m${dice.below(6)}`;
        if (memberId in members && dice.below(2) === 0) {
          delete members[memberId];
          before.delete(memberId);
        } else members[memberId] = someTopics();
        const given = input({ topics, members, before });
        const after = assignor(given);
        check(given, after, topics, seed);
        if (name === 'uniform') {
          // Asked again, nothing moves.
          expect(assignor(input({ topics, members, before: after }))).toEqual(after);
          if (given.isHomogeneous) {
            const sizes = Object.keys(members).map((id) => size(after.get(id) ?? new Map<string, Set<number>>()));
            if (sizes.length > 0) expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
          }
        }
        before = after;
      }
    }
  });
});

function check(
  { members }: AssignorInput,
  after: Assignment,
  topics: Readonly<Record<string, number>>,
  seed: number,
): void {
  for (const [topicId, count] of Object.entries(topics)) {
    const subscribers = members.filter(({ topicIds }) => topicIds.includes(topicId)).map(({ memberId }) => memberId);
    const owners = new Map<number, string>();
    for (const [memberId, assigned] of after) {
      for (const partition of assigned.get(topicId) ?? []) {
        if (owners.has(partition)) throw new Error(`seed ${seed}: ${topicId}-${partition} has two owners`);
        if (!subscribers.includes(memberId)) throw new Error(`seed ${seed}: ${memberId} did not ask for ${topicId}`);
        owners.set(partition, memberId);
      }
    }
    if (owners.size !== (subscribers.length === 0 ? 0 : count))
      throw new Error(`seed ${seed}: ${owners.size} of ${count} partitions have owners`);
  }
}
