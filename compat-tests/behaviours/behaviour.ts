import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaFailure, type Fault, type Ability, type Client, type Verb, type Verbs } from './client.ts';
import type { Stage } from './stage.ts';
import { codeInWords, namesError, type Wording } from './wording.ts';

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

/** The broker must refuse with this code and, where the stage knows the client's wording, the client must name it. */
export async function refused(code: number, attempt: Promise<unknown>, { wording }: Stage): Promise<void> {
  try {
    await attempt;
  } catch (error) {
    shows({ code: error instanceof KafkaFailure ? error.code : null, message: String(error) }, code, wording);
    return;
  }
  throw new Error(`error ${code} expected, but it was allowed`);
}

/** Checks that a fault is this error of the broker, and that the client names it. */
export function shows({ code, message }: Fault, expected: number, wording: Wording | undefined): void {
  // librdkafka makes some of the broker's errors its own, and quotes them.
  const told = code === null || code < 0 ? codeInWords(message) : code;
  assert.equal(told, expected, `error ${expected} expected, got ${message}`);
  if (wording !== undefined) namesError(wording, expected, message);
}
