import { expect, test } from '@jest/globals';
import { TransactionsUnderChaos } from './transactions-under-chaos.ts';

/** `OTTLA_TRANSACTIONS_SEEDS=1000` tries more. */
const SEEDS = Number(process.env['OTTLA_TRANSACTIONS_SEEDS'] ?? 60);
const STEPS = 400;

test(`transactions keep their promises, whatever is lost, repeated, late or restarted (${SEEDS} seeds)`, () => {
  const counts = new Map<string, number>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const world = new TransactionsUnderChaos(seed);
    try {
      for (let step = 1; step <= STEPS; step++) {
        world.step();
        if (step % 25 === 0) world.checkReplay();
      }
      world.drain();
      world.checkEnd();
    } catch (cause) {
      throw new Error(`seed ${seed}`, { cause });
    }
    for (const [what, count] of world.counts) counts.set(what, (counts.get(what) ?? 0) + count);
  }
  // All of it did happen.
  for (const what of ['committed', 'aborted', 'repeated', 'answers lost', 'writes abandoned', 'partition crashed'])
    expect(counts.get(what) ?? 0).toBeGreaterThan(SEEDS);
  expect(counts.get('coordinator moved') ?? 0).toBeGreaterThan(SEEDS);
}, 600_000);
