import type { Random } from '../../base/index.ts';
import type { Broker } from '../brokers.ts';

/**
 * Deals out replicas as Kafka's StripedReplicaPlacer does. Partitions go round the racks, and within a rack round its
 * brokers, so that every rack leads as often and every broker has as many replicas as the others; the replicas of one
 * partition lie in as many racks as there are. Fenced brokers get replicas only where a rack has no others left, and never the first.
 */
export class StripedPlacement {
  readonly #random: Random;
  readonly #racks: Rack[];
  readonly #unfencedCount: number;
  /** Partitions dealt since the racks were last shuffled. */
  #turn = 0;
  #firstRack: number;

  /** At least one of the brokers must not be fenced. */
  constructor(brokers: readonly Broker[], random: Random) {
    this.#random = random;
    const byRack = new Map<string | null, Broker[]>();
    for (const broker of brokers) byRack.set(broker.rack, [...(byRack.get(broker.rack) ?? []), broker]);
    this.#racks = [...byRack]
      .sort(([a], [b]) => compare(a ?? '', b ?? ''))
      .map(([, members]) => new Rack(members, random));
    this.#unfencedCount = brokers.filter(({ fenced }) => !fenced).length;
    this.#firstRack = random.below(this.#racks.length);
  }

  /** The replicas of the next partition, first the preferred leader. There must be as many brokers. */
  next(replicationFactor: number): number[] {
    if (this.#turn === this.#unfencedCount && this.#unfencedCount > 1) this.#shuffle();
    if (this.#firstRack === this.#racks.length) this.#firstRack = 0;
    const { leader, rack } = this.#nextLeader();
    const replicas = [leader];
    let leaderRack: Rack | undefined = rack;
    for (let at = this.#firstRack; replicas.length < replicationFactor; at = (at + 1) % this.#racks.length) {
      const candidate = this.#rackAt(at);
      // On the first round the leader's rack has had its replica.
      if (candidate === leaderRack) {
        leaderRack = undefined;
        continue;
      }
      const replica = candidate.unfenced.next(this.#turn) ?? candidate.fenced.next(this.#turn);
      if (replica !== undefined) replicas.push(replica);
    }
    this.#turn++;
    this.#firstRack++;
    return replicas;
  }

  /** From the rack whose turn it is, or the next that has someone unfenced. */
  #nextLeader(): { leader: number; rack: Rack } {
    for (let at = this.#firstRack; ; at = (at + 1) % this.#racks.length) {
      const rack = this.#rackAt(at);
      const leader = rack.unfenced.next(this.#turn);
      if (leader !== undefined) return { leader, rack };
    }
  }

  #rackAt(place: number): Rack {
    return this.#racks[place] as Rack;
  }

  /** After every broker has led once, another order: or the same brokers would always follow the same leader. */
  #shuffle(): void {
    shuffle(this.#racks, this.#random);
    for (const { unfenced, fenced } of this.#racks) {
      unfenced.shuffle();
      fenced.shuffle();
    }
    this.#turn = 0;
  }
}

class Rack {
  readonly unfenced: Ring;
  readonly fenced: Ring;

  constructor(brokers: readonly Broker[], random: Random) {
    const ring = (wanted: boolean): Ring =>
      new Ring(
        brokers.filter(({ fenced }) => fenced === wanted).map(({ id }) => id),
        random,
      );
    this.unfenced = ring(false);
    this.fenced = ring(true);
  }
}

/** Brokers that take turns: each partition begins one further than the one before, and takes none of them twice. */
class Ring {
  readonly #brokers: number[];
  readonly #random: Random;
  #turn = 0;
  #start: number;
  #taken = 0;

  constructor(brokers: readonly number[], random: Random) {
    this.#brokers = [...brokers].sort((a, b) => a - b);
    this.#random = random;
    this.#start = brokers.length === 0 ? 0 : random.below(brokers.length);
  }

  /** Undefined when the partition of this turn has had them all. */
  next(turn: number): number | undefined {
    const { length } = this.#brokers;
    if (turn !== this.#turn) {
      this.#turn = turn;
      this.#taken = 0;
      this.#start = (this.#start + 1) % Math.max(length, 1);
    }
    if (this.#taken >= length) return undefined;
    return this.#brokers[(this.#start + this.#taken++) % length];
  }

  shuffle(): void {
    shuffle(this.#brokers, this.#random);
  }
}

function shuffle(list: unknown[], random: Random): void {
  for (let end = list.length - 1; end > 0; end--) {
    const place = random.below(end + 1);
    [list[end], list[place]] = [list[place], list[end]];
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
