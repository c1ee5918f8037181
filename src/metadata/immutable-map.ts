const BITS = 6;
const WIDTH = 1 << BITS;

type Bucket<V> = ReadonlyMap<string, V>;
type Branch<V> = readonly (Bucket<V> | undefined)[];

function hash(key: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193);
  return h ^ (h >>> 15);
}

/**
 * A map by string that is replaced, not changed: old and new share all but the touched bucket and the path to it, so
 * that one topic more in a hundred thousand costs microseconds. Two levels of 64 suffice for the sizes a cluster has.
 */
export class ImmutableMap<V> {
  readonly #root: readonly (Branch<V> | undefined)[];
  readonly size: number;

  private constructor(root: readonly (Branch<V> | undefined)[], size: number) {
    this.#root = root;
    this.size = size;
  }

  static empty<V>(): ImmutableMap<V> {
    return new ImmutableMap<never>([], 0);
  }

  get(key: string): V | undefined {
    const h = hash(key);
    return this.#root[h & (WIDTH - 1)]?.[(h >>> BITS) & (WIDTH - 1)]?.get(key);
  }

  has(key: string): boolean {
    const h = hash(key);
    return this.#root[h & (WIDTH - 1)]?.[(h >>> BITS) & (WIDTH - 1)]?.has(key) ?? false;
  }

  set(key: string, value: V): ImmutableMap<V> {
    return this.#replace(key, (bucket) => bucket.set(key, value));
  }

  delete(key: string): ImmutableMap<V> {
    return this.has(key) ? this.#replace(key, (bucket) => bucket.delete(key)) : this;
  }

  *entries(): IterableIterator<[string, V]> {
    for (const branch of this.#root) for (const bucket of branch ?? []) if (bucket !== undefined) yield* bucket;
  }

  *values(): IterableIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  #replace(key: string, change: (bucket: Map<string, V>) => void): ImmutableMap<V> {
    const h = hash(key);
    const [outer, inner] = [h & (WIDTH - 1), (h >>> BITS) & (WIDTH - 1)];
    const before = this.#root[outer]?.[inner];
    const bucket = new Map(before);
    change(bucket);
    const branch = padded(this.#root[outer] ?? []);
    branch[inner] = bucket.size > 0 ? bucket : undefined;
    const root = padded(this.#root);
    root[outer] = branch;
    return new ImmutableMap(root, this.size + bucket.size - (before?.size ?? 0));
  }
}

/** Holes would make the array slow: every place is there from the first write on. */
function padded<T>(nodes: readonly (T | undefined)[]): (T | undefined)[] {
  return nodes.length === 0 ? new Array<T | undefined>(WIDTH).fill(undefined) : [...nodes];
}
