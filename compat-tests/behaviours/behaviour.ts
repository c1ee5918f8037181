import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaFailure, type Ability, type Client, type Verb, type Verbs } from './client.ts';
import type { Stage } from './stage.ts';

export interface Behaviour {
  readonly name: string;
  readonly needs: readonly Verb[];
  readonly abilities: readonly Ability[];
  /** What is done; what it returns is given to `afterRestart`. */
  run(client: Verbs, stage: Stage): Promise<unknown>;
  /** Runs once the broker was stopped and started again. */
  afterRestart?(client: Verbs, kept: unknown): Promise<void>;
}

/** A behaviour sees the verbs that it says it needs, and no others. */
export function behaviour<const N extends Verb>(
  name: string,
  needs: readonly N[],
  run: (client: Pick<Verbs, N>, stage: Stage) => Promise<void>,
  abilities: readonly Ability[] = [],
): Behaviour {
  return { name, needs, abilities, run };
}

export function behaviourOverRestart<const N extends Verb, Kept>(
  name: string,
  needs: readonly N[],
  run: (client: Pick<Verbs, N>, stage: Stage) => Promise<Kept>,
  afterRestart: (client: Pick<Verbs, N>, kept: Kept) => Promise<void>,
): Behaviour {
  return { name, needs, abilities: [], run, afterRestart: (client, kept) => afterRestart(client, kept as Kept) };
}

export function isFor(each: Behaviour, client: Client): boolean {
  return (
    each.needs.every((verb) => verb in client.verbs) && each.abilities.every((ability) => client.abilities.has(ability))
  );
}

/** Asks again until `holds` says so, or fails with what was last seen. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T>,
  holds: (seen: T) => boolean,
  limitMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const seen = await ask();
    if (holds(seen)) return seen;
    if (Date.now() > deadline)
      throw new Error(`${what}: not within ${limitMs} ms, last seen ${JSON.stringify(seen).slice(0, 300)}`);
    await sleep(50);
  }
}

/** The broker must refuse with one of these codes. */
export async function refused(codes: number | readonly number[], attempt: Promise<unknown>): Promise<void> {
  const expected = [codes].flat();
  try {
    await attempt;
  } catch (error) {
    if (error instanceof KafkaFailure && expected.includes(error.code)) return;
    const instead = error instanceof Error ? error.message : String(error);
    throw new Error(`error ${expected.join(' or ')} expected, got ${instead}`, { cause: error });
  }
  throw new Error(`error ${expected.join(' or ')} expected, but it was allowed`);
}
