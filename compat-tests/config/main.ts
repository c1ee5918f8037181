import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { Broker, repository, type BrokerKind } from '../brokers.ts';
import { Tally } from '../tally.ts';
import { compiledJava } from '../toolchain.ts';
import { compareValues } from './values.ts';

/**
 * What the configs of scenarios.json are to a live broker, against what src/config/reference-4.3.json says:
 *   run                ask both brokers at the same time
 *   run apache|ottla   ask one of them; of ours, what the launcher sets differs, so static values are left out
 *   run --write        ask Apache Kafka and keep its answers
 */
interface Scenario {
  readonly properties: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}
type Entry = readonly [name: string, value: string | null, ...rest: unknown[]];
interface Step {
  readonly entries?: readonly Entry[];
}

const here = join(repository, 'compat-tests/config');
const scenariosFile = join(here, 'scenarios.json');
const referenceFile = join(repository, 'src/config/reference-4.3.json');
const read = (file: string): Record<string, Scenario> =>
  JSON.parse(readFileSync(file, 'utf8')) as Record<string, Scenario>;

async function ask(kind: BrokerKind, name: string, scenario: Scenario, classPath: string): Promise<Step[]> {
  const broker = await Broker.start(kind, scenario.properties);
  try {
    const args = ['-Xmx256m', '-cp', classPath, 'Ask', String(broker.port), scenariosFile, name];
    const { stdout } = await promisify(execFile)('java', args, { maxBuffer: 1 << 26 });
    const answers = stdout.split('\n').filter((line) => line.startsWith('{'));
    return answers.map((line) => settled(JSON.parse(line) as Step));
  } finally {
    await broker.dispose();
  }
}

/** The same ports and folder every time. */
function settled(step: Step): Step {
  const text = JSON.stringify(step).replace(/(127\.0\.0\.1):\d{2,}/g, '$1:0');
  return JSON.parse(text.replace(/"[^"]*\/ottla-compat-[^"]*"/g, '"/data"')) as Step;
}

function compare(tally: Tally, title: string, expected: Step, actual: Step, isReference: boolean): void {
  const { entries: expectedEntries = [], ...expectedRest } = expected;
  const { entries: actualEntries = [], ...actualRest } = actual;
  const staticSource = 4;
  const differing = expectedEntries.filter((entry) => {
    if (!isReference && entry[4] === staticSource) return false;
    return JSON.stringify(actualEntries.find(([name]) => name === entry[0])) !== JSON.stringify(entry);
  });
  const names = new Set(expectedEntries.map(([name]) => name));
  const extra = actualEntries.filter(([name]) => !names.has(name));
  if (JSON.stringify(expectedRest) !== JSON.stringify(actualRest)) tally.fail(title, JSON.stringify(actualRest));
  else if (differing.length > 0) tally.fail(title, `expected ${JSON.stringify(differing.slice(0, 3))}`);
  else if (extra.length > 0) tally.fail(title, `not expected: ${JSON.stringify(extra.slice(0, 3))}`);
  else tally.ok(title);
}

const isWriting = process.argv.includes('--write');
const named = (['apache', 'ottla'] as const).filter((kind) => process.argv.includes(kind));
const kinds: readonly BrokerKind[] = isWriting ? ['apache'] : named.length > 0 ? named : ['apache', 'ottla'];
const tally = new Tally('config');
const classPath = await compiledJava([join(here, 'Ask.java')]);

async function answersOf(kind: BrokerKind): Promise<Record<string, Scenario>> {
  const answers: Record<string, Scenario> = {};
  for (const [name, scenario] of Object.entries(read(scenariosFile)))
    answers[name] = { properties: scenario.properties, steps: await ask(kind, name, scenario, classPath) };
  return answers;
}

const asked = await Promise.all(kinds.map(async (kind) => ({ kind, answers: await answersOf(kind) })));
if (isWriting) {
  const options = await resolveConfig(referenceFile);
  writeFileSync(referenceFile, await format(JSON.stringify(asked[0]?.answers), { ...options, parser: 'json' }));
}
for (const { kind, answers } of asked) {
  for (const [name, { steps }] of Object.entries(read(referenceFile))) {
    steps.forEach((step, index) => {
      const { entries: _, ...rest } = step;
      const title = `${kind} ${name} ${index + 1}: ${JSON.stringify(rest)}`;
      compare(tally, title, step, answers[name]?.steps[index] ?? {}, kind === 'apache');
    });
  }
}
if (!isWriting) await compareValues(tally);
tally.close();
