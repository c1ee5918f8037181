/** So many are remembered at most; a power of two. */
const SLOTS = 256;
const WORDS = 4;

const texts = new Array<string | undefined>(SLOTS).fill(undefined);
const words = new Int32Array(SLOTS * WORDS);

/**
 * A uuid's 16 bytes at `at` as base64url. The same topics are named over and over: their text is made once, and one that was seen
 * before is quicker to find in a map.
 */
export function uuidText(buffer: Buffer, view: DataView, at: number): string {
  const [first, second] = [view.getInt32(at), view.getInt32(at + 4)];
  const [third, fourth] = [view.getInt32(at + 8), view.getInt32(at + 12)];
  const mixed = first ^ second ^ third ^ fourth;
  const slot = (mixed ^ (mixed >>> 16) ^ (mixed >>> 8)) & (SLOTS - 1);
  const word = slot * WORDS;
  const known = texts[slot];
  if (
    known !== undefined &&
    words[word] === first &&
    words[word + 1] === second &&
    words[word + 2] === third &&
    words[word + 3] === fourth
  )
    return known;
  const text = buffer.toString('base64url', at, at + 16);
  texts[slot] = text;
  words[word] = first;
  words[word + 1] = second;
  words[word + 2] = third;
  words[word + 3] = fourth;
  return text;
}
