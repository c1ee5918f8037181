/** What Java does with strings, where its answers show through Kafka's. */

/** `String.hashCode`: 32 bits, signed, over UTF-16 units. */
export function javaHashCode(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0;
  return hash;
}

/** The items in the order in which a `HashMap` that was given them one after the other walks over them. */
export function inHashMapOrder<T>(items: Iterable<T>, hashCode: (item: T) => number): T[] {
  const all = [...items];
  let buckets = 16;
  while (all.length > buckets * 0.75) buckets *= 2;
  const placed = all.map((item) => {
    const hash = hashCode(item);
    return { item, bucket: (hash ^ (hash >>> 16)) & (buckets - 1) };
  });
  return placed.sort((a, b) => a.bucket - b.bucket).map(({ item }) => item);
}
