/** What Java does with strings, where its answers show through Kafka's. */

/** `String.hashCode`: 32 bits, signed, over UTF-16 units. */
export function javaHashCode(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0;
  return hash;
}

/** The keys in the order in which a `HashMap` that was given them one after the other walks over them. */
export function inHashMapOrder(keys: Iterable<string>): string[] {
  const all = [...new Set(keys)];
  let buckets = 16;
  while (all.length > buckets * 0.75) buckets *= 2;
  const bucket = (key: string): number => {
    const hash = javaHashCode(key);
    return (hash ^ (hash >>> 16)) & (buckets - 1);
  };
  return all.sort((a, b) => bucket(a) - bucket(b));
}
