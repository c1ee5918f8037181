import { crc32c } from '../wire/records/index.ts';

/** The crc32c of a text in 32 blanks: a tab for 1, a space for 0. */
const CHECKSUM = /([ \t]{32})(\n?)$/;

/**
 * Adds the checksum of a text to the end of its last line, in blanks: Kafka's formats have none, and its readers pass over blanks
 * there. A flipped digit would be taken for another offset or epoch without it.
 */
export function withChecksum(text: string): string {
  const [end] = /\n?$/.exec(text) as unknown as [string];
  const body = text.slice(0, text.length - end.length);
  return body + blanks(body) + end;
}

/** The text without its checksum, if it has one; undefined when that does not match. */
export function withoutChecksum(text: string): string | undefined {
  const match = CHECKSUM.exec(text);
  // Such a row of blanks is what is left of one.
  if (match === null) return /[ \t]{8}/.test(text.slice(-40)) ? undefined : text;
  const body = text.slice(0, match.index);
  return blanks(body) === match[1] ? body + match[2] : undefined;
}

function blanks(text: string): string {
  const bits = crc32c(Buffer.from(text)).toString(2).padStart(32, '0');
  return bits.replaceAll('0', ' ').replaceAll('1', '\t');
}
