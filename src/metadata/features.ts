/** Finalized feature levels by name. A level of 0 means not finalized, and is not kept. */
export type Features = ReadonlyMap<string, number>;

/** Name of the feature that says which records the metadata log may hold (KIP-584, KIP-778). */
export const METADATA_VERSION = 'metadata.version';
/** Name of the feature that says how the quorum keeps its voters: 0, in the configs (KIP-853). Not kept in the log. */
export const KRAFT_VERSION = 'kraft.version';
/** Name of the feature that says what transactions and their records look like (KIP-890). */
export const TRANSACTION_VERSION = 'transaction.version';
/** Name of the feature that says whether groups may use the consumer protocol (KIP-848). */
export const GROUP_VERSION = 'group.version';
export const ELIGIBLE_LEADER_REPLICAS_VERSION = 'eligible.leader.replicas.version';

export interface ServedFeature {
  readonly name: string;
  /** What a broker of ours supports. */
  readonly min: number;
  readonly max: number;
  /** What a fresh cluster starts with. */
  readonly initial: number;
  /** The least levels of other features that any level but 0 needs. */
  readonly needs?: Readonly<Record<string, number>>;
}

/**
 * The features that this release serves, in the order that a fresh log finalizes them. The protocols behind share.version
 * and streams.version add their line here when they are served.
 */
export const SERVED_FEATURES: readonly ServedFeature[] = [
  { name: METADATA_VERSION, min: 7, max: 30, initial: 30 },
  { name: TRANSACTION_VERSION, min: 0, max: 2, initial: 2 },
  { name: GROUP_VERSION, min: 0, max: 1, initial: 1 },
  { name: ELIGIBLE_LEADER_REPLICAS_VERSION, min: 0, max: 1, initial: 1, needs: { [METADATA_VERSION]: 23 } },
];

export function servedFeature(name: string): ServedFeature | undefined {
  return SERVED_FEATURES.find((feature) => feature.name === name);
}

/** The levels of metadata.version that brought new records or fields (Kafka's MetadataVersion). */
const METADATA_CHANGES = [8, 11, 13, 14, 15, 17, 23, 30];

/** Whether the log may hold what a reader of the lower of two levels of metadata.version does not know. */
export function isMetadataChanged(higher: number, lower: number): boolean {
  return METADATA_CHANGES.some((level) => lower < level && level <= higher);
}

/** Collects feature records over the levels of one moment. */
export class FeaturesDelta {
  readonly #before: Features;
  readonly #changed = new Map<string, number>();

  constructor(before: Features) {
    this.#before = before;
  }

  /** Levels by name as they are afterwards; 0 where one is no longer finalized. */
  get changed(): Features {
    return this.#changed;
  }

  set(name: string, level: number): void {
    this.#changed.set(name, level);
  }

  apply(): Features {
    if (this.#changed.size === 0) return this.#before;
    const after = new Map(this.#before);
    for (const [name, level] of this.#changed) {
      if (level === 0) after.delete(name);
      else after.set(name, level);
    }
    return after;
  }
}
