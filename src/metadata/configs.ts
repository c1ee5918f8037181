import { ImmutableMap } from './immutable-map.ts';

/** What a dynamic config hangs on, with Kafka's numbers (ConfigResource.Type). */
export const ConfigResourceType = { topic: 2, broker: 4, brokerLogger: 8, clientMetrics: 16, group: 32 } as const;

export interface ConfigResource {
  /** One of ConfigResourceType. */
  readonly type: number;
  /** Topic name, broker id as text ('' for all brokers), group id, ... */
  readonly name: string;
}

type Values = ReadonlyMap<string, string>;
const NOTHING: Values = new Map();

const keyOf = (type: number, name: string): string => `${type}:${name}`;

/** All dynamic configs of one moment. */
export class Configs {
  static readonly EMPTY = new Configs(ImmutableMap.empty());

  readonly #values: ImmutableMap<Values>;

  constructor(values: ImmutableMap<Values>) {
    this.#values = values;
  }

  /** What was set on a resource; empty where nothing was. */
  of(type: number, name: string): Values {
    return this.#values.get(keyOf(type, name)) ?? NOTHING;
  }

  /** Every resource on which something is set, in no particular order. */
  *[Symbol.iterator](): IterableIterator<readonly [ConfigResource, Values]> {
    for (const [key, values] of this.#values.entries()) {
      const colon = key.indexOf(':');
      yield [{ type: Number(key.slice(0, colon)), name: key.slice(colon + 1) }, values];
    }
  }

  with(changed: Iterable<readonly [ConfigResource, Values]>): Configs {
    let values = this.#values;
    for (const [{ type, name }, after] of changed)
      values = after.size === 0 ? values.delete(keyOf(type, name)) : values.set(keyOf(type, name), after);
    return new Configs(values);
  }
}

/** Collects config records over the configs of one moment. */
export class ConfigsDelta {
  readonly #before: Configs;
  readonly #drafts = new Map<string, { readonly resource: ConfigResource; readonly values: Map<string, string> }>();

  constructor(before: Configs) {
    this.#before = before;
  }

  /** Resources on which something was set or removed, even if to the same value. */
  get changed(): readonly ConfigResource[] {
    return [...this.#drafts.values()].map(({ resource }) => resource);
  }

  /** A null value removes. */
  set(type: number, name: string, key: string, value: string | null): void {
    const { values } = this.#draft(type, name);
    if (value === null) values.delete(key);
    else values.set(key, value);
  }

  /** The resource is gone, and all that was set on it. */
  removeResource(type: number, name: string): void {
    if (this.#drafts.has(keyOf(type, name)) || this.#before.of(type, name).size > 0)
      this.#draft(type, name).values.clear();
  }

  apply(): Configs {
    return this.#before.with([...this.#drafts.values()].map(({ resource, values }) => [resource, values] as const));
  }

  #draft(type: number, name: string): { readonly values: Map<string, string> } {
    const key = keyOf(type, name);
    let draft = this.#drafts.get(key);
    if (draft === undefined) {
      draft = { resource: { type, name }, values: new Map(this.#before.of(type, name)) };
      this.#drafts.set(key, draft);
    }
    return draft;
  }
}
