/**
 * The power fails before some of the operations of a scenario that change files, and once more while the next broker starts.
 * One seed after the other cuts it at others, so that `STRIDE` of them cut it everywhere. `OTTLA_POWER_LOSS_SEEDS=1-2000`
 * tries so many seeds; `src/storage/power-loss.test.ts` does the same with random lives of one log.
 */
import { expect, test } from '@jest/globals';
import { RecordingLogger } from '../src/base/index.ts';
import { outlive, wrecksOfScenario, type Wreck } from './power-loss.ts';

const asked = process.env['OTTLA_POWER_LOSS_SEEDS'];
const [first, last] = (asked ?? '1-16').split('-').map(Number) as [number, number?];
const seeds = Array.from({ length: (last ?? first) - first + 1 }, (_, i) => first + i);
/** So many steps from one cut to the next. */
const STRIDE = 101;
/** About as many as a start takes. */
const START_STEPS = 40;

async function check(wreck: Wreck, name: string, seed: number, again: number): Promise<Wreck[]> {
  const logger = new RecordingLogger();
  try {
    return await outlive(wreck, { name, seed, isCut: (step) => step === again }, logger);
  } catch (error) {
    const lines = logger.lines.map(({ level, message, fields }) => `${level} ${message} ${JSON.stringify(fields)}`);
    throw new Error([`${wreck.name}: ${String(error)}`, ...lines].join('\n'), { cause: error });
  }
}

test.each(seeds)(
  'nothing acknowledged is lost when the power fails, nor served that was not written (seed %i)',
  async (seed) => {
    const offset = (seed * 5) % STRIDE;
    const { wrecks, renamed } = await wrecksOfScenario({
      name: `seed ${seed}`,
      seed: seed * 1_000_000,
      isCut: (step) => step % STRIDE === offset,
    });
    expect(wrecks.length * STRIDE).toBeGreaterThan(400);
    expect([...renamed].some((path) => path.endsWith('.log.swap'))).toBe(true);
    let survived = 0;
    for (const [i, wreck] of wrecks.entries()) {
      const name = `${wreck.name}, and again`;
      const later = await check(wreck, name, seed + i, (seed + i * 7) % START_STEPS);
      for (const second of later) survived += (await check(second, '', 0, -1)).length + 1;
    }
    expect(survived).toBeGreaterThan(wrecks.length / 4);
  },
  120_000,
);
