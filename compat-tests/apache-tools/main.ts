/** Types the same commands at Apache Kafka and at Ottla, and compares what comes back line by line. `--only TEXT` types some of them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Driver } from '../behaviours/clients/driver.ts';
import { Broker, repository } from '../brokers.ts';
import { Tally } from '../tally.ts';
import { compiledJava } from '../toolchain.ts';
import { classOf, commands, type Command } from './commands.ts';
import { differences, type Difference } from './differences.ts';
import { leaveOpen } from './left-open.ts';
import { printed, type Outcome, type Printed } from './printed.ts';

/** How long Apache Kafka may take to hear of its own changes. */
const patienceMs = 4000;
const pauseMs = 150;

const { values: options } = parseArgs({
  options: { only: { type: 'string', default: '' }, show: { type: 'boolean', default: false } },
});
const tally = new Tally('apache-tools');
const folder = mkdtempSync(join(tmpdir(), 'ottla-apache-tools-'));
const file = join(folder, 'file.json');
const seen = new Set<Difference>();
/** By broker, whose transaction was left open last. */
const producers = new Map<Broker, string>();

const nameOf = ({ tool, args }: Command): string => `${tool} ${args.join(' ')}`;

async function type(host: Driver, broker: Broker, command: Command): Promise<Printed> {
  const meanings: Readonly<Record<string, string | undefined>> = {
    FILE: file,
    SERVER: broker.address,
    PRODUCER: producers.get(broker),
  };
  const args = command.args.map((word) => meanings[word] ?? word);
  const outcome = (await host.ask('run', {
    tool: classOf(command.tool),
    args: command.args.includes('SERVER') ? args : ['--bootstrap-server', broker.address, ...args],
    input: command.input ?? '',
  })) as Outcome;
  return printed(outcome, broker);
}

const meant = (command: Command): readonly Difference[] =>
  differences.filter(({ where }) => where.test(nameOf(command)));

/** What one says and the other does not, and the order; but for the lines that may differ. */
function disagreement(command: Command, theirs: Printed, ours: Printed): string[] {
  if (theirs.code !== ours.code)
    return [`apache ends with ${theirs.code}, ottla with ${ours.code} ${ours.failure ?? ''}`];
  if (theirs.failure !== undefined && ours.failure !== undefined && theirs.failure !== ours.failure)
    return [`apache fails with ${theirs.failure}, ottla with ${ours.failure}`];
  const unmeant = (side: string, some: readonly string[], others: readonly string[]): string[] =>
    some
      .filter((line) => !others.includes(line))
      .filter((line) => {
        const difference = meant(command).find((each) => each.line.test(line));
        if (difference !== undefined) seen.add(difference);
        return difference === undefined;
      })
      .map((line) => `${side}: ${line}`);
  const wrong = [...unmeant('apache', theirs.lines, ours.lines), ...unmeant('ottla', ours.lines, theirs.lines)];
  const [their, our] = [theirs.lines.join(' | '), ours.lines.join(' | ')];
  if (wrong.length > 0 || meant(command).length > 0 || their === our) return wrong;
  return [`the order differs: apache ${their}, ottla ${our}`];
}

async function compare(host: Driver, apache: Broker, ottla: Broker, command: Command): Promise<void> {
  if (command.file !== undefined) writeFileSync(file, JSON.stringify(command.file));
  const { leftOpen } = command;
  if (leftOpen !== undefined)
    for (const broker of [apache, ottla]) producers.set(broker, await leaveOpen(broker.port, leftOpen));
  const deadline = Date.now() + patienceMs;
  for (;;) {
    // The console's tools keep their input and their counts where another one in the same virtual machine finds them.
    const first = type(host, apache, command);
    if (command.tool.startsWith('console-')) await first;
    const [theirs, ours] = await Promise.all([first, type(host, ottla, command)]);
    const wrong = disagreement(command, theirs, ours);
    if (options.show) console.log(theirs.lines.join('\n'));
    if (wrong.length === 0) return tally.ok(nameOf(command));
    if (!command.asksOnly || Date.now() > deadline) return tally.fail(nameOf(command), wrong.join(' | '));
    await sleep(300);
  }
}

let brokers: Broker[] = [];
let host: Driver | undefined;
try {
  const java = (name: string): string => join(repository, 'compat-tests/behaviours/clients/java', name);
  const classPath = await compiledJava([java('ToolHost.java'), java('Lines.java')]);
  host = new Driver('java', ['-Xmx512m', '-XX:+UseSerialGC', '-cp', classPath, 'ToolHost']);
  brokers = await Promise.all([Broker.start('apache'), Broker.start('ottla')]);
  const [apache, ottla] = brokers as [Broker, Broker];
  for (const command of commands) {
    if (!nameOf(command).includes(options.only)) continue;
    await compare(host, apache, ottla, command);
    if (!command.asksOnly) await sleep(pauseMs);
  }
  if (options.only === '')
    for (const difference of differences)
      if (!seen.has(difference)) tally.fail(difference.why, 'this difference is listed, but not there any more');
} catch (error) {
  tally.fail('the tools', error);
} finally {
  await host?.close();
  await Promise.all(brokers.map((broker) => broker.dispose()));
  rmSync(folder, { recursive: true, force: true });
}
tally.close();
process.exit();
