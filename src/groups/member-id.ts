import type { Random } from '../base/index.ts';

/** As text, with its dashes. */
export const UUID_LENGTH = 36;

/** `<prefix>-<uuid>`: the prefix is the client id, or a static member's group instance id. */
export function newMemberId(random: Random, prefix: string): string {
  const bytes = random.bytes(16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  return `${prefix}-${uuid}`;
}
