import { servedVersions, type Talk } from './talk.ts';

/** Things said to a broker in turn, at each version of the API they are about. */
export interface Conversation {
  readonly api: string;
  readonly title: string;
  readonly versions: readonly number[];
  /** Whether no other conversation may go on at the same time. */
  readonly alone: boolean;
  readonly hold: (talk: Talk) => Promise<void>;
}

export function conversation(
  api: string,
  title: string,
  hold: (talk: Talk) => Promise<void>,
  options: { readonly versions?: readonly number[]; readonly alone?: boolean } = {},
): Conversation {
  return { api, title, hold, versions: options.versions ?? servedVersions(api), alone: options.alone ?? false };
}
