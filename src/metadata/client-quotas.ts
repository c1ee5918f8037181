import type { ClientQuotaRecord } from '../wire/messages/logs/index.ts';
import { ImmutableMap } from './immutable-map.ts';

/** Whom a quota is about: names by entity type (`user`, `client-id`, `ip`); null stands for those without one of their own. */
export type QuotaEntity = ReadonlyMap<string, string | null>;

/** The quotas of one entity by key (`producer_byte_rate`…). */
export interface ClientQuota {
  readonly entity: QuotaEntity;
  readonly values: ReadonlyMap<string, number>;
}

/** The same text for the same entity, in whatever order its parts are named. */
export function quotaEntityKey(entity: QuotaEntity): string {
  return JSON.stringify([...entity].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

const NOTHING: ReadonlyMap<string, number> = new Map();

/** All client quotas of one moment (KIP-546). */
export class ClientQuotas {
  static readonly EMPTY = new ClientQuotas(ImmutableMap.empty());

  readonly #quotas: ImmutableMap<ClientQuota>;

  constructor(quotas: ImmutableMap<ClientQuota>) {
    this.#quotas = quotas;
  }

  /** What is set for exactly this entity; empty where nothing is. */
  of(entity: QuotaEntity): ReadonlyMap<string, number> {
    return this.#quotas.get(quotaEntityKey(entity))?.values ?? NOTHING;
  }

  /** Every entity for which something is set, in no particular order. */
  [Symbol.iterator](): IterableIterator<ClientQuota> {
    return this.#quotas.values();
  }

  with(changed: Iterable<ClientQuota>): ClientQuotas {
    let quotas = this.#quotas;
    for (const quota of changed) {
      const key = quotaEntityKey(quota.entity);
      quotas = quota.values.size === 0 ? quotas.delete(key) : quotas.set(key, quota);
    }
    return quotas === this.#quotas ? this : new ClientQuotas(quotas);
  }
}

/** Collects quota records over the quotas of one moment. */
export class ClientQuotasDelta {
  readonly #before: ClientQuotas;
  readonly #drafts = new Map<string, { readonly entity: QuotaEntity; readonly values: Map<string, number> }>();

  constructor(before: ClientQuotas) {
    this.#before = before;
  }

  set({ entity: parts, key, value, remove }: ClientQuotaRecord): void {
    const entity: QuotaEntity = new Map(parts.map(({ entityType, entityName }) => [entityType, entityName]));
    const id = quotaEntityKey(entity);
    let draft = this.#drafts.get(id);
    if (draft === undefined) this.#drafts.set(id, (draft = { entity, values: new Map(this.#before.of(entity)) }));
    if (remove) draft.values.delete(key);
    else draft.values.set(key, value);
  }

  apply(): ClientQuotas {
    return this.#before.with(this.#drafts.values());
  }
}
