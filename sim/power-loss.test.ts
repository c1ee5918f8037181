/**
 * The power fails before every operation of a scenario that changes files, and once more while the next broker starts.
 * `OTTLA_POWER_LOSS_SEEDS=1-100` tries all steps with these seeds, which takes a while; without it some steps are tried.
 */
import { expect, test } from '@jest/globals';
import { RecordingLogger } from '../src/base/index.ts';
import { outlive, wrecksOfScenario, type Wreck } from './power-loss.ts';

const asked = process.env['OTTLA_POWER_LOSS_SEEDS'];
const [first, last] = (asked ?? '1-4').split('-').map(Number) as [number, number?];
const seeds = Array.from({ length: (last ?? first) - first + 1 }, (_, i) => first + i);
/** So many steps from one cut to the next; each seed begins at another. */
const stride = asked === undefined ? 16 : 1;
/** More steps than a start takes. */
const START_STEPS = 60;

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
    const offset = (seed * 5) % stride;
    const { wrecks, renamed } = await wrecksOfScenario({
      name: `seed ${seed}`,
      seed: seed * 1_000_000,
      isCut: (step) => step % stride === offset,
    });
    expect(wrecks.length * stride).toBeGreaterThan(400);
    expect([...renamed].some((path) => path.endsWith('.log.swap'))).toBe(true);
    let survived = 0;
    for (const [i, wreck] of wrecks.entries()) {
      const name = `${wreck.name}, and again`;
      const later = await check(wreck, name, seed + i, (seed + i * 7) % START_STEPS);
      for (const second of later) survived += (await check(second, '', 0, -1)).length + 1;
    }
    expect(survived).toBeGreaterThan(wrecks.length / 4);
  },
  asked === undefined ? 120_000 : 3_600_000,
);
