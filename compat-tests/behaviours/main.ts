import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Broker, repository, type BrokerKind } from '../brokers.ts';
import { Tally, within } from '../tally.ts';
import { connectAdmin, restartAndSettle, untilGroupsAreLed } from '../topics.ts';
import { isFor, type Behaviour } from './behaviour.ts';
import type { Client, Verbs } from './client.ts';
import { apacheToolsClient } from './clients/apache-tools.ts';
import { franzClient, oldSaramaClient, saramaClient } from './clients/go.ts';
import { javaClient } from './clients/java.ts';
import { confluentJavascriptClient, platformaticClient } from './clients/javascript.ts';
import { kafkajsClient } from './clients/kafkajs.ts';
import { kcatClient } from './clients/kcat.ts';
import { pythonClient } from './clients/python.ts';
import { rustClient } from './clients/rust.ts';
import { adminBehaviours } from './lists/admin.ts';
import { consumeBehaviours } from './lists/consume.ts';
import { consumerGroupBehaviours } from './lists/consumer-groups.ts';
import { errorBehaviours } from './lists/errors.ts';
import { failureBehaviours } from './lists/failures.ts';
import { groupBehaviours } from './lists/groups.ts';
import { offsetBehaviours } from './lists/offsets.ts';
import { produceBehaviours } from './lists/produce.ts';
import { restartBehaviours } from './lists/restart.ts';
import { topicBehaviours } from './lists/topics.ts';
import { transactionBehaviours } from './lists/transactions.ts';
import { settling, stageFor, type Stage } from './stage.ts';

const usage = `usage: behaviours/run [--broker ottla|apache|both] [--client NAME]... [--only PATTERN] [--table] [--versions]`;

const clients: Readonly<Record<string, (address: string) => Promise<Client>>> = {
  kafkajs: kafkajsClient,
  java: (address) => javaClient('4.3', address),
  'java-3.6': (address) => javaClient('3.6', address),
  'java-2.8': (address) => javaClient('2.8', address),
  platformatic: platformaticClient,
  'confluent-javascript': confluentJavascriptClient,
  'apache-tools': apacheToolsClient,
  kcat: kcatClient,
  python: pythonClient,
  'franz-go': franzClient,
  sarama: saramaClient,
  'sarama-2.1': oldSaramaClient,
  rust: rustClient,
};

const behaviours: readonly Behaviour[] = [
  ...produceBehaviours,
  ...consumeBehaviours,
  ...groupBehaviours,
  ...consumerGroupBehaviours,
  ...offsetBehaviours,
  ...topicBehaviours,
  ...adminBehaviours,
  ...errorBehaviours,
  ...failureBehaviours,
  ...transactionBehaviours,
  ...restartBehaviours,
];

const clientsPage = readFileSync(join(repository, 'docs/clients.md'), 'utf8').replace(/ +/g, ' ');

/** A broker that serves a client nothing is not worth a time-out per behaviour. */
const maxFailuresInARow = 8;

/** What Apache Kafka has acknowledged it may tell a moment later only: there, what fails once is tried again, afresh. */
const triesWhereSettling = 3;

/** Clients wait a while before they try a broker again that was away. */
const afterRestartLimitMs = 90_000;

function sayAgain(what: string, error: unknown): void {
  console.log(`   again: ${what}: ${String(error).split('\n', 1)[0]}`);
}

/** One client on one broker: all behaviours, then, once the broker was restarted, the rest of those that span it. */
class Turn {
  private readonly client: Client;
  private readonly tally: Tally;
  private readonly stage: Stage;
  private readonly tries: number;
  private kept: { behaviour: Behaviour; kept: unknown }[] = [];

  constructor(client: Client, tally: Tally, stage: Stage, tries: number) {
    this.client = client;
    this.tally = tally;
    this.stage = stage;
    this.tries = tries;
  }

  async run(chosen: readonly Behaviour[]): Promise<void> {
    let failuresInARow = 0;
    for (const behaviour of chosen.filter((each) => isFor(each, this.client))) {
      const what = `${this.client.name} ${behaviour.name}`;
      if (failuresInARow === maxFailuresInARow)
        this.tally.fail(what, `not tried after ${maxFailuresInARow} failures in a row`);
      else if (await this.runOne(behaviour, what)) failuresInARow = 0;
      else failuresInARow++;
    }
  }

  /** With tries `left`, what fails begins anew and waits for the next restart. Says whether anything does. */
  async runAfterRestart(left: number): Promise<boolean> {
    const waiting = this.kept;
    this.kept = [];
    for (const { behaviour, kept } of waiting) {
      const what = `${this.client.name} ${behaviour.name}`;
      try {
        await within(afterRestartLimitMs, async () => behaviour.afterRestart?.(this.verbs, kept));
        this.tally.ok(what);
      } catch (error) {
        if (left === 0) this.tally.fail(what, error);
        else {
          sayAgain(what, error);
          await this.runOne(behaviour, what);
        }
      }
    }
    return this.kept.length > 0;
  }

  close(): Promise<void> {
    return this.client.close();
  }

  /** Says whether it went well so far. */
  private async runOne(behaviour: Behaviour, what: string): Promise<boolean> {
    if (behaviour.afterRestart === undefined) {
      return this.tally.check(what, async () => void (await this.tried(behaviour, what)), 60_000 * this.tries);
    }
    try {
      this.kept.push({ behaviour, kept: await this.tried(behaviour, what) });
      return true;
    } catch (error) {
      this.tally.fail(what, error);
      return false;
    }
  }

  private async tried(behaviour: Behaviour, what: string): Promise<unknown> {
    for (let left = this.tries - 1; ; left--) {
      try {
        return await behaviour.run(this.verbs, this.stage);
      } catch (error) {
        if (left === 0) throw error;
        sayAgain(what, error);
      }
    }
  }

  /** `isFor` has seen to it that a behaviour's verbs are there. */
  private get verbs(): Verbs {
    return this.client.verbs as Verbs;
  }
}

async function runOn(kind: BrokerKind, names: readonly string[], chosen: readonly Behaviour[]): Promise<void> {
  const tally = new Tally(`behaviours(${kind})`);
  let broker: Broker | undefined;
  try {
    const started = (broker = await Broker.start(kind));
    const admin = connectAdmin(started.address);
    await admin.connect();
    const settler = { admin, address: started.address };
    if (kind === 'apache') await untilGroupsAreLed(settler);
    const turns = await Promise.all(
      names.map(async (name) => {
        try {
          const client = await clients[name]?.(started.address);
          if (client === undefined) return [];
          if (client.version !== undefined) {
            const says = `docs/clients.md says that ${client.version} is tested`;
            await tally.check(says, () => assert.ok(clientsPage.includes(`| ${client.version} |`), client.version));
          }
          const settles = kind === 'apache';
          const verbs = settles ? settling(client.verbs, settler) : client.verbs;
          const tries = settles ? triesWhereSettling : 1;
          return [new Turn({ ...client, verbs }, tally, stageFor(client, settler, settles), tries)];
        } catch (error) {
          tally.fail(`${name} is here`, error);
          return [];
        }
      }),
    ).then((all) => all.flat());
    await Promise.all(turns.map((turn) => turn.run(chosen)));
    // Longer than the clients under test wait for an answer while they produce steadily. Once: kafkajs mostly misses a restart of
    // Apache Kafka that follows on that.
    await started.standStill(5_000);
    for (let left = kind === 'apache' ? triesWhereSettling - 1 : 0; ; left--) {
      if (kind === 'apache') await restartAndSettle(settler, () => started.restart());
      else await started.restart();
      const waiting = await Promise.all(turns.map((turn) => turn.runAfterRestart(left)));
      if (!waiting.includes(true)) break;
    }
    await Promise.all(
      turns.map((turn) => turn.close().catch((error: unknown) => tally.fail('a client closes', error))),
    );
    if ((await started.down()) !== (kind === 'ottla' ? 0 : 143))
      tally.fail(`${kind} stops cleanly`, started.lastOutput.slice(-500));
  } catch (error) {
    tally.fail(`${kind} runs`, error);
  } finally {
    await broker?.dispose();
  }
  tally.close();
}

/** All clients, on a broker that some of them want to see before they say what they can do. */
async function everyClient(): Promise<Client[]> {
  const broker = await Broker.start('ottla');
  return Promise.all(Object.values(clients).map((make) => make(broker.address)));
}

async function printVersions(): Promise<void> {
  for (const { name, version } of await everyClient()) console.log(`${name}: ${version}`);
}

async function printTable(): Promise<void> {
  const all = await everyClient();
  console.log(`| behaviour | ${all.map(({ name }) => name).join(' | ')} |\n| --- |${' --- |'.repeat(all.length)}`);
  for (const behaviour of behaviours) {
    console.log(`| ${behaviour.name} | ${all.map((client) => (isFor(behaviour, client) ? 'x' : '')).join(' | ')} |`);
  }
}

const { values: options } = parseArgs({
  options: {
    broker: { type: 'string', default: 'ottla' },
    client: { type: 'string', multiple: true, default: Object.keys(clients) },
    only: { type: 'string', default: '' },
    table: { type: 'boolean', default: false },
    versions: { type: 'boolean', default: false },
  },
});
const kinds = ({ ottla: ['ottla'], apache: ['apache'], both: ['apache', 'ottla'] } as const)[options.broker];
const unknown = options.client.find((name) => !(name in clients));
if (kinds === undefined || unknown !== undefined) {
  console.error(usage);
  process.exit(2);
}
if (options.table) {
  await printTable();
} else if (options.versions) {
  await printVersions();
} else {
  const pattern = new RegExp(options.only, 'i');
  const chosen = behaviours.filter(({ name }) => pattern.test(name));
  for (const kind of kinds) await runOn(kind, options.client, chosen);
}
process.exit();
