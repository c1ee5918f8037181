import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SeededRandom } from '../../base/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import type { Broker } from '../brokers.ts';
import { Controller } from './controller-fixture.ts';
import { StripedPlacement } from './striped-placement.ts';

function broker(id: number, rack: string | null, fenced = false): Broker {
  return {
    id,
    rack,
    fenced,
    epoch: id,
    incarnationId: '',
    endpoints: [],
    supportedFeatures: [],
    inControlledShutdown: false,
    directories: [],
    cordonedDirectories: [],
  };
}

function place(brokers: readonly Broker[], partitions: number, replicationFactor: number, seed = 1): number[][] {
  const placement = new StripedPlacement(brokers, new SeededRandom(seed));
  return Array.from({ length: partitions }, () => placement.next(replicationFactor));
}

const timesOf = (ids: readonly number[], id: number): number => ids.filter((each) => each === id).length;

describe('replicas are spread', () => {
  const racks = ['east', 'north', 'west'];
  const nine = Array.from({ length: 9 }, (_, i) => broker(i, racks[i % 3] ?? null));
  const rackOf = (id: number): string | null => nine[id]?.rack ?? null;

  test('so that each partition lies in as many racks as it has replicas', () => {
    for (const replicas of place(nine, 100, 3)) expect(new Set(replicas.map(rackOf)).size).toBe(3);
  });

  test('so that every rack leads as often, and every broker has as many replicas', () => {
    const all = place(nine, 90, 3);
    const leaders = all.map(([leader]) => rackOf(leader ?? -1));
    for (const rack of racks) expect(leaders.filter((each) => each === rack)).toHaveLength(30);
    for (const { id } of nine) expect(timesOf(all.flat(), id)).toBe(30);
  });

  test('so that without racks every broker leads as often', () => {
    const leaders = place(
      [4, 2, 9].map((id) => broker(id, null)),
      30,
      2,
    ).map(([leader]) => leader ?? -1);
    for (const id of [2, 4, 9]) expect(timesOf(leaders, id)).toBe(10);
  });

  test('so that a rack of one broker has its share of every partition, and no more', () => {
    const lopsided = [broker(1, 'a'), broker(2, 'b'), broker(3, 'b'), broker(4, 'b')];
    for (const replicas of place(lopsided, 40, 2)) expect(replicas).toContain(1);
    for (const replicas of place(lopsided, 40, 4)) expect([...replicas].sort()).toEqual([1, 2, 3, 4]);
  });

  test('over fenced brokers last within a rack, and never first', () => {
    const brokers = [broker(1, null, true), broker(2, null), broker(3, null, true), broker(4, null)];
    for (const replicas of place(brokers, 40, 3)) {
      expect([2, 4]).toContain(replicas[0]);
      expect([2, 4]).toContain(replicas[1]);
    }
    // A rack with nobody else gives a fenced one.
    const fencedRack = [broker(1, 'a'), broker(2, 'a'), broker(3, 'b', true)];
    for (const replicas of place(fencedRack, 40, 2)) expect(replicas[1]).toBe(3);
  });

  test('over a single broker, as often as need be', () => {
    expect(place([broker(7, 'a')], 3, 1)).toEqual([[7], [7], [7]]);
  });

  test('on different brokers, with an unfenced one first, whatever the cluster looks like', () => {
    const anyBroker = fc.record({ rack: fc.constantFrom(null, 'a', 'b', 'c'), fenced: fc.boolean() });
    fc.assert(
      fc.property(fc.array(anyBroker, { minLength: 1, maxLength: 9 }), fc.nat(), fc.nat(), (drawn, extra, seed) => {
        const brokers = [broker(100, null), ...drawn.map(({ rack, fenced }, id) => broker(id, rack, fenced))];
        const replicationFactor = 1 + (extra % brokers.length);
        const unfenced = new Set(brokers.filter(({ fenced }) => !fenced).map(({ id }) => id));
        for (const replicas of place(brokers, 25, replicationFactor, seed)) {
          expect(new Set(replicas).size).toBe(replicationFactor);
          expect(unfenced.has(replicas[0] ?? -1)).toBe(true);
        }
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});

describe('new topics and partitions', () => {
  test('lie in several racks where there are several', () => {
    const controller = new Controller({}, []);
    for (const id of [1, 2, 3, 4]) controller.join(id, id % 2 === 0 ? 'even' : 'odd');
    controller.create({ name: 'orders', numPartitions: 8, replicationFactor: 2 });
    controller.grow('orders', 16);
    const { partitions = [] } = controller.image.topics.byName('orders') ?? {};
    expect(partitions).toHaveLength(16);
    for (const { replicas } of partitions) expect(new Set(replicas.map((id) => id % 2)).size).toBe(2);
  });

  test('go to nobody while all brokers are fenced', () => {
    const controller = new Controller({}, [1, 2]);
    for (const id of [1, 2]) controller.heartbeat(id, 'fence');
    expect(controller.errorOf({ name: 'orders', numPartitions: 1, replicationFactor: 1 })).toBe(
      ErrorCode.INVALID_REPLICATION_FACTOR,
    );
  });
});
